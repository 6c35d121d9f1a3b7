#include "engine/slot_search.hpp"

#include <algorithm>
#include <utility>

#include "engine/civil_windows.hpp"

namespace clinic {

using internal::Candidate;
using internal::ResourceStatePtr;

Scheduler::Impl::SlotSearch::SlotSearch(const Impl& scheduler, const SlotQuery& query,
                                        States together, Instant limit)
    : scheduler_(scheduler),
      query_(query),
      together_(std::move(together)),
      limit_(limit),
      others_on_grid_(scheduler.StartsAreOnAGrid(together_, query.pools)) {
  if (!query.times.empty() && query.times_zone) times_zone_ = Zone::Load(*query.times_zone).value();
}

Result<void> Scheduler::Impl::SlotSearch::AskPreferred(States preferred, Instant from) {
  preferred_ = std::move(preferred);
  for (const ResourceStatePtr state : preferred_) {
    if (Result<void> asked = Ask({state, NotBefore(from)}); !asked.ok()) return asked;
  }
  return {};
}

Result<void> Scheduler::Impl::SlotSearch::Run(internal::SlotCandidates& candidates, bool is_only) {
  is_only_ = is_only;
  Rank passed{Instant::min(), false, {}};  // no candidate that is still to come has one up to this
  while (!IsFull()) {
    const bool more = found_.empty() || found_.top().rank > passed;
    const Candidate* const candidate =
        more ? candidates.Peek(found_.empty() ? limit_ - Duration{1}
                                              : std::get<Instant>(found_.top().rank))
             : nullptr;
    if (candidate != nullptr) {
      const Instant allowed = NotBefore(candidate->from);
      if (candidate->from < allowed) {
        candidates.SkipTo(allowed);
        continue;
      }
      const Rank rank{candidate->from, true, candidate->state->id};
      if (found_.empty() || rank < found_.top().rank) {
        passed = rank;
        const bool is_new = !IsPreferred(candidate->state);
        Result<void> asked = is_new ? Ask(*candidate) : Result<void>();
        if (!asked.ok()) return asked;
        candidates.Pop();
        continue;
      }
    }
    if (found_.empty()) break;
    const Found found = found_.top();
    found_.pop();
    GiveOut(found);
    if (IsFull()) break;
    if (Result<void> next = AskAgain(found, found.start + found.step); !next.ok()) return next;
  }
  for (const Slot& slot : others_) {
    if (!IsFull()) slots_.push_back(slot);
  }
  return {};
}

void Scheduler::Impl::SlotSearch::GiveOut(const Found& found) {
  const Slot slot{found.state->id, {found.start, found.start + found.length}};
  if (query_.ranking == SlotRanking::kTightest) {
    const std::lock_guard lock(found.state->mutex);
    const Schedule& schedule = found.state->schedule;
    const Duration useful = query_.shortest_useful.value_or(schedule.resource().default_duration);
    if (schedule.LeavesGap(slot.interval, useful)) {
      if (others_.size() < query_.limit) others_.push_back(slot);
      return;
    }
  }
  slots_.push_back(slot);
}

Instant Scheduler::Impl::SlotSearch::NotBefore(Instant from) {
  if (together_.empty() && !times_zone_) return from;
  if (from < asked_ || allowed_ < from) {
    asked_ = from;
    allowed_ = ComputeNotBefore(from);
  }
  return allowed_;
}

Instant Scheduler::Impl::SlotSearch::ComputeNotBefore(Instant from) const {
  const Duration shortest = query_.duration.value_or(Duration{1});
  for (Instant candidate = from;;) {
    if (!together_.empty()) {
      const auto free = scheduler_.EarliestStart(together_, candidate, shortest, limit_);
      if (!free.ok()) return from;  // let each candidate fail
      if (!*free) return kLatest;
      candidate = **free;
    }
    if (!times_zone_) return candidate;
    const auto inside =
        internal::EarliestInside(query_.times, *times_zone_, candidate, shortest, limit_);
    if (!inside) return kLatest;
    if (*inside == candidate || together_.empty()) return *inside;
    candidate = *inside;
  }
}

bool Scheduler::Impl::SlotSearch::IsPreferred(ResourceStatePtr state) const {
  return !preferred_.empty() && std::ranges::find(preferred_, state) != preferred_.end();
}

Result<void> Scheduler::Impl::SlotSearch::Ask(const Candidate& candidate) {
  Found found{.rank = {}, .start = {}, .state = candidate.state, .length = {}, .step = {}};
  {
    const std::lock_guard lock(candidate.state->mutex);
    const Resource& resource = candidate.state->schedule.resource();
    const auto& specialties = resource.specialties;
    if (query_.specialty &&
        std::ranges::find(specialties, *query_.specialty) == specialties.end()) {
      return {};
    }
    found.length = query_.duration.value_or(resource.default_duration);
    const bool on_grid = others_on_grid_ || resource.hours == Resource::Hours::kByRules;
    found.step = on_grid ? Duration{1} : resource.slot_step;
  }
  if (found.length > scheduler_.options_.longest_booking) return {};
  return AskAgain(found, candidate.from);
}

Result<void> Scheduler::Impl::SlotSearch::AskAgain(Found found, Instant from) {
  const Result<std::optional<Instant>> start = EarliestFor(found.state, from, found.length);
  if (!start.ok()) {
    const bool matters = is_only_ || start.error().code != ErrorCode::kUnbounded;
    return matters ? Result<void>(start.error()) : Result<void>();
  }
  if (!*start) return {};
  found.start = **start;
  const bool preferred = IsPreferred(found.state);
  found.rank = {preferred ? found.start - query_.preferred_within : found.start, !preferred,
                found.state->id};
  found_.push(found);
  return {};
}

Result<std::optional<Instant>> Scheduler::Impl::SlotSearch::EarliestFor(ResourceStatePtr state,
                                                                        Instant from,
                                                                        Duration length) const {
  for (;;) {
    Result<std::optional<Instant>> start = EarliestTogether(state, from, length);
    if (!start.ok() || !*start || query_.times.empty()) return start;
    const auto zone = [&] {
      const std::lock_guard lock(state->mutex);
      return state->schedule.zone();
    };
    const auto inside = internal::EarliestInside(query_.times, times_zone_ ? *times_zone_ : zone(),
                                                 **start, length, limit_);
    if (!inside || *inside == **start) return inside;
    from = *inside;
  }
}

Result<std::optional<Instant>> Scheduler::Impl::SlotSearch::EarliestTogether(
    ResourceStatePtr state, Instant from, Duration length) const {
  if (together_.empty() && query_.pools.empty()) {
    const std::lock_guard lock(state->mutex);
    return state->schedule.EarliestStart(from, length, limit_);
  }
  States states = together_;
  if (std::ranges::find(states, state) == states.end()) states.push_back(state);
  return scheduler_.EarliestStart(states, query_.pools, from, length, limit_);
}

}  // namespace clinic
