#include "server/import/appointments.hpp"

#include <utility>

#include "clinic/appointment_status.hpp"
#include "server/import/field_text.hpp"
#include "server/import/icalendar.hpp"
#include "server/import/read_table.hpp"

namespace clinic::calendar_file {
namespace {

namespace status = appointment_status;

struct Length {
  Duration length;
  LengthSource source;
};

Error Refused(std::string reason) { return {ErrorCode::kInvalidArgument, std::move(reason)}; }

Result<Length> LengthUntil(CivilTime start, std::string_view end_text) {
  const Result<CivilTime> end = ReadTime(end_text, std::chrono::floor<std::chrono::days>(start));
  if (!end) return end.error();
  if (*end <= start) return Refused("has the end " + Quoted(end_text) + ", not after its start");
  if (*end - start > std::chrono::minutes(kLongestMinutes)) {
    return Refused("has the end " + Quoted(end_text) + ", more than " +
                   std::to_string(kLongestMinutes) + " minutes after its start");
  }
  return Length{*end - start, LengthSource::kOwnColumns};
}

Result<Length> PlannedLength(const CsvRow& row, const Columns& columns, const LengthRules& rules,
                             const AppointmentRow& appointment) {
  if (const std::string_view end = columns.Value(row, Field::kEnd); !end.empty()) {
    return LengthUntil(appointment.start, end);
  }
  if (const std::string_view text = columns.Value(row, Field::kDuration); !text.empty()) {
    const Result<Duration> minutes = ReadMinutes(text);
    if (!minutes) return minutes.error();
    return Length{*minutes, LengthSource::kOwnColumns};
  }
  const auto slot_length = rules.slots.find(appointment.practitioner);
  if (slot_length != rules.slots.end()) return Length{slot_length->second, LengthSource::kSlots};
  if (rules.fallback) return Length{*rules.fallback, LengthSource::kFallback};
  return Refused("says not how long it is, and neither does the slot length of practitioner " +
                 Quoted(appointment.practitioner));
}

Result<AppointmentRow> Interpret(const CsvRow& row, const Columns& columns,
                                 const LengthRules& rules) {
  AppointmentRow appointment{.row = row.number, .status = status::kBooked};
  appointment.practitioner = columns.Value(row, Field::kPractitioner);
  appointment.appointment = columns.Value(row, Field::kAppointment);
  appointment.patient = columns.Value(row, Field::kPatient);
  appointment.slot = columns.Value(row, Field::kSlot);
  if (appointment.practitioner.empty()) return Refused("has no practitioner");

  if (columns.Has(Field::kStatus)) {
    const Result<std::string_view> word = ReadStatus(columns.Value(row, Field::kStatus));
    if (!word) return word.error();
    appointment.status = *word;
  }
  const Result<CivilTime> start = ReadStart(row, columns);
  if (!start) return start.error();
  appointment.start = *start;

  const Result<Length> length = PlannedLength(row, columns, rules, appointment);
  if (!length) return length.error();
  appointment.length = length->length;
  appointment.length_source = length->source;
  return appointment;
}

}  // namespace

Result<Table<AppointmentRow>> ReadAppointments(const Source& source, const LengthRules& rules,
                                               const Zone& zone) {
  Result<InputFile> file = InputFile::Open(source.path);
  if (!file) return file.error();
  const Result<bool> icalendar = IsICalendar(*file);
  if (!icalendar) return icalendar.error();
  if (*icalendar) return ReadEvents(*std::move(file), source, rules, zone);
  const auto accept = [&source, &rules](const Columns& columns) -> Result<void> {
    if (columns.Has(Field::kEnd) || columns.Has(Field::kDuration)) return {};
    if (!rules.slots.empty() || rules.fallback) return {};
    return Refused(source.path.string() +
                   ": has no column that says how long an appointment is; give the practitioners' "
                   "slots with --slots, or a length with --duration-minutes, or name a column with "
                   "--map end=COLUMN or --map duration=COLUMN");
  };
  return ReadTable<AppointmentRow>(*std::move(file), source, TableKind::kAppointments, accept,
                                   [&rules](const CsvRow& row, const Columns& columns) {
                                     return Interpret(row, columns, rules);
                                   });
}

bool HoldsTime(const AppointmentRow& appointment) {
  const std::string_view word = appointment.status;
  return word != status::kProposed && word != status::kWaitlist && word != status::kCancelled &&
         word != status::kEnteredInError;
}

}  // namespace clinic::calendar_file
