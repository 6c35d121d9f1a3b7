// Which store a database's name stands for.
#pragma once

#include <memory>
#include <string>

#include "clinic/store.hpp"

namespace clinic::server {

/// Whether a file that is not there is made.
enum class IfMissing { kCreate, kRefuse };

/// Opens "sqlite:PATH" or "memory:". Errors: kInvalidArgument for any other name; those of the
/// store.
Result<std::unique_ptr<Store>> OpenDatabase(const std::string& name, IfMissing if_missing);

/// The path in "sqlite:PATH"; nothing for any other name.
std::optional<std::string> SqlitePath(const std::string& name);

/// What a database is called where nobody says otherwise.
inline constexpr const char* kDefaultDatabase = "sqlite:clinic.db";

}  // namespace clinic::server
