// Being told of events as they are committed.
#pragma once

#include <memory>
#include <string>

#include "clinic/store.hpp"

namespace clinic::postgres {

/// Listens (NOTIFY) on a connection of its own. Where that is lost, Wait returns the error, and the
/// next one connects again and returns true, for whatever was missed.
Result<std::unique_ptr<ChangeSignal>> WatchEvents(const std::string& connection_string);

}  // namespace clinic::postgres
