// What every table of a calendar file has in common: where it is read from, and what comes of it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "server/import/columns.hpp"

namespace clinic::calendar_file {

/// A file to read.
struct Source {
  std::filesystem::path path;
  ColumnMapping mapping{};
  /// Called now and then with how many bytes of the file, as it lies on disk, have been read.
  std::function<void(std::uint64_t position)> on_progress{};
};

/// A row that was left out.
struct RowError {
  std::uint64_t row = 0;  ///< as a spreadsheet counts: the header is row 1; in iCalendar a line
  std::string reason;     ///< goes on where "row 12" stops: "has no practitioner"
};

/// The rows of a file in its order, and those that could not be used.
template <typename Row>
struct Table {
  std::vector<Row> rows;
  std::vector<RowError> rejected;
};

}  // namespace clinic::calendar_file
