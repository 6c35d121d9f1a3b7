// Branches: what a branch does not know yet it takes from its origin, as it was when it began; and
// what it came to goes back in one piece.
#include "clinic/branch.hpp"

#include <algorithm>
#include <utility>

#include "engine/scheduler_follower.hpp"

namespace clinic {

using internal::Epoch;
using internal::ResourceState;
using internal::ResourceStatePtr;

namespace {

// Tells a branch's own bookings from those of its origin.
constexpr std::uint32_t kOfBranch = 0x8000'0000;

}  // namespace

Scheduler::Impl::Impl(Impl& origin)
    : store_(nullptr),
      clock_(origin.clock_),
      ids_(origin.ids_),
      options_(origin.options_),
      workflow_(origin.workflow_),
      origin_(&origin),
      epoch_(origin.versions_.Open()) {}

Scheduler::Impl::~Impl() {
  if (!IsBranch()) return;
  const Epoch oldest = origin_->versions_.Close(epoch_);
  for (const ResourceStatePtr& state : origin_->versions_.Kept()) {
    const std::lock_guard lock(state->mutex);
    if (state->replaced.Forget(oldest)) origin_->versions_.DropKept(state);
  }
}

ResourceStatePtr Scheduler::Impl::FindState(ResourceId id) const {
  const ResourceStatePtr state = resources_.Find(id);
  if (state != nullptr || !IsBranch()) return state;
  std::unique_ptr<ResourceState> copy = origin_->StateAsOf(id, epoch_);
  if (!copy) return nullptr;
  // Somebody else may have been as curious, and faster.
  resources_.Add(std::move(copy));
  return resources_.Find(id);
}

Result<Scheduler::Impl::States> Scheduler::Impl::FindStates(std::vector<ResourceId> ids,
                                                            std::size_t most) const {
  if (IsBranch()) {
    for (const ResourceId id : ids) FindState(id);
  }
  return resources_.FindAll(std::move(ids), most);
}

Scheduler::Impl::States Scheduler::Impl::StatesWithSpecialty(const std::string& specialty) const {
  if (IsBranch()) {
    for (const ResourceStatePtr& state : origin_->resources_.WithSpecialty(specialty)) {
      FindState(state->id);
    }
  }
  return resources_.WithSpecialty(specialty);
}

std::shared_ptr<const Booking> Scheduler::Impl::FindBooking(BookingId id) const {
  std::shared_ptr<const Booking> booking = bookings_.Find(id);
  return booking || !IsBranch() ? booking : origin_->BookingAsOf(id, epoch_);
}

std::optional<BookingHandle> Scheduler::Impl::ClaimBooking(BookingId id) {
  if (!IsBranch()) return bookings_.Claim(id);
  if (origin_->BookingAsOf(id, epoch_)) return std::nullopt;
  return bookings_.Claim(id) ? std::optional(HandleOf(id)) : std::nullopt;
}

BookingHandle Scheduler::Impl::HandleOf(BookingId id) const {
  if (!IsBranch()) return bookings_.HandleOf(id);
  if (!bookings_.Contains(id) || origin_->BookingAsOf(id, epoch_)) return origin_->HandleOf(id);
  return static_cast<BookingHandle>(static_cast<std::uint32_t>(bookings_.HandleOf(id)) | kOfBranch);
}

BookingId Scheduler::Impl::IdOf(BookingHandle handle) const {
  if (!IsBranch()) return bookings_.IdOf(handle);
  const auto number = static_cast<std::uint32_t>(handle);
  if (number < kOfBranch) return origin_->IdOf(handle);
  return bookings_.IdOf(static_cast<BookingHandle>(number - kOfBranch));
}

std::unique_ptr<ResourceState> Scheduler::Impl::StateAsOf(ResourceId id, Epoch epoch) {
  const ResourceStatePtr state = resources_.Find(id);
  if (!state || state->added > epoch) return nullptr;
  const std::lock_guard lock(state->mutex);
  const std::shared_ptr<const Schedule>* replaced = state->replaced.SeenIn(epoch);
  return std::make_unique<ResourceState>(replaced ? Schedule(**replaced) : state->schedule);
}

std::shared_ptr<const Booking> Scheduler::Impl::BookingAsOf(BookingId id, Epoch epoch) {
  const std::lock_guard lock(versions_.LockOf(id));
  const std::shared_ptr<const Booking>* replaced = versions_.SeenIn(epoch, id);
  return replaced ? *replaced : bookings_.Find(id);
}

void Scheduler::Impl::KeepVersions(const States& states, Epoch now) {
  const bool watched = versions_.AreWatched();
  for (const ResourceStatePtr& state : states) {
    if (state->written == now) continue;
    if (watched) {
      state->replaced.Keep(now, std::make_shared<const Schedule>(state->schedule));
      versions_.NoteKept(state);
    }
    state->written = now;
  }
}

std::vector<std::unique_lock<std::mutex>> Scheduler::Impl::LockVersions(
    std::span<const Step> steps) {
  std::vector<std::mutex*> locks;
  for (const Step& step : steps) locks.push_back(&versions_.LockOf(step.after.id));
  return internal::LockInOrder(std::move(locks));
}

void Scheduler::Impl::Publish(const Booking& booking, Epoch now) {
  if (versions_.AreWatched()) versions_.Keep(now, booking.id, bookings_.Find(booking.id));
  if (IsBranch() && !bookings_.Contains(booking.id)) bookings_.Claim(booking.id);
  bookings_.Publish(booking);
}

void Scheduler::Impl::NoteDifference(const Step& step) {
  const std::lock_guard lock(made_mutex_);
  const auto [noted, first] = made_.try_emplace(step.after.id, step);
  if (first) return;
  Step& whole = noted->second;
  whole.after = step.after;
  if (whole.before) whole.action = "commit";
  if (!step.IsPlaced()) return;
  whole.states = step.states;
  whole.pool_of = step.pool_of;
  whole.kept = step.kept;
  whole.waive = step.waive;
}

std::vector<Scheduler::Impl::Step> Scheduler::Impl::StepsOfBranch() const {
  const std::lock_guard lock(made_mutex_);
  std::vector<Step> steps;
  for (const auto& [id, step] : made_) {
    // What was made in the branch and is over in it never was.
    const bool never_was = !step.before && !step.after.occupies && step.after.version > 1;
    if (!never_was) steps.push_back(step);
  }
  return steps;
}

std::vector<Difference> Scheduler::Impl::Differences() const {
  std::vector<Difference> differences;
  for (Step& step : StepsOfBranch()) {
    differences.push_back(
        {step.before ? std::optional(*step.before) : std::nullopt, std::move(step.after)});
  }
  return differences;
}

Result<std::vector<Booking>> Scheduler::Impl::CommitBranch(
    const Impl& branch, const Command& command, const Alongside<std::vector<Booking>>& alongside) {
  if (branch.origin_ != this) {
    return Error{ErrorCode::kInvalidArgument, "the branch is not one of this scheduler"};
  }
  const std::vector<Step> made = branch.StepsOfBranch();
  if (made.empty()) return std::vector<Booking>();
  std::vector<BookingId> ids;
  for (const Step& step : made) ids.push_back(step.after.id);
  if (Result<std::size_t> expired = ExpireHolds(); !expired.ok()) return std::move(expired).error();
  const auto locks = LockChanges(ids);
  Result<std::vector<Step>> steps =
      PrepareAll(made.size(), [&](std::size_t i) { return PrepareMade(made[i]); });
  if (!steps.ok()) return std::move(steps).error();
  if (Result<void> taken = Take(*steps, branch.epoch_); !taken.ok()) {
    Abandon(*steps);
    Error error = std::move(taken).error();
    const Step& refused = (*steps)[error.position.value_or(0)];
    return WithAlternatives(std::move(error), refused.states, refused.after.interval);
  }
  const std::size_t asked = steps->size();
  return Finish(*std::move(steps), asked, command, alongside);
}

Result<Scheduler::Impl::Step> Scheduler::Impl::PrepareMade(const Step& made) {
  Step step{.before = nullptr,
            .after = made.after,
            .handle = {},
            .states = {},
            .action = made.action,
            .waive = made.waive};
  Booking& after = step.after;
  after.version = made.before ? made.before->version + 1 : 1;
  after.updated_at = Now();
  if (after.expires_at && after.occupies && *after.expires_at <= after.updated_at) {
    return Error{ErrorCode::kHoldExpired, "a hold of the branch ran out"};
  }
  std::vector<ResourceId> resources;
  for (const ResourceStatePtr& state : made.states) resources.push_back(state->id);
  if (made.IsPlaced()) {
    Result<States> states = FindStates(std::move(resources));
    if (!states.ok()) return std::move(states).error();
    step.states = *std::move(states);
    step.pool_of = made.pool_of;
  }
  if (step.Claims()) {
    Result<void> times = CheckTimes(after.interval, step.waive, after.updated_at);
    if (!times.ok()) return std::move(times).error();
  }
  if (!made.before) {
    after.created_at = after.updated_at;
    const std::optional<BookingHandle> handle = ClaimBooking(after.id);
    if (handle) {
      step.handle = *handle;
      return step;
    }
    return Error{ErrorCode::kAlreadyExists,
                 "there is a booking " + ToString(after.id) + " already"};
  }
  Result<std::shared_ptr<const Booking>> before = FindForChange(after.id, made.before->version);
  if (!before.ok()) return std::move(before).error();
  step.before = *std::move(before);
  if (after.interval == step.before->interval) step.kept = made.kept;
  step.handle = HandleOf(after.id);
  if (Result<void> held = TakeHold(*step.before); !held.ok()) return std::move(held).error();
  return step;
}

std::vector<Difference> Branch::Differences() const { return scheduler_->impl_->Differences(); }

}  // namespace clinic
