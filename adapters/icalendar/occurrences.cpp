#include "adapters/icalendar/occurrences.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "adapters/icalendar/event_reader.hpp"
#include "clinic/recurrence.hpp"

namespace clinic::icalendar {
namespace {

bool IsSeries(const Event& event) { return event.rule.has_value() || !event.added.empty(); }

// "20260329T013000Z": Z in UTC, and only the date of a date.
std::string AsRecurrenceId(CivilTime civil, const EventTime& like) {
  const auto digits = [](int number, std::size_t width) {
    std::string text = std::to_string(number);
    return text.insert(0, width - std::min(width, text.size()), '0');
  };
  const CivilDay day = std::chrono::floor<std::chrono::days>(civil);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(civil - day);
  std::string text = digits(static_cast<int>(date.year()), 4) +
                     digits(static_cast<int>(static_cast<unsigned>(date.month())), 2) +
                     digits(static_cast<int>(static_cast<unsigned>(date.day())), 2);
  if (like.form == TimeForm::kDate) return text;
  text += "T" + digits(static_cast<int>(time.hours().count()), 2) +
          digits(static_cast<int>(time.minutes().count()), 2) +
          digits(static_cast<int>(time.seconds().count()), 2);
  return like.form == TimeForm::kZoned && like.zone == Zone::Utc() ? text + "Z" : text;
}

class Expander {
 public:
  Expander(const Calendar& calendar, const ExpansionOptions& options)
      : calendar_(calendar), options_(options) {
    for (const Event& event : calendar.events) {
      if (!event.recurrence_id && !event.uid.empty()) series_.emplace(event.uid, &event);
    }
    for (const Event& event : calendar.events) {
      if (event.recurrence_id) replaced_.emplace(event.uid, ReplacedBy(event));
    }
  }

  Expansion Run() && {
    for (const Event& event : calendar_.events) {
      if (event.recurrence_id) {
        Add(event, event.start.civil, AsRecurrenceId(ReplacedBy(event), ClockOfSeries(event)));
      } else if (IsSeries(event)) {
        AddSeries(event);
      } else {
        Add(event, event.start.civil, "");
      }
    }
    return std::move(expansion_);
  }

 private:
  const Zone& ClockOf(const EventTime& time) const {
    return time.form == TimeForm::kZoned ? time.zone : options_.local;
  }

  const EventTime& ClockOfSeries(const Event& replacement) const {
    const auto series = series_.find(replacement.uid);
    return series == series_.end() ? *replacement.recurrence_id : series->second->start;
  }

  // What the clock of `to` shows at `time`; the two are of one form, or `time` replaces nothing.
  CivilTime OnClockOf(const EventTime& to, const EventTime& time) const {
    if (time.form != to.form || ClockOf(time) == ClockOf(to)) return time.civil;
    return ClockOf(to).ToCivil(ClockOf(time).ToInstant(time.civil));
  }

  CivilTime ReplacedBy(const Event& replacement) const {
    return OnClockOf(ClockOfSeries(replacement), *replacement.recurrence_id);
  }

  std::vector<CivilTime> OnClockOf(const EventTime& to, const std::vector<EventTime>& times) const {
    std::vector<CivilTime> civil;
    civil.reserve(times.size());
    for (const EventTime& time : times) civil.push_back(OnClockOf(to, time));
    return civil;
  }

  // Nothing where the event does not say; may lie beyond kLatest.
  std::optional<Instant> EndOf(const Event& event, CivilTime start) const {
    const Zone& clock = ClockOf(event.start);
    const auto after = [&](NominalLength length) {
      return clock.ToInstant(start + length.days) + length.time;
    };
    if (const auto* length = std::get_if<NominalLength>(&event.end)) return after(*length);
    if (const auto* end = std::get_if<EventTime>(&event.end)) {
      if (end->form == TimeForm::kDate) {
        return after({std::chrono::floor<std::chrono::days>(end->civil - event.start.civil)});
      }
      // A series with a DTEND has the same exact length each time (RFC 5545 §3.8.5.3).
      const Duration length =
          ClockOf(*end).ToInstant(end->civil) - clock.ToInstant(event.start.civil);
      return clock.ToInstant(start) + length;
    }
    if (event.start.form == TimeForm::kDate) return after({std::chrono::days(1)});
    return std::nullopt;
  }

  void Refuse(const Event& event, std::string reason) {
    expansion_.refused.push_back({event.line, event.uid, std::move(reason)});
  }

  bool Add(const Event& event, CivilTime start, std::string recurrence_id) {
    Occurrence occurrence{.event = &event,
                          .recurrence_id = std::move(recurrence_id),
                          .start = ClockOf(event.start).ToInstant(start)};
    if (const std::optional<Instant> end = EndOf(event, start)) {
      occurrence.length = *end - occurrence.start;
      if (*end > kLatest || *end <= occurrence.start) {
        Refuse(event, "has an end that is not after its start, or beyond the year 9999");
        return false;
      }
    }
    expansion_.occurrences.push_back(std::move(occurrence));
    return true;
  }

  void AddSeries(const Event& event) {
    const Result<std::vector<CivilTime>> starts = StartsOf(event);
    if (!starts.ok()) {
      Refuse(event, starts.error().code == ErrorCode::kUnbounded
                        ? "has a rule that never matches, or a series of more than " +
                              std::to_string(options_.most)
                        : "has a series that is refused: " + starts.error().message);
      return;
    }
    if (starts->empty() && event.removed.empty()) {
      Refuse(event, "has a rule that never matches, or not before the series is cut");
      return;
    }
    if (expansion_.occurrences.size() + starts->size() > options_.most_in_all) {
      Refuse(event, "has a series that goes beyond the " + std::to_string(options_.most_in_all) +
                        " events that are read");
      return;
    }
    for (const CivilTime start : *starts) {
      if (replaced_.contains({event.uid, start})) continue;
      if (!Add(event, start, AsRecurrenceId(start, event.start))) return;
    }
  }

  Result<std::vector<CivilTime>> StartsOf(const Event& event) const {
    const Zone& clock = ClockOf(event.start);
    std::optional<RecurrenceRule> rule;
    CivilTime end = CivilTime{kLatest.time_since_epoch()};
    if (event.rule) {
      rule = event.rule->PlacedIn(clock);
      const RecurrenceParts& parts = rule->parts();
      if (!parts.count && !parts.until) end = clock.ToCivil(options_.horizon);
    }
    const Result<Recurrence> recurrence =
        Recurrence::Create(event.start.civil, std::move(rule), OnClockOf(event.start, event.added),
                           OnClockOf(event.start, event.removed));
    if (!recurrence.ok()) return recurrence.error();
    return recurrence->OccurrencesBetween(CivilTime{kEarliest.time_since_epoch()}, end,
                                          options_.most);
  }

  const Calendar& calendar_;
  const ExpansionOptions& options_;
  std::map<std::string, const Event*> series_;            // by UID
  std::set<std::pair<std::string, CivilTime>> replaced_;  // on the clock of the series
  Expansion expansion_;
};

}  // namespace

Expansion Expand(const Calendar& calendar, const ExpansionOptions& options) {
  return Expander(calendar, options).Run();
}

std::optional<Instant> LatestStart(const Calendar& calendar) {
  std::optional<Instant> latest;
  for (const Event& event : calendar.events) {
    latest = std::max(latest, std::optional(Comparable(event.start)));
    for (const EventTime& added : event.added) latest = std::max(latest, {Comparable(added)});
  }
  return latest;
}

}  // namespace clinic::icalendar
