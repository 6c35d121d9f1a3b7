#include "server/import/icalendar.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "adapters/icalendar/calendar.hpp"
#include "adapters/icalendar/occurrences.hpp"
#include "clinic/appointment_status.hpp"
#include "server/import/field_text.hpp"
#include "server/json/utf8.hpp"

namespace clinic::calendar_file {
namespace {

namespace status = appointment_status;

std::filesystem::path WithoutGzip(const std::filesystem::path& path) {
  return path.extension() == ".gz" ? path.stem() : path.filename();
}

Result<std::string> ReadWhole(InputFile& file, const Source& source) {
  std::string text;
  std::array<char, 64 * 1024> buffer{};
  while (true) {
    const Result<std::size_t> count = file.Read(buffer);
    if (!count) return count.error();
    if (*count == 0) return text;
    text.append(buffer.data(), *count);
    if (text.size() > kLargestICalendar) {
      return Error{ErrorCode::kCorrupt, file.name() + ": is larger than " +
                                            std::to_string(kLargestICalendar >> 20U) + " MiB"};
    }
    if (source.on_progress) source.on_progress(file.position());
  }
}

// Where series without an end are cut: the same for every reading of the file.
Instant HorizonOf(const icalendar::CalendarFile& file) {
  std::optional<Instant> latest;
  for (const icalendar::Calendar& calendar : file.calendars) {
    latest = std::max(latest, icalendar::LatestStart(calendar));
  }
  return std::min(kLatest, latest.value_or(kEarliest) + std::chrono::years(kYearsBeyond));
}

// What is tentative has its time set aside as well.
std::string_view StatusOf(const icalendar::Event& event) {
  return event.status == icalendar::EventStatus::kCancelled ? status::kCancelled : status::kBooked;
}

/// Turns the occurrences of calendars into rows.
class EventTable {
 public:
  EventTable(const LengthRules& rules, const Zone& zone) : rules_(rules), zone_(zone) {}

  void Reject(const icalendar::Refusal& refusal) {
    const std::string who = refusal.uid.empty() ? "" : "(UID " + Quoted(refusal.uid) + ") ";
    table_.rejected.push_back({refusal.line, who + refusal.reason});
  }

  void Add(const icalendar::Occurrence& occurrence, const std::string& practitioner) {
    const icalendar::Event& event = *occurrence.event;
    if (event.transparency == icalendar::Transparency::kTransparent) return;
    AppointmentRow row{.row = event.line,
                       .practitioner = practitioner,
                       .appointment = event.uid,
                       .start = zone_.ToCivil(occurrence.start),
                       .instant = occurrence.start,
                       .status = StatusOf(event)};
    if (!json::CountCodePoints(event.uid)) {
      return Reject({event.line, "", "has a UID that is not UTF-8"});
    }
    if (!event.uid.empty() && !occurrence.recurrence_id.empty()) {
      row.appointment += "/" + occurrence.recurrence_id;
    }
    if (!SetLength(row, occurrence.length)) {
      return Reject({event.line, event.uid,
                     "says not how long it is, and neither does the slot length of practitioner " +
                         Quoted(practitioner)});
    }
    table_.rows.push_back(std::move(row));
  }

  std::size_t size() const { return table_.rows.size(); }

  Table<AppointmentRow> Finish() && {
    std::ranges::stable_sort(table_.rejected, {}, &RowError::row);
    return std::move(table_);
  }

 private:
  bool SetLength(AppointmentRow& row, std::optional<Duration> own) const {
    const auto slot_length = rules_.slots.find(row.practitioner);
    if (own) {
      row.length = *own;
    } else if (slot_length != rules_.slots.end()) {
      row.length = slot_length->second;
      row.length_source = LengthSource::kSlots;
    } else if (rules_.fallback) {
      row.length = *rules_.fallback;
      row.length_source = LengthSource::kFallback;
    }
    return row.length > Duration(0);
  }

  const LengthRules& rules_;
  const Zone& zone_;
  Table<AppointmentRow> table_;
};

}  // namespace

Result<bool> IsICalendar(InputFile& file) {
  constexpr std::size_t kEnough = 64;
  const Result<std::string_view> beginning = file.Peek(kEnough);
  if (!beginning) return beginning.error();
  return icalendar::BeginsAsCalendar(*beginning) || WithoutGzip(file.name()).extension() == ".ics";
}

Result<Table<AppointmentRow>> ReadEvents(InputFile file, const Source& source,
                                         const LengthRules& rules, const Zone& zone) {
  const Result<std::string> text = ReadWhole(file, source);
  if (!text) return text.error();
  const Result<icalendar::CalendarFile> read = icalendar::Parse(*text);
  if (!read) return Error{read.error().code, file.name() + ": " + read.error().message};

  EventTable table(rules, zone);
  for (const icalendar::Refusal& refusal : read->refused) table.Reject(refusal);
  const Instant horizon = HorizonOf(*read);
  for (const icalendar::Calendar& calendar : read->calendars) {
    if (!json::CountCodePoints(calendar.name)) {
      return Error{ErrorCode::kCorrupt, file.name() + ": has a calendar whose name is not UTF-8"};
    }
    const std::string practitioner =
        calendar.name.empty() ? WithoutGzip(file.name()).stem().string() : calendar.name;
    const icalendar::Expansion expansion = icalendar::Expand(
        calendar, {.local = zone,
                   .horizon = horizon,
                   .most = kMostOfSeries,
                   .most_in_all = kMostEvents - std::min(kMostEvents, table.size())});
    for (const icalendar::Refusal& refusal : expansion.refused) table.Reject(refusal);
    for (const icalendar::Occurrence& occurrence : expansion.occurrences) {
      table.Add(occurrence, practitioner);
    }
  }
  return std::move(table).Finish();
}

}  // namespace clinic::calendar_file
