#include "engine/scheduler_follower.hpp"

#include <string_view>

namespace clinic {
namespace {

// Of the feed, in one unit of work.
constexpr std::size_t kMostEvents = 1'024;

constexpr std::string_view kOfBookings = "appointment.";
constexpr std::string_view kOfResources = "resource.";
constexpr std::string_view kOfEntries = "waitlist.";

Error Interrupted() {
  return {ErrorCode::kCorrupt,
          "the store's events do not go on where this scheduler left them: the store was reset or "
          "restored, or has dropped events too early; open it anew"};
}

}  // namespace

Result<void> Scheduler::Impl::CatchUp() {
  return follower_ ? follower_->CatchUp() : Result<void>();
}

Result<void> Scheduler::Impl::Follower::Begin(UnitOfWork& work) {
  Result<std::optional<OutboxEvent>> last = work.outbox().Last();
  if (!last.ok()) return std::move(last).error();
  last_ = *std::move(last);
  return {};
}

Result<void> Scheduler::Impl::Follower::CatchUp() {
  const std::uint64_t begun = begun_.load();
  const std::lock_guard lock(mutex_);
  // One that began after this was called has seen what this would see.
  if (ended_ > begun) return outcome_;
  const std::uint64_t number = begun_.fetch_add(1) + 1;
  outcome_ = CatchUpLocked();
  ended_ = number;
  return outcome_;
}

Result<void> Scheduler::Impl::Follower::CatchUpLocked() {
  for (;;) {
    News news;
    Result<void> read = impl_.store_->Read([&](UnitOfWork& work) {
      news = News();
      return ReadNews(work, news);
    });
    if (!read.ok()) return read;
    if (!news.is_continuous) return Interrupted();
    if (Result<void> taken = TakeUp(ResourcesOf(news)); !taken.ok()) return taken;
    if (Result<void> taken = TakeUp(news); !taken.ok()) return taken;
    if (news.events.empty()) return {};
    last_ = std::move(news.events.back());
    if (news.events.size() < kMostEvents) return {};
  }
}

Result<void> Scheduler::Impl::Follower::TakeUp(News& news) {
  later_ = std::move(news.being_made);
  entries_later_.clear();
  // An entry comes before the hold that it is offered, and leaves before it ends.
  for (auto& [id, entry] : news.entries) TakeUp(id, std::move(entry));
  Result<void> outcome;
  for (const Booking& booking : news.bookings) {
    const Result<bool> taken = TakeUp(booking);
    if (!taken.ok()) outcome = taken.error();
    if (!taken.ok() || !*taken) later_.insert(*news.unknown.find(booking.id));
  }
  return outcome;
}

Result<void> Scheduler::Impl::Follower::ReadNews(UnitOfWork& work, News& news) const {
  Result<std::vector<OutboxEvent>> events =
      work.outbox().ReadAfter(last_ ? last_->sequence - 1 : 0, kMostEvents + (last_ ? 1 : 0));
  if (!events.ok()) return std::move(events).error();
  news.events = *std::move(events);
  if (last_) {
    news.is_continuous = !news.events.empty() && news.events.front() == *last_;
    if (!news.is_continuous) return {};
    news.events.erase(news.events.begin());
  }
  Bookings bookings = later_;
  absl::btree_set<WaitlistId> entries = entries_later_;
  for (const OutboxEvent& event : news.events) {
    if (event.type.starts_with(kOfBookings)) {
      bookings.insert_or_assign(BookingId(event.subject), event);
    } else if (event.type.starts_with(kOfEntries)) {
      const internal::WaitlistEntryPtr known = impl_.waitlist_.Find(WaitlistId(event.subject));
      if (!known || known->version < event.version) entries.insert(WaitlistId(event.subject));
    }
  }
  for (const auto& [id, event] : bookings) {
    if (IsKnown(event)) continue;
    if (IsBeingMade(id)) {
      news.being_made.emplace(id, event);
      continue;
    }
    Result<Booking> booking = work.bookings().Get(id);
    if (!booking.ok() && booking.error().code == ErrorCode::kNotFound) continue;
    if (!booking.ok()) return std::move(booking).error();
    news.bookings.push_back(*std::move(booking));
    news.unknown.emplace(id, event);
  }
  for (const WaitlistId id : entries) {
    Result<WaitlistEntry> entry = work.waitlist().Get(id);
    if (!entry.ok() && entry.error().code != ErrorCode::kNotFound) return std::move(entry).error();
    news.entries.emplace_back(id, entry.ok() ? std::optional(*std::move(entry)) : std::nullopt);
  }
  return {};
}

// Most events are of one's own changes: these need not be read again. A hold that ran out here by
// the clock may have become something else there, under the same version.
bool Scheduler::Impl::Follower::IsKnown(const OutboxEvent& event) const {
  const std::shared_ptr<const Booking> known = impl_.bookings_.Find(BookingId(event.subject));
  if (!known || known->version < event.version) return false;
  if (known->version > event.version) return true;
  const std::string_view status = std::string_view(event.type).substr(kOfBookings.size());
  return known->updated_at == event.at &&
         (status == known->status || (status == "rescheduled" && known->occupies));
}

bool Scheduler::Impl::Follower::IsBeingMade(BookingId id) const {
  return impl_.bookings_.Contains(id) && !impl_.bookings_.Find(id);
}

void Scheduler::Impl::Follower::TakeUp(WaitlistId id, std::optional<WaitlistEntry> entry) {
  if (entry && entry->offer && impl_.OfferHasEnded(*entry)) entry->offer.reset();
  using TakenUp = internal::WaitingLine::TakenUp;
  const TakenUp taken = entry ? impl_.waitlist_.TakeUp(*entry) : impl_.waitlist_.Drop(id);
  if (taken == TakenUp::kNotYet) entries_later_.insert(id);
  if (taken == TakenUp::kYes) taken_up_.fetch_add(1);
}

Result<bool> Scheduler::Impl::Follower::TakeUp(const Booking& booking) {
  const std::lock_guard change(impl_.ChangeLock(booking.id));
  std::shared_ptr<const Booking> before = impl_.bookings_.Find(booking.id);
  if (before && (before->version > booking.version || *before == booking)) return true;
  const bool is_known = std::ranges::all_of(booking.allocations, [&](const Allocation& taken) {
    return impl_.resources_.Find(taken.resource) != nullptr;
  });
  if (!is_known || !impl_.IsSound(booking)) {
    return Error{ErrorCode::kCorrupt, "booking " + ToString(booking.id) + " is " + booking.status +
                                          (is_known ? ", which the workflow cannot read"
                                                    : ", on a resource that is not there")};
  }
  const std::optional<Step> step = StepTo(booking, std::move(before));
  if (!step) return false;
  Settle(*step);
  taken_up_.fetch_add(1);
  return true;
}

std::optional<Scheduler::Impl::Step> Scheduler::Impl::Follower::StepTo(
    const Booking& booking, std::shared_ptr<const Booking> before) {
  Step step;
  step.after = booking;
  const bool stays =
      before && before->occupies == booking.occupies && before->allocations == booking.allocations;
  if (!stays) step.states = impl_.StatesOf(booking);
  if (before) {
    const bool was_held = impl_.workflow_.IsHeld(*impl_.workflow_.Find(before->status));
    if (was_held && !impl_.holds_.Take(*before->expires_at, booking.id)) return std::nullopt;
    step.handle = impl_.bookings_.HandleOf(booking.id);
  } else {
    const std::optional<BookingHandle> handle = impl_.bookings_.Claim(booking.id);
    if (!handle) return std::nullopt;
    step.handle = *handle;
  }
  step.before = std::move(before);
  return step;
}

void Scheduler::Impl::Follower::Settle(const Step& step) {
  const std::span<const Step> steps(&step, 1);
  const States all = impl_.StatesOf(steps, true);
  const internal::ScheduleLock lock(all);
  const auto versions = impl_.LockVersions(steps);
  const internal::Epoch now = impl_.versions_.Now();
  impl_.KeepVersions(all, now);
  if (step.Frees()) {
    internal::RemoveFromCalendars(*step.before, step.handle, impl_.StatesOf(*step.before));
  }
  if (step.Claims()) internal::AddToCalendars(step.after, step.handle, step.states);
  impl_.PublishAndKeepHold(step.after, now);
  // Who was offered the hold has left it already, or else waits again.
  const internal::WaitlistEntryPtr entry = impl_.waitlist_.OfferedAs(step.after.id);
  if (!entry || !impl_.OfferHasEnded(*entry)) return;
  WaitlistEntry waits = *entry;
  waits.offer.reset();
  impl_.waitlist_.PutBack(waits);
}

}  // namespace clinic
