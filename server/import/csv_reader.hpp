// Comma-separated values, one row at a time (RFC 4180).
//
// Accepted beyond the RFC: rows that end with LF or CR alone, a byte order mark, blank rows
// (skipped), no line end after the last row. Refused, row by row: a quotation mark inside a field
// that is not quoted, anything between a closing quotation mark and the next comma, bytes that are
// not UTF-8, and a row that has more or fewer fields than the header.
//
// Rows are counted as a spreadsheet counts them: the header is row 1, and blank rows count.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "clinic/result.hpp"
#include "server/import/input_file.hpp"

namespace clinic::calendar_file {

/// One row. The fields point into the reader, and live until it reads the next row.
struct CsvRow {
  std::uint64_t number = 0;                ///< the header is row 1
  std::vector<std::string_view> fields{};  ///< as many as the header has, where `problem` is empty
  std::string problem{};                   ///< why the row cannot be used; empty where it can
};

/// Reads a file of rows, front to back. Not thread-safe. Memory does not grow with the file: a row
/// may have kLongestRow bytes, and one row is held at a time.
class CsvReader {
 public:
  static constexpr std::size_t kLongestRow = 1 << 20;

  /// Opens `path` and reads its header. Errors: as InputFile::Open, then as Next, then
  /// kCorrupt (no header, a header that breaks the rules above, two columns of the same name).
  static Result<CsvReader> Open(const std::filesystem::path& path);

  /// As above, for a file of which nothing has been read.
  static Result<CsvReader> Open(InputFile file);

  /// The names of the columns, without the spaces around them.
  const std::vector<std::string>& header() const { return header_; }

  /// Reads the next row that is not blank into `row`; false at the end of the file. Errors, after
  /// which the reader is of no use: kCorrupt (a quotation mark that never closes, a row
  /// longer than kLongestRow), then as InputFile::Read.
  Result<bool> Next(CsvRow& row);

  /// How many bytes of the file, as it lies on disk, have been read.
  std::uint64_t position() const { return file_.position(); }

  const std::string& file_name() const { return file_.name(); }

 private:
  // Where in a row the next byte falls.
  enum class State { kFieldStart, kPlain, kQuoted, kQuoteInQuoted };

  explicit CsvReader(InputFile file) : file_(std::move(file)), buffer_(64 * 1024) {}

  Result<bool> ReadRow(CsvRow& row);
  Result<void> ReadHeader();
  Result<bool> Refill();
  Result<bool> EndOfFile(const CsvRow& row, State state, bool began);
  Error TooLong(const CsvRow& row, State state) const;
  State Take(char byte, State state, CsvRow& row);
  void EndField() { field_ends_.push_back(text_.size()); }
  void SplitFields(CsvRow& row) const;

  InputFile file_;
  std::vector<char> buffer_;
  std::size_t next_ = 0;  // the first byte of buffer_ that was not taken
  std::size_t filled_ = 0;

  std::vector<std::string> header_;
  std::uint64_t row_number_ = 0;
  bool after_carriage_return_ = false;
  std::string text_;                     // the fields of the row, one behind the other, unquoted
  std::vector<std::size_t> field_ends_;  // where in text_ each of them ends
};

}  // namespace clinic::calendar_file
