// Bookings that ask for any n of a pool.
#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "engine/pool_chooser.hpp"
#include "engine/scheduler_impl.hpp"

namespace clinic {

using internal::ResourceStatePtr;
using internal::ScheduleLock;

namespace {

// How often somebody may be faster before a booking is refused.
constexpr int kMostAttempts = 64;

// Looks at a member for a pool, where only the pools of one request compete.
constexpr std::int64_t kMostSteps = 20'000;

Result<void> CheckRequest(std::size_t resources, const std::vector<PoolRequest>& pools) {
  std::size_t wanted = resources;
  for (std::size_t i = 0; i < pools.size(); ++i) {
    const PoolRequest& pool = pools[i];
    const auto is_same = [&](const PoolRequest& other) {
      return other.specialty == pool.specialty;
    };
    if (std::ranges::count_if(pools, is_same) > 1) {
      return Error{ErrorCode::kInvalidArgument, "pool \"" + pool.specialty + "\" is given twice"};
    }
    if (pool.count == 0) {
      return Error{ErrorCode::kInvalidArgument,
                   "at least one of \"" + pool.specialty + "\" has to be asked for"};
    }
    wanted += std::min(pool.count, internal::kMostResourcesOfABooking + 1);
  }
  if (wanted > internal::kMostResourcesOfABooking) {
    return Error{ErrorCode::kInvalidArgument, "a booking takes at most 64 resources"};
  }
  return {};
}

Error Overtaken() {
  return {ErrorCode::kUnavailable, "others were faster again and again; try again later"};
}

bool IsOnPools(const Booking& booking) {
  return std::ranges::any_of(booking.allocations,
                             [](const Allocation& taken) { return !taken.pool.empty(); });
}

}  // namespace

Result<Scheduler::Impl::States> Scheduler::Impl::FindAsked(
    const std::vector<ResourceId>& resources, const std::vector<PoolRequest>& pools) const {
  if (pools.empty()) return FindStates(resources);
  if (Result<void> sound = CheckRequest(resources.size(), pools); !sound.ok()) {
    return std::move(sound).error();
  }
  States named;
  if (!resources.empty()) {
    Result<States> found = FindStates(resources);
    if (!found.ok()) return found;
    named = *std::move(found);
  }
  absl::flat_hash_map<ResourceId, std::size_t> numbers;
  std::vector<PoolJob> jobs;
  for (const PoolRequest& pool : pools) {
    PoolJob job{
        .interval = {kEarliest, kLatest}, .wanted = pool.count, .eligible = {}, .assigned = {}};
    for (const ResourceStatePtr& state : StatesWithSpecialty(pool.specialty)) {
      if (std::ranges::find(named, state) != named.end()) continue;
      job.eligible.push_back(numbers.try_emplace(state->id, numbers.size()).first->second);
    }
    if (job.eligible.size() < pool.count) {
      return Error{ErrorCode::kUnknownResource, "there are only " +
                                                    std::to_string(job.eligible.size()) + " of \"" +
                                                    pool.specialty + "\" to choose from"};
    }
    std::ranges::sort(job.eligible);
    jobs.push_back(std::move(job));
  }
  if (jobs.size() < 2) return named;
  const std::vector<PoolMember> members(numbers.size());
  if (AssignMembers(jobs, members, kMostSteps).outcome != PoolAssignment::Outcome::kFound) {
    return Error{ErrorCode::kUnknownResource, "the pools have too few members between them"};
  }
  return named;
}

void Scheduler::Impl::AskAgain(Step& step, const Booking& booking) const {
  for (const Allocation& allocation : booking.allocations) {
    if (allocation.pool.empty()) {
      step.states.push_back(FindState(allocation.resource));
      continue;
    }
    const auto same = std::ranges::find(step.pools, allocation.pool, &PoolRequest::specialty);
    if (same == step.pools.end()) {
      step.pools.push_back({allocation.pool, 1});
    } else {
      ++same->count;
    }
  }
}

bool Scheduler::Impl::ConcernsPools(const Change& change) const {
  if (const auto* request = std::get_if<BookRequest>(&change)) return !request->pools.empty();
  const auto* move = std::get_if<Move>(&change);
  if (move != nullptr && move->to.pools && !move->to.pools->empty()) return true;
  const std::shared_ptr<const Booking> booking = FindBooking(BookingOf(change));
  return booking && IsOnPools(*booking);
}

Result<Booking> Scheduler::Impl::ApplyOne(const Change& change, const Command& command,
                                          const Alongside<Booking>& alongside) {
  Alongside<std::vector<Booking>> with_all;
  if (alongside) {
    with_all = [&](UnitOfWork& work, const std::vector<Booking>& bookings) {
      return alongside(work, bookings.front());
    };
  }
  Result<std::vector<Booking>> applied = Apply({&change, 1}, command, with_all);
  if (!applied.ok()) return std::move(applied).error();
  return std::move(applied->front());
}

Result<bool> Scheduler::Impl::PlaceOnPools(std::vector<Step>& steps, Others& others,
                                           std::span<const BookingId> pinned) {
  if (std::ranges::none_of(steps, &Step::AwaitsMembers)) return true;
  const auto is_locked = [&](BookingId id) {
    return std::ranges::find(others, id) != others.end();
  };
  PoolChooser chooser(*this, steps, steps.size(), pinned);
  if (!chooser.Choose()) {
    const bool settled = std::ranges::all_of(chooser.busy(), is_locked);
    if (settled) {
      std::optional<Error> refusal = RefusalOnPools(steps, pinned);
      return refusal ? Result<bool>(*std::move(refusal)) : Result<bool>(false);
    }
    others.insert(others.end(), chooser.busy().begin(), chooser.busy().end());
    return false;
  }
  Others needed;
  for (const auto& moved : chooser.reassignments()) needed.push_back(moved.booking->id);
  if (!std::ranges::all_of(needed, is_locked)) {
    others.insert(others.end(), needed.begin(), needed.end());
    return false;
  }
  for (const auto& moved : chooser.reassignments()) {
    std::optional<Step> step = PrepareReassignment(*moved.booking, moved.allocations);
    if (!step) return false;
    steps.push_back(*std::move(step));
  }
  return true;
}

std::optional<Scheduler::Impl::Step> Scheduler::Impl::PrepareReassignment(
    const Booking& booking, const std::vector<Allocation>& allocations) {
  Result<std::shared_ptr<const Booking>> found = FindForChange(booking.id, booking.version);
  if (!found.ok() || !TakeHold(booking).ok()) return std::nullopt;
  Step step{.before = *found,
            .after = booking,
            .handle = HandleOf(booking.id),
            .states = {},
            .action = "reassign",
            .waive = {.past = true}};
  step.after.version += 1;
  step.after.updated_at = Now();
  for (const Allocation& allocation : allocations) {
    step.states.push_back(FindState(allocation.resource));
    step.pool_of.push_back(allocation.pool);
    const auto is_same = [&](const Allocation& had) { return had.resource == allocation.resource; };
    if (std::ranges::any_of(booking.allocations, is_same)) step.kept.push_back(allocation.resource);
  }
  return step;
}

std::optional<Error> Scheduler::Impl::RefusalOnPools(std::span<const Step> steps,
                                                     std::span<const BookingId> pinned) {
  // The first step that does not fit beside those before it.
  std::size_t refused = 0;
  for (; refused + 1 < steps.size(); ++refused) {
    std::vector<Step> tried(steps.begin(), steps.end());
    if (!PoolChooser(*this, tried, refused + 1, pinned).Choose()) break;
  }
  std::vector<Step> tried(steps.begin(), steps.end());
  PoolChooser chooser(*this, tried, refused + 1, pinned);
  if (chooser.Choose()) return std::nullopt;
  Error error = chooser.Refusal();
  if (steps.size() > 1) error.position = refused;
  const Result<void> named = JudgeNamed(steps);
  return named.ok() ? error : Foremost(std::move(error), named.error());
}

Result<void> Scheduler::Impl::JudgeNamed(std::span<const Step> steps) {
  std::vector<Step> named;
  for (const Step& step : steps) {
    named.push_back(step);
    named.back().states = step.Named();
    named.back().pool_of.clear();
    // Stays marked as placed, so that it frees what it frees.
  }
  const ScheduleLock lock(StatesOf(named, true));
  Result<void> judged = TakeLocked(named);
  if (judged.ok()) LeaveLocked(named);
  return judged;
}

Result<void> Scheduler::Impl::JudgeOnPools(const Step& step) {
  std::vector<Step> tried(1, step);
  Result<void> named = JudgeNamed(tried);
  PoolChooser chooser(*this, tried, 1);
  if (chooser.Choose()) return named;
  return named.ok() ? chooser.Refusal() : Foremost(chooser.Refusal(), std::move(named).error());
}

Result<std::vector<Scheduler::Impl::Step>> Scheduler::Impl::TakeChanges(
    std::span<const Change> changes, std::span<const BookingId> ids, ChangeLocks& locks) {
  Others others;
  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    Others all(ids.begin(), ids.end());
    all.insert(all.end(), others.begin(), others.end());
    locks.clear();
    locks = LockChanges(all);
    Result<std::vector<Step>> steps =
        PrepareAll(changes.size(), [&](std::size_t i) { return PrepareChange(changes[i]); });
    if (!steps.ok()) return steps;
    const bool on_pools = std::ranges::any_of(*steps, &Step::AwaitsMembers);
    Result<bool> placed = PlaceOnPools(*steps, others);
    Result<void> taken;
    if (placed.ok() && *placed) {
      taken = Take(*steps);
      if (taken.ok()) return steps;
    } else if (!placed.ok()) {
      taken = std::move(placed).error();
    }
    // A member that was free when it was chosen may not be any more: then others may be.
    const std::span<Step> asked(steps->data(), changes.size());
    if (!taken.ok() && on_pools && placed.ok()) taken = JudgeNamed(asked);
    if (taken.ok()) {
      Abandon(*steps);
      continue;
    }
    Error error = std::move(taken).error();
    if (changes.size() == 1) error.position.reset();
    const Step& refused = asked[std::min(error.position.value_or(0), asked.size() - 1)];
    Abandon(*steps);
    return WithAlternatives(std::move(error), refused.Named(), refused.after.interval,
                            refused.pools);
  }
  return Overtaken();
}

std::vector<Result<std::vector<Scheduler::Impl::Step>>> Scheduler::Impl::TakeEach(
    std::span<const BookRequest> requests, ChangeLocks& locks) {
  std::vector<Result<std::vector<Step>>> taken;
  taken.reserve(requests.size());
  const bool on_pools = std::ranges::any_of(
      requests, [](const BookRequest& request) { return !request.pools.empty(); });
  if (!on_pools) {
    bool again = false;
    Others nobody;
    for (const BookRequest& request : requests)
      taken.push_back(TakeOne(request, nobody, {}, again));
    return taken;
  }
  // Each booking has its id from here on, so that the locks can be taken in their order.
  std::vector<BookRequest> wanted(requests.begin(), requests.end());
  Others ids;
  for (BookRequest& request : wanted) {
    if (!request.id) request.id = BookingId(ids_.NewUuid());
    ids.push_back(*request.id);
  }
  Others others;
  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    Others all = ids;
    all.insert(all.end(), others.begin(), others.end());
    locks.clear();
    locks = LockChanges(all);
    Others pinned;
    bool again = false;
    for (const BookRequest& request : wanted) {
      taken.push_back(TakeOne(request, others, pinned, again));
      if (again) break;
      if (!taken.back().ok()) continue;
      for (const Step& step : *taken.back()) pinned.push_back(step.after.id);
    }
    if (!again) return taken;
    for (const auto& steps : taken) {
      if (steps.ok()) GiveBack(*steps);
    }
    taken.clear();
  }
  taken.assign(requests.size(), Overtaken());
  return taken;
}

Result<std::vector<Scheduler::Impl::Step>> Scheduler::Impl::TakeOne(
    const BookRequest& request, Others& others, std::span<const BookingId> pinned, bool& again) {
  Result<Step> prepared = PrepareBooking(request);
  if (!prepared.ok()) return std::move(prepared).error();
  std::vector<Step> steps(1, *std::move(prepared));
  Result<bool> placed = PlaceOnPools(steps, others, pinned);
  again = placed.ok() && !*placed;
  Result<void> taken;
  if (!placed.ok()) taken = std::move(placed).error();
  if (placed.ok() && *placed) {
    taken = Take(steps);
    if (taken.ok()) return steps;
    if (!request.pools.empty()) taken = JudgeNamed({steps.data(), 1});
    again = taken.ok();
  }
  Abandon(steps);
  if (again) return Overtaken();
  Error error = std::move(taken).error();
  error.position.reset();
  return WithAlternatives(std::move(error), steps.front().Named(), request.interval, request.pools);
}

Result<std::optional<Instant>> Scheduler::Impl::EarliestStart(const States& states,
                                                              const std::vector<PoolRequest>& pools,
                                                              Instant from, Duration length,
                                                              Instant limit) const {
  if (pools.empty()) return EarliestStart(states, from, length, limit);
  limit = std::min(limit, kLatest);
  Instant start = std::max(from, kEarliest);
  while (start <= limit - length) {
    if (!states.empty()) {
      const Result<std::optional<Instant>> named = EarliestStart(states, start, length, limit);
      if (!named.ok() || !*named) return named;
      start = **named;
    }
    Step step;
    step.after.interval = {start, start + length};
    step.states = states;
    step.pools = pools;
    PoolChooser chooser(*this, {&step, 1}, 1);
    if (chooser.Choose()) return std::optional(start);
    const std::optional<Instant> next = chooser.NextStart(limit);
    if (!next) break;
    start = *next;
  }
  return std::optional<Instant>();
}

}  // namespace clinic
