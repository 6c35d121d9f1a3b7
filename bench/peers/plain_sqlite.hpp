// The SQLite file as the durable scenario needs it.
#pragma once

#include <memory>
#include <string>

#include "bench/durable.hpp"

namespace clinic::bench {

/// A database file in `folder`, gone when this is.
std::unique_ptr<DurableDatabase> MakeSqliteDatabase(const std::string& folder);

}  // namespace clinic::bench
