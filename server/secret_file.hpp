// A secret that outlives the process: a file that only its owner can read.
#pragma once

#include <string>

#include "clinic/result.hpp"

namespace clinic::server {

/// The secret in the file, or a new one of 256 random bits, written there first. Errors:
/// kUnavailable where the file cannot be read or made; kInvalidArgument where it is shorter than 32
/// bytes, or others can read it.
Result<std::string> ReadOrMakeSecret(const std::string& path);

/// The same of a file that has to be there, without the newline at its end.
Result<std::string> ReadSecret(const std::string& path);

}  // namespace clinic::server
