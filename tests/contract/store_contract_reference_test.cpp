// Random bookings, holds, overrides and moves, checked against a reference too plain to be wrong:
// it counts minute by minute who is there.
#include <map>
#include <random>
#include <set>

#include "tests/contract/store_contract.hpp"

namespace clinic {
namespace {

class Reference {
 public:
  /// The bookings in the way of `booking`, by resource; empty where it can be booked.
  std::set<std::pair<ResourceId, BookingId>> InTheWay(const Booking& booking) const {
    std::set<std::pair<ResourceId, BookingId>> in_the_way;
    const auto before = rows_.find(booking.id);
    const Booking* own = before == rows_.end() ? nullptr : &before->second;
    for (const Allocation& claim : TimeToClaim(booking, own)) {
      for (Instant minute = claim.occupied.start; minute < claim.occupied.end;
           minute += std::chrono::minutes{1}) {
        const auto present = PresentAt(claim.resource, minute, booking);
        if (present.size() < capacities_.at(claim.resource)) continue;
        for (const BookingId id : present) in_the_way.emplace(claim.resource, id);
      }
    }
    return in_the_way;
  }

  void Put(const Booking& booking) { rows_.insert_or_assign(booking.id, booking); }

  const std::map<BookingId, Booking>& rows() const { return rows_; }

 private:
  std::vector<BookingId> PresentAt(ResourceId resource, Instant minute,
                                   const Booking& except) const {
    std::vector<BookingId> present;
    for (const auto& [id, booking] : rows_) {
      if (id == except.id || !OccupiesAt(booking, except.updated_at)) continue;
      for (const Allocation& allocation : booking.allocations) {
        if (allocation.resource == resource && allocation.occupied.Contains(minute)) {
          present.push_back(id);
        }
      }
    }
    return present;
  }

  const std::map<ResourceId, std::size_t> capacities_ = {{IdNumber<ResourceId>(1), 1},
                                                         {IdNumber<ResourceId>(2), 1},
                                                         {IdNumber<ResourceId>(3), 2},
                                                         {IdNumber<ResourceId>(4), 3}};
  std::map<BookingId, Booking> rows_;
};

class AgainstReference : public StoreContract {};
CLINIC_ON_EVERY_STORE(AgainstReference);

TEST_P(AgainstReference, RefusesExactlyWhatDoesNotFit) {
  std::mt19937 random(20240305);
  const auto below = [&](unsigned limit) { return random() % limit; };
  // Time goes on: a hold that ran out, and was booked over, does not come back.
  const auto random_booking = [&](std::uint64_t number, Instant now) {
    const int start = static_cast<int>(below(120));
    const int length = 1 + static_cast<int>(below(below(4) == 0 ? 90 : 12));
    std::vector<std::uint64_t> resources;
    for (std::uint64_t resource = 1; resource <= 4; ++resource) {
      if (below(2) == 0) resources.push_back(resource);
    }
    if (resources.empty()) resources.push_back(4);
    Booking booking = SampleBooking(number, Minutes(start, start + length), resources);
    booking.allocations[0].occupied.end += std::chrono::minutes{below(3)};
    booking.occupies = below(8) != 0;
    booking.overrides = below(8) == 0;
    if (below(3) == 0) booking.expires_at = kNow + Duration{below(600)};
    booking.updated_at = now;
    return booking;
  };

  Reference reference;
  int accepted = 0;
  const Result<void> done = Write([&](UnitOfWork& work) -> Result<void> {
    for (std::uint64_t i = 0; i < 2500; ++i) {
      Booking booking = random_booking(i % 400, kNow + Duration{i * 600 / 2500});
      const auto own = reference.rows().find(booking.id);
      const bool is_new = own == reference.rows().end();
      if (!is_new) booking.version = own->second.version + 1;
      const auto expected = reference.InTheWay(booking);
      const Result<void> result = work.Attempt([&] {
        return is_new ? work.bookings().Insert(booking) : work.bookings().Update(booking);
      });
      EXPECT_EQ(Outcome(result), expected.empty() ? "ok" : "conflict") << "step " << i;
      if (result.ok()) {
        reference.Put(booking);
        ++accepted;
        continue;
      }
      std::set<std::pair<ResourceId, BookingId>> named;
      for (const Conflict& conflict : result.error().conflicts) {
        named.emplace(conflict.resource, conflict.booking);
      }
      EXPECT_EQ(named, expected) << "step " << i;
    }
    return {};
  });
  EXPECT_EQ(Outcome(done), "ok");
  EXPECT_GT(accepted, 300);
  EXPECT_LT(accepted, 2200);

  std::map<BookingId, Booking> stored;
  const Result<void> read = store().Read([&](UnitOfWork& work) {
    return work.bookings().ForEach([&](Booking&& one) { stored.emplace(one.id, one); });
  });
  EXPECT_EQ(Outcome(read), "ok");
  EXPECT_EQ(stored, reference.rows());
}

}  // namespace
}  // namespace clinic
