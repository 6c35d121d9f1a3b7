#include "engine/slot_search.hpp"

#include <algorithm>
#include <utility>

namespace clinic {

using internal::Candidate;
using internal::ResourceStatePtr;

Result<void> Scheduler::Impl::SlotSearch::Run(internal::SlotCandidates& candidates, bool is_only) {
  is_only_ = is_only;
  // No candidate that is still to come has a key up to this one.
  std::pair<Instant, ResourceId> passed{Instant::min(), {}};
  // When the others that are booked together are free: from `together_asked` on, first then.
  Instant together_asked = Instant::max();
  Instant together_free = Instant::min();
  while (!IsFull()) {
    if (found_.empty() || found_.top().Key() > passed) {
      const Candidate* candidate =
          candidates.Peek(found_.empty() ? limit_ - Duration{1} : found_.top().start);
      if (candidate != nullptr && !together_.empty() &&
          (candidate->from < together_asked || together_free < candidate->from)) {
        together_asked = candidate->from;
        const Result<std::optional<Instant>> free =
            scheduler_.EarliestStart(together_, candidate->from, ShortestVisit(), limit_);
        // Where they fail, let each candidate fail.
        together_free = free.ok() ? free->value_or(kLatest) : candidate->from;
      }
      if (candidate != nullptr && candidate->from < together_free && !together_.empty()) {
        candidates.SkipTo(together_free);
        continue;
      }
      const auto key = [&] { return std::pair(candidate->from, candidate->state->id); };
      if (candidate != nullptr && (found_.empty() || key() < found_.top().Key())) {
        passed = key();
        if (Result<void> asked = Ask(*candidate); !asked.ok()) return asked;
        candidates.Pop();
        continue;
      }
    }
    if (found_.empty()) break;
    const Found found = found_.top();
    found_.pop();
    slots_.push_back({found.state->id, {found.start, found.start + found.length}});
    if (IsFull()) break;
    if (Result<void> next = AskAgain(found, found.start + found.step); !next.ok()) return next;
  }
  return {};
}

Result<void> Scheduler::Impl::SlotSearch::Ask(const Candidate& candidate) {
  Found found{.start = {}, .state = candidate.state, .length = {}, .step = {}};
  const std::string* const specialty = query_.specialty ? &*query_.specialty : nullptr;
  std::unique_lock lock(candidate.state->mutex);
  Schedule& schedule = candidate.state->schedule;
  const Resource& resource = schedule.resource();
  if (specialty != nullptr &&
      std::ranges::find(resource.specialties, *specialty) == resource.specialties.end()) {
    return {};
  }
  found.length = query_.duration.value_or(resource.default_duration);
  found.step = resource.slot_step;
  if (found.length > scheduler_.options_.longest_booking) return {};
  if (together_.empty()) {
    return Push(found, schedule.EarliestStart(candidate.from, found.length, limit_));
  }
  lock.unlock();
  return Push(found, EarliestTogether(candidate.state, candidate.from, found.length));
}

Result<void> Scheduler::Impl::SlotSearch::AskAgain(Found found, Instant from) {
  return Push(found, EarliestTogether(found.state, from, found.length));
}

Result<std::optional<Instant>> Scheduler::Impl::SlotSearch::EarliestTogether(
    ResourceStatePtr state, Instant from, Duration length) const {
  if (together_.empty()) {
    const std::lock_guard lock(state->mutex);
    return state->schedule.EarliestStart(from, length, limit_);
  }
  States states = together_;
  if (std::ranges::find(states, state) == states.end()) states.push_back(state);
  return scheduler_.EarliestStart(states, from, length, limit_);
}

Result<void> Scheduler::Impl::SlotSearch::Push(Found found,
                                               const Result<std::optional<Instant>>& start) {
  if (!start.ok()) {
    const bool matters = is_only_ || start.error().code != ErrorCode::kUnbounded;
    return matters ? Result<void>(start.error()) : Result<void>();
  }
  if (!*start) return {};
  found.start = **start;
  found_.push(found);
  return {};
}

}  // namespace clinic
