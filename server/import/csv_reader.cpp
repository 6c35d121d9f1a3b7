#include "server/import/csv_reader.hpp"

#include <algorithm>
#include <utility>

#include "server/import/field_text.hpp"
#include "server/json/utf8.hpp"

namespace clinic::calendar_file {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

Result<CsvReader> CsvReader::Open(const std::filesystem::path& path) {
  Result<InputFile> file = InputFile::Open(path);
  if (!file) return file.error();
  return Open(*std::move(file));
}

Result<CsvReader> CsvReader::Open(InputFile file) {
  CsvReader reader(std::move(file));
  if (Result<void> read = reader.ReadHeader(); !read) return read.error();
  return reader;
}

Result<void> CsvReader::ReadHeader() {
  CsvRow row;
  Result<bool> found = Next(row);
  if (!found) return found.error();
  if (!*found) {
    return Error{ErrorCode::kCorrupt, file_name() + ": has no header row; it is empty"};
  }
  if (!row.problem.empty()) {
    return Error{ErrorCode::kCorrupt, file_name() + ": the header row " + row.problem};
  }
  for (const std::string_view field : row.fields) {
    std::string name(WithoutOuterSpaces(field));
    if (std::find(header_.begin(), header_.end(), name) != header_.end()) {
      return Error{ErrorCode::kCorrupt,
                   file_name() + ": the header has two columns called \"" + name + "\""};
    }
    header_.push_back(std::move(name));
  }
  return {};
}

Result<bool> CsvReader::Next(CsvRow& row) {
  while (true) {
    Result<bool> found = ReadRow(row);
    if (!found || !*found) return found;
    const bool blank = row.problem.empty() && field_ends_.size() == 1 && text_.empty();
    if (blank) continue;
    SplitFields(row);
    return true;
  }
}

Result<bool> CsvReader::ReadRow(CsvRow& row) {
  row.number = ++row_number_;
  row.fields.clear();
  row.problem.clear();
  text_.clear();
  field_ends_.clear();
  State state = State::kFieldStart;
  for (bool began = false;;) {
    if (next_ == filled_) {
      Result<bool> more = Refill();
      if (!more) return more.error();
      if (!*more) return EndOfFile(row, state, began);
    }
    const char byte = buffer_[next_++];
    if (std::exchange(after_carriage_return_, false) && byte == '\n') continue;
    began = true;
    if (state != State::kQuoted && (byte == '\n' || byte == '\r')) {
      after_carriage_return_ = byte == '\r';
      EndField();
      return true;
    }
    state = Take(byte, state, row);
    if (text_.size() + field_ends_.size() > kLongestRow) return TooLong(row, state);
  }
}

Result<bool> CsvReader::EndOfFile(const CsvRow& row, State state, bool began) {
  if (!began) return false;
  if (state == State::kQuoted) {
    return Error{ErrorCode::kCorrupt, file_name() + ": row " + std::to_string(row.number) +
                                          " opens a quotation mark that never closes"};
  }
  EndField();
  return true;
}

CsvReader::State CsvReader::Take(char byte, State state, CsvRow& row) {
  const bool comma = byte == ',';
  const bool quote = byte == '"';
  switch (state) {
    case State::kFieldStart:
      if (quote) return State::kQuoted;
      break;
    case State::kPlain:
      if (quote) row.problem = "has a quotation mark inside a field that is not quoted";
      break;
    case State::kQuoted:
      if (quote) return State::kQuoteInQuoted;
      text_.push_back(byte);
      return State::kQuoted;
    case State::kQuoteInQuoted:
      if (quote) {
        text_.push_back(byte);
        return State::kQuoted;
      }
      if (!comma) row.problem = "has something between a closing quotation mark and the next comma";
      break;
  }
  if (comma) {
    EndField();
    return State::kFieldStart;
  }
  text_.push_back(byte);
  return State::kPlain;
}

Result<bool> CsvReader::Refill() {
  const bool first = filled_ == 0;
  Result<std::size_t> count = file_.Read(buffer_);
  if (!count) return count.error();
  next_ = 0;
  filled_ = *count;
  if (first && std::string_view(buffer_.data(), filled_).substr(0, 3) == kByteOrderMark) {
    next_ = kByteOrderMark.size();
  }
  return next_ < filled_;
}

Error CsvReader::TooLong(const CsvRow& row, State state) const {
  std::string message = file_name() + ": row " + std::to_string(row.number) + " is longer than " +
                        std::to_string(kLongestRow) + " bytes";
  if (state == State::kQuoted) message += "; is a quotation mark left open?";
  return Error{ErrorCode::kCorrupt, std::move(message)};
}

void CsvReader::SplitFields(CsvRow& row) const {
  std::size_t begin = 0;
  for (const std::size_t end : field_ends_) {
    row.fields.push_back(std::string_view(text_).substr(begin, end - begin));
    begin = end;
  }
  if (!row.problem.empty()) return;
  if (!header_.empty() && row.fields.size() != header_.size()) {
    row.problem = "has " + std::to_string(row.fields.size()) + " fields, and the header has " +
                  std::to_string(header_.size());
  } else if (!json::CountCodePoints(text_)) {
    row.problem = "is not UTF-8";
  }
}

}  // namespace clinic::calendar_file
