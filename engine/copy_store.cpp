#include "clinic/copy_store.hpp"

#include <algorithm>
#include <utility>

namespace clinic {
namespace {

constexpr std::size_t kPage = 1'000;

/// Copies row by row; the first refusal is kept, and nothing is copied after it.
class Copier {
 public:
  Copier(UnitOfWork& from, UnitOfWork& to) : from_(from), to_(to) {}

  Result<Copied> Run() {
    // What is referred to comes before what refers to it.
    CopyResources();
    CopyDirectory();
    CopyBookings();
    Each<WaitlistEntry>(from_.waitlist(), to_.waitlist(), copied_.waitlist_entries);
    CopyPages(from_.audit(), to_.audit(), copied_.audit_entries);
    CopyPages(from_.outbox(), to_.outbox(), copied_.outbox_events);
    Each<IdempotencyRecord>(from_.idempotency(), to_.idempotency(), copied_.idempotency_records);
    if (!failed_.ok()) return std::move(failed_).error();
    return copied_;
  }

 private:
  void Note(Result<void> done, std::size_t& count) {
    if (done.ok()) {
      ++count;
    } else if (failed_.ok()) {
      failed_ = std::move(done);
    }
  }

  template <typename Row, typename Port>
  void Each(Port& from, Port& to, std::size_t& count) {
    if (!failed_.ok()) return;
    Result<void> read = from.ForEach(std::function<void(Row &&)>([&](Row&& row) {
      if (failed_.ok()) Note(to.Insert(row), count);
    }));
    if (failed_.ok()) failed_ = std::move(read);
  }

  template <typename Port>
  void CopyPages(Port& from, Port& to, std::size_t& count) {
    std::int64_t last = 0;
    while (failed_.ok()) {
      const auto page = from.ReadAfter(last, kPage);
      if (!page.ok()) failed_ = page.error();
      if (!page.ok() || page->empty()) return;
      for (const auto& row : *page) Note(to.Append(row), count);
      last = page->back().sequence;
    }
  }

  void CopyResources() {
    std::vector<ResourceId> ids;
    Result<void> read = from_.resources().ForEach([&](Resource&& resource) {
      ids.push_back(resource.id);
      if (failed_.ok()) Note(to_.resources().Insert(resource), copied_.resources);
    });
    if (failed_.ok()) failed_ = std::move(read);
    for (const ResourceId id : ids) {
      if (failed_.ok()) CopyHours(id);
    }
  }

  void CopyHours(ResourceId id) {
    const auto rules = from_.resources().Rules(id);
    const auto time_off = from_.resources().TimeOffOf(id);
    if (!rules.ok() || !time_off.ok()) {
      failed_ = rules.ok() ? time_off.error() : rules.error();
      return;
    }
    for (const AvailabilityRule& rule : *rules) {
      Note(to_.resources().PutRule(id, rule), copied_.availability_rules);
    }
    for (const TimeOff& off : *time_off) Note(to_.resources().PutTimeOff(off), copied_.time_off);
  }

  void CopyDirectory() {
    Each<Account>(from_.directory(), to_.directory(), copied_.accounts);
    Each<Patient>(from_.directory(), to_.directory(), copied_.patients);
    Each<Session>(from_.directory(), to_.directory(), copied_.sessions);
  }

  // In an order in which none is in another's way: a hold that ran out may have been booked over
  // since, and is judged as when it was made; what overrides may lie over anything.
  void CopyBookings() {
    std::vector<Booking> holds;
    CopyBookingsThat([](const Booking& booking) { return IsHold(booking); },
                     [&](Booking&& booking) { holds.push_back(std::move(booking)); });
    std::ranges::sort(holds, {}, &Booking::updated_at);
    for (const Booking& booking : holds) CopyBooking(booking);
    const auto copy = [&](Booking&& booking) { CopyBooking(booking); };
    CopyBookingsThat([](const Booking& b) { return !IsHold(b) && !b.overrides; }, copy);
    CopyBookingsThat([](const Booking& b) { return !IsHold(b) && b.overrides; }, copy);
  }

  static bool IsHold(const Booking& booking) {
    return booking.occupies && booking.expires_at && !booking.overrides;
  }

  template <typename Chosen, typename Copy>
  void CopyBookingsThat(Chosen chosen, Copy copy) {
    if (!failed_.ok()) return;
    Result<void> read = from_.bookings().ForEach([&](Booking&& booking) {
      if (failed_.ok() && chosen(booking)) copy(std::move(booking));
    });
    if (failed_.ok()) failed_ = std::move(read);
  }

  void CopyBooking(const Booking& booking) {
    if (!failed_.ok()) return;
    Note(to_.bookings().Insert(booking), copied_.bookings);
    const auto history = from_.bookings().History(booking.id);
    if (!history.ok()) {
      if (failed_.ok()) failed_ = history.error();
      return;
    }
    for (const Transition& transition : *history) {
      Note(to_.bookings().Append(transition), copied_.transitions);
    }
  }

  UnitOfWork& from_;
  UnitOfWork& to_;
  Copied copied_;
  Result<void> failed_;
};

Result<void> CheckIsEmpty(UnitOfWork& work) {
  bool is_empty = true;
  Result<void> read = work.resources().ForEach([&](Resource&&) { is_empty = false; });
  if (!read.ok()) return read;
  read = work.directory().ForEach([&](Account&&) { is_empty = false; });
  if (!read.ok() || is_empty) return read;
  return Error{ErrorCode::kAlreadyExists, "there is something in it already"};
}

}  // namespace

Result<Copied> CopyStore(Store& from, Store& to) {
  Copied copied;
  Result<void> done = from.Read([&](UnitOfWork& source) {
    return to.Write([&](UnitOfWork& target) -> Result<void> {
      if (Result<void> empty = CheckIsEmpty(target); !empty.ok()) return empty;
      Result<Copied> all = Copier(source, target).Run();
      if (!all.ok()) return std::move(all).error();
      copied = *all;
      return {};
    });
  });
  if (!done.ok()) return std::move(done).error();
  return copied;
}

}  // namespace clinic
