// Which column of a file means what: recognised by its name, or named by the caller. The README of
// this folder lists the names that are recognised.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "clinic/result.hpp"
#include "server/import/csv_reader.hpp"

namespace clinic::calendar_file {

/// The three files that a calendar comes in.
enum class TableKind { kAppointments, kSlots, kPatients };

/// What a column can mean.
enum class Field {
  kPractitioner,
  kAppointment,
  kPatient,
  kSlot,
  kDate,
  kStart,
  kEnd,
  kDuration,
  kStatus,
  kName,
  kSex,
  kBirthDate,
};
inline constexpr std::size_t kFieldCount = 12;

/// The columns that a caller named (`--map`), which go before those that are recognised.
class ColumnMapping {
 public:
  /// Reads texts of the form "field=column,field=column": fields of the appointments as they are,
  /// fields of the other two files as "slots.field" and "patients.field". Names of columns cannot
  /// hold a comma here. Errors: kInvalidArgument (no such field, no column, a field named twice).
  static Result<ColumnMapping> Parse(std::span<const std::string> texts);

  /// The column named for `field`, or nothing.
  std::optional<std::string_view> ColumnFor(TableKind table, Field field) const;

 private:
  Result<void> Add(std::string_view assignment);

  std::map<std::pair<TableKind, Field>, std::string> columns_;
};

/// Where in the rows of one file each field stands.
class Columns {
 public:
  /// Finds the fields of a table of kind `table` in a header. Errors: kInvalidArgument (the mapping
  /// names a column that is not there, or a field that the table must have is missing).
  static Result<Columns> Resolve(TableKind table, const CsvReader& reader,
                                 const ColumnMapping& mapping);

  bool Has(Field field) const { return At(field).has_value(); }

  /// What `row` holds in the column of `field`, without the spaces around it; empty where the file
  /// has no such column.
  std::string_view Value(const CsvRow& row, Field field) const;

 private:
  using Position = std::optional<std::size_t>;

  const Position& At(Field field) const { return positions_[static_cast<std::size_t>(field)]; }
  Position& At(Field field) { return positions_[static_cast<std::size_t>(field)]; }

  std::array<Position, kFieldCount> positions_{};
};

}  // namespace clinic::calendar_file
