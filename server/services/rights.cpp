#include "server/services/rights.hpp"

#include <algorithm>

namespace clinic::server {

Result<bool> MaySeePatient(UnitOfWork& work, const Caller& caller, ResourceId patient) {
  if (caller.is_staff() || caller.is(patient)) return true;
  if (caller.role != Role::kDoctor || !caller.resource) return false;
  const Result<std::vector<Booking>> shared =
      work.bookings().List({.resources = {*caller.resource, patient}, .limit = 1});
  if (!shared.ok()) return shared.error();
  return !shared->empty();
}

bool MaySeeBooking(const Caller& caller, const Booking& booking) {
  if (caller.is_staff()) return true;
  return caller.resource &&
         std::ranges::any_of(booking.allocations, [&](const Allocation& allocation) {
           return allocation.resource == *caller.resource;
         });
}

bool MayManageDoctor(const Caller& caller, ResourceId doctor) {
  return caller.is_staff() || (caller.role == Role::kDoctor && caller.is(doctor));
}

}  // namespace clinic::server
