// The patients whom a calendar names.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "clinic/result.hpp"
#include "clinic/time.hpp"
#include "server/import/table.hpp"

namespace clinic::calendar_file {

/// One patient, as the file has them.
struct PatientRow {
  std::uint64_t row = 0;
  std::string practitioner{};  ///< whose patient; ids may be unique within one practitioner only
  std::string patient{};
  std::string name{};
  std::string sex{};                     ///< in the file's own words; empty where it has none
  std::optional<CivilDay> birth_date{};  ///< nothing where it has none
};

/// Reads a file of patients. Errors: as CsvReader::Open and Next, then as Columns::Resolve.
Result<Table<PatientRow>> ReadPatients(const Source& source);

}  // namespace clinic::calendar_file
