// Why there is no time: what would have to be different. The question is asked again and again of
// copies of the schedules, each time with something left out.
#include <algorithm>
#include <set>
#include <utility>

#include "engine/slot_search.hpp"

namespace clinic {
namespace {

using internal::ResourceState;
using internal::ResourceStatePtr;
using Kind = Blocker::Kind;

// Farther from what is asked for, nothing matters.
constexpr Duration kAround = std::chrono::days{3};

/// What matters of a resource.
struct Copy {
  Resource resource;
  std::vector<AvailabilityRule> rules;
  std::vector<TimeOff> time_off;
  std::vector<Calendar::Entry> taken;
};

Copy CopyOf(ResourceState& state, const Interval& range) {
  const std::lock_guard lock(state.mutex);
  const Schedule& schedule = state.schedule;
  const Interval around{std::max(range.start - kAround, kEarliest),
                        std::min(range.end + kAround, kLatest)};
  return {schedule.resource(), schedule.rules(), schedule.time_off(),
          schedule.calendar().Overlapping(around)};
}

/// Every day and night, from before `instant` on.
AvailabilityRule RoundTheClock(Instant instant) {
  const CivilDay day{std::chrono::floor<std::chrono::days>(
                         std::max(instant - kAround, kEarliest + std::chrono::days{2}))
                         .time_since_epoch()};
  return {.start = day,
          .end = day + std::chrono::days{1},
          .rule = RecurrenceRule::Parse("FREQ=DAILY").value()};
}

using Left = std::set<std::pair<Kind, std::optional<ResourceId>>>;  // left out

std::unique_ptr<ResourceState> Without(const Copy& copy, const Left& left, Instant from) {
  Schedule schedule = Schedule::Make(copy.resource).value();
  const bool closed = !left.contains({Kind::kClosed, {}});
  schedule.SetRules(closed ? copy.rules : std::vector{RoundTheClock(from)});
  if (!left.contains({Kind::kTimeOff, {}})) schedule.SetTimeOff(copy.time_off);
  if (!left.contains({Kind::kBookings, {}})) {
    for (const Calendar::Entry& entry : copy.taken) schedule.Add(entry.interval, entry.handle);
  }
  return std::make_unique<ResourceState>(std::move(schedule));
}

}  // namespace

/// Answers whether there would be a time, if some things were left out.
class Scheduler::Impl::WhatIf {
 public:
  WhatIf(const Impl& scheduler, const SlotQuery& query, const States& candidates,
         const States& together)
      : scheduler_(scheduler), query_(query), now_(scheduler.Now()) {
    query_.limit = 1;
    query_.ranking = SlotRanking::kSoonest;
    for (const ResourceStatePtr state : candidates) asked_.push_back(CopyOf(*state, query.range));
    for (const ResourceStatePtr state : together) {
      together_.push_back(CopyOf(*state, query.range));
    }
  }

  /// All that can be left out, in order.
  std::vector<Blocker> All() const {
    std::vector<Blocker> all{
        {Kind::kPast}, {Kind::kHorizon}, {Kind::kTimeOfDay}, {Kind::kClosed}, {Kind::kTimeOff}};
    std::set<BookingHandle> bookings;
    for (const Copy& copy : asked_) {
      for (const Calendar::Entry& entry : copy.taken) {
        if (Overlaps(entry.interval, query_.range)) bookings.insert(entry.handle);
      }
    }
    all.push_back({Kind::kBookings, {}, bookings.size()});
    for (const Copy& copy : together_) all.push_back({Kind::kTogether, copy.resource.id});
    if (!query_.pools.empty()) all.push_back({Kind::kPools});
    all.push_back({Kind::kDuration});
    return all;
  }

  bool IsThereATime(std::span<const Blocker> left_out) const {
    Left left;
    for (const Blocker& blocker : left_out) left.insert({blocker.kind, blocker.resource});
    const bool past = left.contains({Kind::kPast, {}});
    const bool far = left.contains({Kind::kHorizon, {}});
    const Instant from = past ? query_.range.start : std::max(query_.range.start, now_);
    const Instant limit =
        far ? query_.range.end : std::min(query_.range.end, scheduler_.Horizon(now_));
    SlotQuery query = query_;
    if (left.contains({Kind::kTimeOfDay, {}})) query.times.clear();
    if (left.contains({Kind::kPools, {}})) query.pools.clear();
    if (left.contains({Kind::kDuration, {}})) query.duration = Duration{1};

    std::vector<std::unique_ptr<ResourceState>> kept;
    States candidates;
    States together;
    for (const Copy& copy : together_) {
      if (left.contains({Kind::kTogether, copy.resource.id})) continue;
      kept.push_back(Without(copy, {}, from));
      together.push_back(kept.back().get());
    }
    for (const Copy& copy : asked_) {
      const auto same = std::ranges::find(together, copy.resource.id, &ResourceState::id);
      if (same == together.end()) kept.push_back(Without(copy, left, from));
      candidates.push_back(same == together.end() ? kept.back().get() : *same);
    }
    SlotSearch search(scheduler_, query, std::move(together), limit);
    internal::EachCandidate each(std::move(candidates), from);
    return search.Run(each, false).ok() && !search.slots().empty();
  }

 private:
  const Impl& scheduler_;
  SlotQuery query_;
  const Instant now_;
  std::vector<Copy> asked_;
  std::vector<Copy> together_;
};

Result<std::vector<Explanation>> Scheduler::Impl::WhatBlocks(const SlotQuery& query) {
  FreeDueHolds();
  Result<Asked> asked = AskedFor(query);
  if (!asked.ok()) return std::move(asked).error();
  if (query.any_of.empty() && !query.specialty) {
    return Error{ErrorCode::kInvalidArgument,
                 "say whose times to look for: resources or a specialty"};
  }
  const States candidates =
      asked->index ? StatesWithSpecialty(*query.specialty) : std::move(asked->candidates);
  if (candidates.empty()) return std::vector<Explanation>{{{Blocker::Kind::kNobody}}};
  const WhatIf what_if(*this, query, candidates, asked->together);
  std::vector<Explanation> explanations;
  if (what_if.IsThereATime({})) return explanations;
  Explanation all = what_if.All();
  for (const Blocker& blocker : all) {
    if (what_if.IsThereATime({&blocker, 1})) explanations.push_back({blocker});
  }
  if (!explanations.empty()) return explanations;
  // Nothing alone: all that has to go, and no more.
  if (!what_if.IsThereATime(all)) return std::vector<Explanation>{{{Blocker::Kind::kNobody}}};
  for (std::size_t i = all.size(); i-- > 0;) {
    Explanation fewer = all;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    if (what_if.IsThereATime(fewer)) all = std::move(fewer);
  }
  return std::vector<Explanation>{all};
}

}  // namespace clinic
