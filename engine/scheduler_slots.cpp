// Finding times that can be booked: whom to ask.
#include <algorithm>
#include <utility>

#include "engine/civil_windows.hpp"
#include "engine/slot_search.hpp"
#include "engine/specialty_index.hpp"

namespace clinic {
namespace {

using internal::ResourceState;
using internal::ResourceStatePtr;
using internal::SpecialtyIndex;

bool AsksForPoolsAlone(const SlotQuery& query) { return query.any_of.empty() && !query.specialty; }

Error Invalid(std::string message) { return {ErrorCode::kInvalidArgument, std::move(message)}; }

Result<void> Validate(const SlotQuery& query) {
  if (AsksForPoolsAlone(query)) {
    if (query.pools.empty()) {
      return Invalid("say whose times to look for: resources, a specialty or pools");
    }
    if (!query.duration) return Invalid("pools have no duration of their own");
    if (!query.times.empty() && !query.times_zone)
      return Invalid("pools have no zone of their own");
  }
  if (query.duration && *query.duration <= Duration{0}) {
    return Invalid("the duration must be longer than nothing");
  }
  if (query.preferred_within < Duration{0}) {
    return Invalid("how much later a preferred time may be cannot be less than nothing");
  }
  if (query.shortest_useful && *query.shortest_useful <= Duration{0}) {
    return Invalid("the shortest useful time must be longer than nothing");
  }
  if (Result<void> windows = internal::Validate(query.times); !windows.ok()) return windows;
  if (!query.times_zone) return {};
  const Result<Zone> zone = Zone::Load(*query.times_zone);
  return zone.ok() ? Result<void>() : zone.error();
}

}  // namespace

Result<Scheduler::Impl::Asked> Scheduler::Impl::AskedFor(const SlotQuery& query) {
  if (Result<void> valid = Validate(query); !valid.ok()) return std::move(valid).error();
  Asked asked;
  if (!query.any_of.empty()) {
    Result<States> found = FindStates(query.any_of, query.any_of.size());
    if (!found.ok()) return std::move(found).error();
    asked.candidates = *std::move(found);
  } else if (query.specialty) {
    const bool is_short = query.duration.value_or(Duration{0}) <= SpecialtyIndex::kLongestVisit;
    const Instant now = Now();
    if (is_short && !IsBranch()) {
      asked.index = resources_.IndexOf(*query.specialty, now, Horizon(now));
    }
    if (asked.index == nullptr) asked.candidates = StatesWithSpecialty(*query.specialty);
  }
  if (!query.together.empty() || !query.pools.empty()) {
    Result<States> found = FindAsked(query.together, query.pools);
    if (!found.ok()) return std::move(found).error();
    asked.together = *std::move(found);
  }
  if (!query.preferred.empty()) {
    Result<States> found = FindStates(query.preferred, query.preferred.size());
    if (!found.ok()) return std::move(found).error();
    asked.preferred = *std::move(found);
    std::erase_if(asked.preferred, [&](ResourceStatePtr state) {
      return !query.any_of.empty() &&
             std::ranges::find(query.any_of, state->id) == query.any_of.end();
    });
  }
  if (!IsProper(query.range)) {
    return Error{ErrorCode::kBadInterval, "the end of the range must come after its start"};
  }
  if (query.duration && *query.duration > options_.longest_booking) {
    return Error{ErrorCode::kTooLong, "no booking takes that long"};
  }
  return asked;
}

Result<std::vector<Slot>> Scheduler::Impl::FindSlots(const SlotQuery& query) {
  FreeDueHolds();
  Result<Asked> asked = AskedFor(query);
  if (!asked.ok()) return std::move(asked).error();
  const Instant now = Now();
  const Instant from = std::max(query.range.start, now);
  const Instant limit = std::min(query.range.end, Horizon(now));
  if (AsksForPoolsAlone(query)) return FindPoolSlots(query, asked->together, from, limit);
  SlotSearch search(*this, query, std::move(asked->together), limit);
  Result<void> done = search.AskPreferred(std::move(asked->preferred), from);
  if (!done.ok()) return std::move(done).error();
  if (asked->index) {
    SpecialtyIndex::Search members(std::move(asked->index), from, limit, query.duration);
    done = search.Run(members, false);
  } else {
    const bool is_only = asked->candidates.size() == 1;
    internal::EachCandidate each(std::move(asked->candidates), from);
    done = search.Run(each, is_only);
  }
  return done.ok() ? Result(std::move(search.slots())) : std::move(done).error();
}

Result<std::vector<Slot>> Scheduler::Impl::FindPoolSlots(const SlotQuery& query,
                                                         const States& together, Instant from,
                                                         Instant limit) const {
  std::optional<Zone> zone;
  if (!query.times.empty()) zone = Zone::Load(*query.times_zone).value();
  const Duration step = StepBetweenStarts(together, query.pools);
  std::vector<Slot> slots;
  while (slots.size() < query.limit) {
    const auto start = EarliestStart(together, query.pools, from, *query.duration, limit);
    if (!start.ok()) return start.error();
    if (!*start) break;
    const std::optional<Instant> inside =
        zone ? internal::EarliestInside(query.times, *zone, **start, *query.duration, limit)
             : *start;
    if (!inside) break;
    from = *inside;
    if (*inside != **start) continue;
    slots.push_back({{}, {**start, **start + *query.duration}});
    from += step;
  }
  return slots;
}

}  // namespace clinic
