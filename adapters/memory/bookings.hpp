#pragma once

#include "adapters/memory/unit.hpp"
#include "clinic/store.hpp"

namespace clinic::memory {

class Bookings final : public BookingStore {
 public:
  explicit Bookings(Unit& unit) : unit_(unit) {}

  Result<void> Insert(const Booking& booking) override;
  Result<void> Update(const Booking& booking) override;
  Result<void> Vacate(BookingId id) override;
  Result<Booking> Get(BookingId id) override;
  Result<std::vector<Booking>> List(const BookingQuery& query) override;
  Result<void> ForEach(const std::function<void(Booking&&)>& visit) override;
  Result<void> Append(const Transition& transition) override;
  Result<std::vector<Transition>> History(BookingId id) override;

 private:
  Result<void> PutWhereFree(const Booking& booking, const Booking* before);

  Unit& unit_;
};

}  // namespace clinic::memory
