// The loop that every table is read by; for the .cpp files of this folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "clinic/result.hpp"
#include "server/import/csv_reader.hpp"
#include "server/import/field_text.hpp"
#include "server/import/table.hpp"

namespace clinic::calendar_file {

/// Reads every row of `source`, of which `file` was opened. `interpret(const CsvRow&, const
/// Columns&)` gives a Result<Row>, whose error's message is why the row is rejected; `accept(const
/// Columns&)` gives a Result<void>, asked once, before the rows. Errors: as CsvReader::Open and
/// Next, Columns::Resolve, and `accept`.
template <typename Row, typename Accept, typename Interpret>
Result<Table<Row>> ReadTable(InputFile file, const Source& source, TableKind kind,
                             const Accept& accept, const Interpret& interpret) {
  constexpr std::uint64_t kRowsBetweenReports = 512;
  Result<CsvReader> reader = CsvReader::Open(std::move(file));
  if (!reader) return reader.error();
  const Result<Columns> columns = Columns::Resolve(kind, *reader, source.mapping);
  if (!columns) return columns.error();
  if (Result<void> accepted = accept(*columns); !accepted) return accepted.error();

  Table<Row> table;
  CsvRow row;
  while (true) {
    const Result<bool> found = reader->Next(row);
    if (!found) return found.error();
    if (!*found) break;
    if (source.on_progress && row.number % kRowsBetweenReports == 0) {
      source.on_progress(reader->position());
    }
    if (!row.problem.empty()) {
      table.rejected.push_back({row.number, row.problem});
      continue;
    }
    Result<Row> interpreted = interpret(row, *columns);
    if (interpreted) {
      table.rows.push_back(*std::move(interpreted));
    } else {
      table.rejected.push_back({row.number, interpreted.error().message});
    }
  }
  return table;
}

/// As above, for tables that every header with the needed columns will do for.
template <typename Row, typename Interpret>
Result<Table<Row>> ReadTable(const Source& source, TableKind kind, const Interpret& interpret) {
  Result<InputFile> file = InputFile::Open(source.path);
  if (!file) return file.error();
  return ReadTable<Row>(
      *std::move(file), source, kind, [](const Columns&) { return Result<void>(); }, interpret);
}

/// The start of the row's appointment or slot: a time of day falls on the row's date. Errors:
/// kInvalidArgument, as ReadDate and ReadTime.
inline Result<CivilTime> ReadStart(const CsvRow& row, const Columns& columns) {
  const std::string_view start = columns.Value(row, Field::kStart);
  const std::string_view date = columns.Value(row, Field::kDate);
  if (start.empty()) return Error{ErrorCode::kInvalidArgument, "has no start"};
  if (date.empty() || !IsTimeOfDay(start)) return ReadTime(start, std::nullopt);
  const Result<CivilDay> day = ReadDate(date);
  if (!day) return day.error();
  return ReadTime(start, *day);
}

}  // namespace clinic::calendar_file
