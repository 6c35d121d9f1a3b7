#include "clinic/schedule.hpp"

#include <algorithm>
#include <utility>

namespace clinic {
namespace {

constexpr Duration kLongestBuffer = std::chrono::days{1};
constexpr Duration kLongestStep = std::chrono::days{1};
constexpr Duration kLongestDefault = std::chrono::days{1};
constexpr std::int32_t kLargestCapacity = 10'000;

// How much more than what is asked for is expanded at once.
constexpr Duration kCoverBehind = std::chrono::days{1};
constexpr Duration kCoverAhead = std::chrono::days{92};

// Of what a search for a time may come to, how much is expanded before it begins: who asks for the
// next weeks finds them expanded (Scheduler::HasAtHand).
constexpr Duration kSearchedAhead = std::chrono::days{28};

// A rule that opens more often is no working hours, and would make every question slow.
constexpr ExpansionLimits kMostWindowsInAYear{.max_windows = 10'000};

Error Invalid(const Resource& resource, std::string_view what) {
  return {ErrorCode::kInvalidArgument, std::string(ToString(resource.kind)) + " " +
                                           ToString(resource.id) + ": " + std::string(what)};
}

Result<Zone> Validate(const Resource& resource) {
  if (resource.capacity < 1 || resource.capacity > kLargestCapacity) {
    return Invalid(resource, "the capacity must be between 1 and 10,000");
  }
  if (resource.slot_step <= Duration{0} || resource.slot_step > kLongestStep) {
    return Invalid(resource, "the slot step must be longer than nothing and at most a day");
  }
  if (resource.default_duration <= Duration{0} || resource.default_duration > kLongestDefault) {
    return Invalid(resource, "the default duration must be longer than nothing and at most a day");
  }
  for (const Duration buffer : {resource.buffer_before, resource.buffer_after}) {
    if (buffer < Duration{0} || buffer > kLongestBuffer) {
      return Invalid(resource, "a buffer must be between nothing and a day");
    }
  }
  return Zone::Load(resource.timezone);
}

Interval Clamp(const Interval& interval) {
  return {std::max(interval.start, kEarliest), std::min(interval.end, kLatest)};
}

/// The disjoint stretches of `sorted`, which is ordered by start and may overlap, that lie outside
/// `holes`, which are ordered and disjoint. Stretches that touch stay apart.
std::vector<Interval> Subtract(const std::vector<Interval>& sorted,
                               const std::vector<Interval>& holes) {
  std::vector<Interval> rest;
  Instant reached = kEarliest;
  for (const Interval& interval : sorted) {
    Instant start = std::max(interval.start, reached);
    auto hole = std::ranges::upper_bound(holes, start, {}, &Interval::end);
    while (start < interval.end) {
      const Instant next = hole == holes.end() ? interval.end : std::min(hole->start, interval.end);
      if (start < next) rest.push_back({start, next});
      if (hole == holes.end()) break;
      start = std::max(start, hole->end);
      ++hole;
    }
    reached = std::max(reached, interval.end);
  }
  return rest;
}

/// The disjoint union of what is ordered by start.
std::vector<Interval> Union(std::vector<Interval> sorted) {
  std::vector<Interval> joined;
  for (const Interval& interval : sorted) {
    if (!joined.empty() && interval.start <= joined.back().end) {
      joined.back().end = std::max(joined.back().end, interval.end);
    } else {
      joined.push_back(interval);
    }
  }
  return joined;
}

}  // namespace

Schedule::Schedule(Resource resource, Zone zone)
    : resource_(std::move(resource)), zone_(std::move(zone)), calendar_(resource_.capacity) {}

Result<Schedule> Schedule::Make(Resource resource) {
  Result<Zone> zone = Validate(resource);
  if (!zone.ok()) return std::move(zone).error();
  return Schedule(std::move(resource), *std::move(zone));
}

Result<void> Schedule::Update(Resource resource) {
  Result<Zone> zone = Validate(resource);
  if (!zone.ok()) return std::move(zone).error();
  if (resource.id != resource_.id) return Invalid(resource, "the id of a resource cannot change");
  if (resource.capacity != resource_.capacity) {
    return Invalid(resource, "the capacity of a resource cannot change");
  }
  const bool expand = zone->name() != zone_.name() || resource.hours != resource_.hours;
  resource_ = std::move(resource);
  zone_ = *std::move(zone);
  if (expand && !Expand(covered_).ok()) Forget();
  watchers_.NoteEverything();
  return {};
}

Result<void> Schedule::CheckRules(const std::vector<AvailabilityRule>& rules) const {
  for (const AvailabilityRule& rule : rules) {
    if (Result<void> valid = Validate(rule, zone_); !valid.ok()) return valid;
    const Instant start = zone_.ToInstant(rule.start);
    const Interval year{start, std::min(start + std::chrono::days{366}, kLatest)};
    const Result<std::vector<Interval>> windows =
        ExpandWindows({&rule, 1}, zone_, year, kMostWindowsInAYear);
    if (!windows.ok()) return windows.error();
  }
  return {};
}

void Schedule::SetRules(std::vector<AvailabilityRule> rules) {
  rules_ = std::move(rules);
  if (!Expand(covered_).ok()) Forget();
  watchers_.NoteEverything();
}

void Schedule::SetTimeOff(std::vector<TimeOff> time_off) {
  time_off_ = std::move(time_off);
  std::ranges::sort(time_off_, {}, &TimeOff::interval);
  off_.clear();
  for (const TimeOff& off : time_off_) off_.push_back(off.interval);
  off_ = Union(std::move(off_));
  if (KeepsBlocked()) Refresh({kEarliest, kLatest});
  watchers_.NoteEverything();
}

Result<Schedule::Opening> Schedule::OpeningFor(const Interval& visit) {
  if (resource_.hours == Resource::Hours::kAlways) return Opening::kOpen;
  if (Result<void> covered = Cover(visit); !covered.ok()) return std::move(covered).error();
  const Interval* window = WindowAt(visit.start);
  if (window == nullptr) return Opening::kClosed;
  // Windows touch where someone works round the clock.
  const Interval* last = window;
  while (last->end < visit.end && last != &windows_.back() && last[1].start == last->end) ++last;
  if (last->end < visit.end) return Opening::kClosed;
  const auto off = std::ranges::upper_bound(off_, visit.start, {}, &Interval::end);
  if (off != off_.end() && Overlaps(*off, visit)) return Opening::kClosed;
  return IsOnGrid(visit.start, *window) ? Opening::kOpen : Opening::kOffGrid;
}

Result<std::optional<Instant>> Schedule::EarliestStart(Instant from, Duration length,
                                                       Instant limit) {
  from = std::max(from, kEarliest);
  limit = std::min(limit, kLatest);
  if (resource_.hours == Resource::Hours::kAlways) {
    const Duration around = resource_.buffer_before + length + resource_.buffer_after;
    const auto room = calendar_.EarliestRoom(from - resource_.buffer_before, around,
                                             limit + resource_.buffer_after);
    return room ? std::optional(*room + resource_.buffer_before) : std::nullopt;
  }
  if (from >= limit) return std::optional<Instant>();
  Instant reach = std::min(from + kSearchedAhead, limit);
  for (;;) {
    if (Result<void> done = Cover({from, std::max(reach, from)}); !done.ok()) return done.error();
    if (const auto start = EarliestStartCovered(from, length, limit)) return start;
    if (covered_.end >= limit) return std::optional<Instant>();
    reach = covered_.end + kCoverAhead;
  }
}

Result<std::optional<Instant>> Schedule::EarliestOpening(Instant from, Duration length,
                                                         Instant limit) {
  from = std::max(from, kEarliest);
  limit = std::min(limit, kLatest);
  if (from > limit - length) return std::optional<Instant>();
  if (resource_.hours == Resource::Hours::kAlways) return std::optional(from);
  Instant reach = from + length;
  for (;;) {
    if (Result<void> done = Cover({from, reach}); !done.ok()) return done.error();
    const Instant last = std::min(limit, covered_.end) - length;
    for (auto window = std::ranges::upper_bound(windows_, from, {}, &Interval::end);
         window != windows_.end() && window->start <= last; ++window) {
      const Duration late = std::max(from - window->start, Duration{0});
      const Duration steps =
          (late + resource_.slot_step - Duration{1}) / resource_.slot_step * resource_.slot_step;
      for (Instant start = window->start + steps; start < window->end && start <= last;
           start += resource_.slot_step) {
        // Within what is covered nothing is expanded, and so the windows stay.
        const Result<Opening> opening = OpeningFor({start, start + length});
        if (opening.ok() && *opening == Opening::kOpen) return std::optional(start);
      }
    }
    if (covered_.end >= limit) return std::optional<Instant>();
    from = std::max(from, last);
    reach = covered_.end + kCoverAhead;
  }
}

// With Hours::kByRules, as far as windows are expanded.
std::optional<Instant> Schedule::EarliestStartCovered(Instant from, Duration length,
                                                      Instant limit) const {
  const bool buffered = resource_.buffer_before + resource_.buffer_after > Duration{0};
  Instant candidate = from;
  for (;;) {
    const std::optional<Instant> gap = blocked_.EarliestGap(candidate, length, limit);
    if (!gap) return std::nullopt;
    const Interval& window = *WindowAt(*gap);
    const Duration past_step = (*gap - window.start) % resource_.slot_step;
    const bool on_grid = past_step == Duration{0};
    if (on_grid && (!buffered || HasRoom({*gap, *gap + length}))) return gap;
    // The next window has a grid of its own, which may begin before the next step of this one.
    candidate = std::min(*gap + (resource_.slot_step - past_step), window.end);
  }
}

std::pair<Duration, Duration> Schedule::FreeBeside(const Interval& visit, Duration reach) {
  const Interval occupied = Occupied(visit);
  const Interval range = Clamp({occupied.start - reach, occupied.end + reach});
  Instant start = range.start;
  Instant end = range.end;
  const auto stop_at = [&](const Interval& blocked) {
    if (blocked.start < visit.start) {
      start = std::max(start, blocked.end);
    } else {
      end = std::min(end, blocked.start);
    }
  };
  if (resource_.hours == Resource::Hours::kAlways) {
    for (const Interval& full : calendar_.Saturated(range)) stop_at(full);
  } else {
    // Where windows cannot be expanded that far, time counts as closed.
    if (!Cover(range).ok() && !KeepsBlocked()) return {};
    blocked_.ForEachOverlapping(
        range, [&](const Timeline<Blocked>::Entry& blocked) { stop_at(blocked.interval); });
  }
  return {std::max(occupied.start - start, Duration{0}), std::max(end - occupied.end, Duration{0})};
}

Result<void> Schedule::Cover(const Interval& range) {
  if (resource_.hours == Resource::Hours::kAlways) return {};
  if (KeepsBlocked() && covered_.Contains(range)) return {};
  const bool first = !KeepsBlocked();
  Interval wanted = Clamp({range.start - kCoverBehind, range.end + kCoverAhead});
  if (!first) {
    // What is covered grows by at least its own length, so that many small steps cost no more than
    // few large ones.
    const Duration grown = covered_.length();
    if (range.end > covered_.end) wanted.end = std::max(wanted.end, covered_.end + grown);
    wanted = Clamp({std::min(wanted.start, covered_.start), std::max(wanted.end, covered_.end)});
  }
  return Expand(wanted);
}

Result<std::vector<Interval>> Schedule::WindowsWithin(const Interval& range) const {
  if (resource_.hours == Resource::Hours::kAlways) return std::vector<Interval>{range};
  Result<std::vector<Interval>> windows = ExpandWindows(rules_, zone_, range);
  if (!windows.ok()) return windows;
  for (Interval& window : *windows) window = Intersection(window, range);
  return Subtract(*windows, off_);
}

void Schedule::Add(const Interval& occupied, BookingHandle handle) {
  calendar_.Add(occupied, handle);
  watchers_.Note(occupied);
  if (!KeepsBlocked()) return;
  const bool simple = calendar_.capacity() == 1 && blocked_.Insert(occupied, {});
  if (!simple) Refresh(occupied);
}

void Schedule::Remove(const Interval& occupied, BookingHandle handle) {
  if (!calendar_.Remove(occupied, handle)) return;
  watchers_.Note(occupied);
  if (KeepsBlocked()) Refresh(occupied);
}

Result<void> Schedule::Expand(const Interval& range) {
  if (resource_.hours == Resource::Hours::kAlways) {
    Forget();
    return {};
  }
  if (range.start == range.end) return {};
  Result<std::vector<Interval>> windows = ExpandWindows(rules_, zone_, range);
  if (!windows.ok()) return std::move(windows).error();
  windows_ = *std::move(windows);
  covered_ = range;
  Refresh({kEarliest, kLatest});
  return {};
}

void Schedule::Forget() {
  covered_ = {};
  windows_.clear();
  blocked_.Clear();
}

// Makes invariant 2 hold again where the calendar, the windows or the time off changed.
void Schedule::Refresh(const Interval& changed) {
  Interval range = changed;
  std::vector<Instant> stale;
  blocked_.ForEachOverlapping(changed, [&](const Timeline<Blocked>::Entry& blocked) {
    stale.push_back(blocked.interval.start);
    range = {std::min(range.start, blocked.interval.start),
             std::max(range.end, blocked.interval.end)};
  });
  for (const Instant start : stale) blocked_.Erase(start);

  const std::vector<Interval> closed = ClosedWithin(range);
  for (const Interval& interval : closed) blocked_.Insert(interval, {});
  for (const Interval& interval : Subtract(calendar_.Saturated(range), closed)) {
    blocked_.Insert(interval, {});
  }
}

// What lies outside the windows, outside what is covered, or in time off, disjoint and ordered.
std::vector<Interval> Schedule::ClosedWithin(const Interval& range) const {
  std::vector<Interval> closed;
  const auto add = [&](const Interval& interval) {
    const Interval inside = Intersection(interval, range);
    if (inside.start < inside.end) closed.push_back(inside);
  };
  add({kEarliest, covered_.start});
  Instant reached = covered_.start;
  auto window = std::ranges::upper_bound(windows_, range.start, {}, &Interval::end);
  if (window != windows_.begin()) reached = std::max(reached, std::prev(window)->end);
  for (; window != windows_.end() && reached < range.end; ++window) {
    add({reached, std::min(window->start, covered_.end)});
    reached = std::max(reached, window->end);
  }
  add({reached, kLatest});
  add({covered_.end, kLatest});
  for (auto off = std::ranges::upper_bound(off_, range.start, {}, &Interval::end);
       off != off_.end() && off->start < range.end; ++off) {
    add(*off);
  }
  std::ranges::sort(closed);
  return Union(std::move(closed));
}

const Interval* Schedule::WindowAt(Instant instant) const {
  const auto after = std::ranges::upper_bound(windows_, instant, {}, &Interval::start);
  if (after == windows_.begin() || !std::prev(after)->Contains(instant)) return nullptr;
  return &*std::prev(after);
}

bool Schedule::IsOnGrid(Instant start, const Interval& window) const {
  return (start - window.start) % resource_.slot_step == Duration{0};
}

}  // namespace clinic
