// Things to store: plain ones, whose fields a test changes as it needs.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "clinic/booking.hpp"
#include "clinic/directory.hpp"
#include "clinic/resource.hpp"

namespace clinic {

template <typename AnyId>
AnyId IdNumber(std::uint64_t number) {
  return AnyId(Uuid{0x0190'0000'0000'7000, 0x8000'0000'0000'0000 + number});
}

inline constexpr Instant kNow =
    std::chrono::sys_days{std::chrono::year{2024} / std::chrono::March / 1};

/// Minutes after nine o'clock, on a day to come.
constexpr Instant Minute(int minutes) {
  return kNow + std::chrono::days{4} + std::chrono::hours{9} + std::chrono::minutes{minutes};
}

constexpr Interval Minutes(int from, int to) { return {Minute(from), Minute(to)}; }

inline Resource SampleResource(std::uint64_t number, std::int32_t capacity = 1) {
  Resource resource;
  resource.id = IdNumber<ResourceId>(number);
  resource.name = "Resource " + std::to_string(number);
  resource.capacity = capacity;
  resource.created_at = resource.updated_at = kNow;
  return resource;
}

inline Booking SampleBooking(std::uint64_t number, const Interval& interval,
                             std::vector<std::uint64_t> resources) {
  Booking booking;
  booking.id = IdNumber<BookingId>(number);
  booking.interval = interval;
  std::ranges::sort(resources);
  for (const std::uint64_t resource : resources) {
    booking.allocations.push_back({IdNumber<ResourceId>(resource), interval});
  }
  booking.status = "booked";
  booking.created_at = booking.updated_at = kNow;
  return booking;
}

inline Booking SampleHold(std::uint64_t number, const Interval& interval,
                          std::vector<std::uint64_t> resources, Instant expires_at) {
  Booking booking = SampleBooking(number, interval, std::move(resources));
  booking.status = "pending";
  booking.expires_at = expires_at;
  return booking;
}

/// The booking as it is after one more change.
inline Booking Changed(Booking booking) {
  ++booking.version;
  return booking;
}

inline Account Changed(Account account) {
  ++account.version;
  return account;
}

inline void MoveTo(Booking& booking, const Interval& interval) {
  booking.interval = interval;
  for (Allocation& allocation : booking.allocations) allocation.occupied = interval;
}

inline Account SampleAccount(std::uint64_t number, std::string email) {
  Account account;
  account.id = IdNumber<AccountId>(number);
  account.email = std::move(email);
  account.full_name = "Account " + std::to_string(number);
  account.created_at = kNow;
  return account;
}

}  // namespace clinic
