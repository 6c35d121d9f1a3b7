// Files that hold secrets, and that nobody else may read.
#pragma once

#include <chrono>
#include <string>

#include "clinic/result.hpp"

namespace clinic::auth {

struct PrivateFile {
  std::string text;
  std::chrono::system_clock::time_point written;  ///< when it was last
};

/// Reads a file of at most 16 KiB. Errors: kNotFound where there is none; kUnavailable where it
/// cannot be read; kInvalidArgument where it is longer, or others than its owner can read it. A
/// group may, where the file is root's and we are not: so a service manager hands over secrets.
Result<PrivateFile> ReadPrivateFile(const std::string& path);

/// Makes a file that only its owner can read, and writes all of `text` to the disk. Error:
/// kUnavailable, also where there is one already.
Result<void> MakePrivateFile(const std::string& path, const std::string& text);

}  // namespace clinic::auth
