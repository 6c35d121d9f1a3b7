#pragma once

#include "adapters/postgres/unit.hpp"
#include "clinic/store.hpp"

namespace clinic::postgres {

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
  Unit& unit_;
};

}  // namespace clinic::postgres
