// The whole of a file that an operator named.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace clinic::cli {

/// The file's bytes; nothing where it cannot be read, because it is a folder, say.
std::optional<std::string> ReadTextFile(const std::filesystem::path& path);

}  // namespace clinic::cli
