#include "server/import/columns.hpp"

#include <algorithm>
#include <vector>

#include "server/import/field_text.hpp"

namespace clinic::calendar_file {
namespace {

using Names = std::span<const std::string_view>;

// A field of a table: its name for --map, and the columns that are taken for it, the surest first.
struct KnownField {
  Field field;
  std::string_view name;
  bool needed;
  Names columns;
};

constexpr std::string_view kPractitionerColumns[] = {"practitioner_id", "practitioner", "doctor_id",
                                                     "doctor",          "provider_id",  "provider"};
constexpr std::string_view kAppointmentColumns[] = {"appointment_id", "appointment", "booking_id",
                                                    "id"};
constexpr std::string_view kPatientColumns[] = {"patient_id", "patient"};
constexpr std::string_view kSlotColumns[] = {"slot_id", "slot"};
constexpr std::string_view kDateColumns[] = {"appointment_date", "scheduled_date", "date"};
constexpr std::string_view kStartColumns[] = {"appointment_time", "time",  "scheduled_time",
                                              "scheduled_start",  "start", "start_time"};
constexpr std::string_view kEndColumns[] = {"scheduled_end", "end"};
constexpr std::string_view kDurationColumns[] = {"duration_minutes", "scheduled_duration_minutes"};
constexpr std::string_view kStatusColumns[] = {"status"};
constexpr std::string_view kNameColumns[] = {"name", "full_name", "patient_name"};
constexpr std::string_view kSexColumns[] = {"sex", "gender"};
constexpr std::string_view kBirthDateColumns[] = {"dob", "date_of_birth", "birth_date"};

constexpr KnownField kAppointmentFields[] = {
    {Field::kPractitioner, "practitioner", true, kPractitionerColumns},
    {Field::kAppointment, "appointment", false, kAppointmentColumns},
    {Field::kPatient, "patient", false, kPatientColumns},
    {Field::kSlot, "slot", false, kSlotColumns},
    {Field::kDate, "date", false, kDateColumns},
    {Field::kStart, "start", true, kStartColumns},
    {Field::kEnd, "end", false, kEndColumns},
    {Field::kDuration, "duration", false, kDurationColumns},
    {Field::kStatus, "status", false, kStatusColumns},
};
constexpr KnownField kSlotFields[] = {
    {Field::kPractitioner, "practitioner", true, kPractitionerColumns},
    {Field::kSlot, "slot", false, kSlotColumns},
    {Field::kDate, "date", false, kDateColumns},
    {Field::kStart, "start", true, kStartColumns},
};
constexpr KnownField kPatientFields[] = {
    {Field::kPractitioner, "practitioner", false, kPractitionerColumns},
    {Field::kPatient, "patient", true, kPatientColumns},
    {Field::kName, "name", true, kNameColumns},
    {Field::kSex, "sex", false, kSexColumns},
    {Field::kBirthDate, "birth_date", false, kBirthDateColumns},
};

// The fields of a table, and what --map writes before their names.
struct KnownTable {
  TableKind kind;
  std::string_view prefix;
  std::span<const KnownField> fields;
};

constexpr KnownTable kTables[] = {
    {TableKind::kSlots, "slots.", kSlotFields},
    {TableKind::kPatients, "patients.", kPatientFields},
    {TableKind::kAppointments, "", kAppointmentFields},
};

const KnownTable& TableOf(TableKind kind) {
  return *std::find_if(std::begin(kTables), std::end(kTables),
                       [kind](const KnownTable& table) { return table.kind == kind; });
}

Error Invalid(std::string message) { return {ErrorCode::kInvalidArgument, std::move(message)}; }

template <typename Range, typename Name>
std::string Listed(const Range& range, Name name) {
  std::string text;
  for (const auto& element : range) {
    if (!text.empty()) text += ", ";
    text += name(element);
  }
  return text;
}

// "Patient ID" and "patient-id" are patient_id.
std::string Normalised(std::string_view column) {
  std::string name(column);
  for (char& c : name) {
    if ('A' <= c && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == ' ' || c == '-') c = '_';
  }
  return name;
}

class Header {
 public:
  explicit Header(std::span<const std::string> names) : names_(names) {
    for (const std::string& name : names) normalised_.push_back(Normalised(name));
  }

  std::optional<std::size_t> Exactly(std::string_view name) const { return Find(names_, name); }
  std::optional<std::size_t> Recognise(std::string_view name) const {
    return Find(normalised_, name);
  }

 private:
  static std::optional<std::size_t> Find(std::span<const std::string> names,
                                         std::string_view name) {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) return std::nullopt;
    return static_cast<std::size_t>(found - names.begin());
  }

  std::span<const std::string> names_;
  std::vector<std::string> normalised_;
};

// "end_time" is when a visit is planned to end where its start is what the appointment is planned
// by. Where there is another column for the planned start, "start_time" and "end_time" are the
// visit as it took place, and say nothing about the time that was set aside for it.
std::optional<std::size_t> PlannedEndTime(const Header& header, std::optional<std::size_t> start) {
  const auto start_time = header.Recognise("start_time");
  const auto scheduled_time = header.Recognise("scheduled_time");
  const bool planned = start && (start == start_time || (!start_time && start == scheduled_time));
  return planned ? header.Recognise("end_time") : std::nullopt;
}

}  // namespace

Result<ColumnMapping> ColumnMapping::Parse(std::span<const std::string> texts) {
  ColumnMapping mapping;
  for (std::string_view text : texts) {
    while (true) {
      const std::size_t comma = text.find(',');
      if (Result<void> added = mapping.Add(text.substr(0, comma)); !added) return added.error();
      if (comma == std::string_view::npos) break;
      text.remove_prefix(comma + 1);
    }
  }
  return mapping;
}

Result<void> ColumnMapping::Add(std::string_view assignment) {
  const std::size_t equals = assignment.find('=');
  if (equals == std::string_view::npos) {
    return Invalid(Quoted(assignment) + " is not of the form field=column");
  }
  std::string_view name = WithoutOuterSpaces(assignment.substr(0, equals));
  const std::string_view column = WithoutOuterSpaces(assignment.substr(equals + 1));
  if (column.empty()) return Invalid(Quoted(assignment) + " names no column");

  const KnownTable& table = *std::find_if(
      std::begin(kTables), std::end(kTables),
      [name](const KnownTable& candidate) { return name.starts_with(candidate.prefix); });
  const std::string_view field_name = name.substr(table.prefix.size());
  for (const KnownField& known : table.fields) {
    if (known.name != field_name) continue;
    if (!columns_.emplace(std::pair(table.kind, known.field), column).second) {
      return Invalid(Quoted(name) + " is mapped to two columns");
    }
    return {};
  }
  return Invalid(Quoted(name) + " is not a field; those that can be mapped are " +
                 Listed(table.fields, [&table](const KnownField& known) {
                   return std::string(table.prefix) + std::string(known.name);
                 }));
}

std::optional<std::string_view> ColumnMapping::ColumnFor(TableKind table, Field field) const {
  const auto found = columns_.find({table, field});
  if (found == columns_.end()) return std::nullopt;
  return found->second;
}

Result<Columns> Columns::Resolve(TableKind kind, const CsvReader& reader,
                                 const ColumnMapping& mapping) {
  const KnownTable& table = TableOf(kind);
  const Header header(reader.header());
  Columns columns;
  for (const KnownField& known : table.fields) {
    Position& position = columns.At(known.field);
    if (const auto named = mapping.ColumnFor(kind, known.field)) {
      position = header.Exactly(*named);
      if (!position) {
        return Invalid(reader.file_name() + ": has no column " + Quoted(*named) + "; it has " +
                       Listed(reader.header(), Quoted));
      }
      continue;
    }
    for (const std::string_view name : known.columns) {
      if (!position) position = header.Recognise(name);
    }
    if (known.field == Field::kEnd && !position) {
      position = PlannedEndTime(header, columns.At(Field::kStart));
    }
    if (known.needed && !position) {
      const std::string name = std::string(table.prefix) + std::string(known.name);
      return Invalid(reader.file_name() + ": has no column for the " + std::string(known.name) +
                     " (it has " + Listed(reader.header(), Quoted) +
                     "); say which it is with --map " + name + "=COLUMN");
    }
  }
  return columns;
}

std::string_view Columns::Value(const CsvRow& row, Field field) const {
  const Position& position = At(field);
  return position ? WithoutOuterSpaces(row.fields[*position]) : std::string_view();
}

}  // namespace clinic::calendar_file
