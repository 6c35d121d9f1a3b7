// A secret that outlives the process: a file that only its owner can read.
#pragma once

#include <string>

#include "clinic/result.hpp"

namespace clinic::server {

/// The secret in the file, without the newline at its end. Errors: kNotFound where there is no such
/// file; kUnavailable where it cannot be read; kInvalidArgument where it is shorter than 32 bytes,
/// or others can read it.
Result<std::string> ReadSecret(const std::string& path);

/// The same; or a new one of 256 random bits, written there first, where there is no file. Error:
/// kUnavailable where it cannot be made.
Result<std::string> ReadOrMakeSecret(const std::string& path);

}  // namespace clinic::server
