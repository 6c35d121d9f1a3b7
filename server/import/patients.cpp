#include "server/import/patients.hpp"

#include <string_view>

#include "server/import/field_text.hpp"
#include "server/import/read_table.hpp"

namespace clinic::calendar_file {
namespace {

Result<PatientRow> Interpret(const CsvRow& row, const Columns& columns) {
  PatientRow patient{.row = row.number};
  patient.practitioner = columns.Value(row, Field::kPractitioner);
  patient.patient = columns.Value(row, Field::kPatient);
  patient.name = columns.Value(row, Field::kName);
  patient.sex = columns.Value(row, Field::kSex);
  if (patient.patient.empty()) return Error{ErrorCode::kInvalidArgument, "has no patient id"};
  if (patient.name.empty()) return Error{ErrorCode::kInvalidArgument, "has no name"};
  if (const std::string_view text = columns.Value(row, Field::kBirthDate); !text.empty()) {
    const Result<CivilDay> day = ReadDate(text);
    if (!day) return day.error();
    patient.birth_date = *day;
  }
  return patient;
}

}  // namespace

Result<Table<PatientRow>> ReadPatients(const Source& source) {
  return ReadTable<PatientRow>(source, TableKind::kPatients, Interpret);
}

}  // namespace clinic::calendar_file
