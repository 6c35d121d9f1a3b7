// Calendar files that are read while somebody watches.
#pragma once

#include <filesystem>
#include <string>

#include "server/cli/progress.hpp"
#include "server/import/table.hpp"

namespace clinic::cli {

/// A file to read, with the bar showing how far it is. The bar must outlive the source.
inline calendar_file::Source WatchedSource(const std::string& path,
                                           const calendar_file::ColumnMapping& mapping,
                                           ProgressBar& bar) {
  std::error_code unknown;
  const std::uintmax_t size = std::filesystem::file_size(path, unknown);
  bar.Restart("Reading " + path, unknown ? 0 : size);
  return {path, mapping, [&bar](std::uint64_t position) { bar.Update(position); }};
}

}  // namespace clinic::cli
