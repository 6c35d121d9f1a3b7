// Holds run out by the clock: in memory at once, in the store soon after.
#include "engine/scheduler_impl.hpp"

namespace clinic {

void Scheduler::Impl::FreeDueHolds() {
  const Instant now = Now();
  while (const std::optional<BookingId> id = holds_.TakeDue(now)) {
    const std::shared_ptr<const Booking> held = FindBooking(*id);
    const State ended = *workflow_.Next(*workflow_.Find(held->status), action::kExpire);
    Booking booking = *held;
    booking.status = workflow_.Name(ended);
    booking.occupies = false;
    booking.version += 1;
    booking.updated_at = now;
    {
      // Noted before it can be seen, so that whoever sees it and then asks for ExpireHolds has it
      // written down.
      const std::lock_guard lock(expired_mutex_);
      if (store_ != nullptr || !waitlist_.IsEmpty()) {
        expired_.push_back({booking, held->status});
        unwritten_.fetch_add(1);
      }
    }
    const States states = StatesOf(*held);
    const internal::ScheduleLock lock(states);
    const std::lock_guard versions(versions_.LockOf(*id));
    const internal::Epoch epoch = versions_.Now();
    KeepVersions(states, epoch);
    internal::RemoveFromCalendars(*held, HandleOf(*id), states);
    Publish(booking, epoch);
  }
}

Result<std::size_t> Scheduler::Impl::ExpireHolds() {
  FreeDueHolds();
  if (unwritten_.load() == 0) return std::size_t{0};
  // Who comes while others write waits for them: what they saw run out is written down when they go
  // on.
  const std::lock_guard writing(expiring_);
  std::vector<Expired> due;
  {
    const std::lock_guard lock(expired_mutex_);
    due.swap(expired_);
  }
  if (due.empty()) return std::size_t{0};
  std::vector<Step> offers = OffersAfter(due);
  std::vector<bool> refused(offers.size());
  // Whether what became of the entries that were offered the holds was written down.
  std::vector<bool> settled(due.size(), true);
  const Command command{.actor = "system", .reason = "the hold ran out"};
  Result<void> written = Commit([&](UnitOfWork& work) -> Result<void> {
    for (std::size_t i = 0; i < due.size(); ++i) {
      // One that cannot be ended any more, since another program was faster, is no reason to keep
      // the rest. What it made of it comes with the feed.
      Result<void> recorded = work.Attempt(
          [&] { return Record(work, due[i].booking, action::kExpire, due[i].from, command); });
      settled[i] = recorded.ok();
      if (!recorded.ok()) {
        if (recorded.error().code == ErrorCode::kUnavailable) return recorded;
        continue;
      }
      const Result<bool> declined = WriteWaitlist(work, due[i].waitlist, command);
      if (!declined.ok()) return declined.error();
      settled[i] = *declined;
    }
    return WriteOffers(work, offers, command, refused);
  });
  if (!written.ok()) {
    GiveBack(offers);
    const std::lock_guard lock(expired_mutex_);
    expired_.insert(expired_.begin(), due.begin(), due.end());
    return std::move(written).error();
  }
  for (std::size_t i = 0; i < due.size(); ++i) {
    if (due[i].waitlist && settled[i]) SettleEntry(*due[i].waitlist);
  }
  DropRefused(offers, refused);
  Settle(offers);
  unwritten_.fetch_sub(due.size());
  return due.size();
}

}  // namespace clinic
