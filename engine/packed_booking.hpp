// A booking as few bytes, for schedulers that hold millions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "clinic/booking.hpp"

namespace clinic::internal {

/// Everything of one booking but its id and the name of its status, in one block: some 40 bytes and
/// 18 more for each of its resources, where a Booking takes 200 and several blocks. Times are kept
/// as differences from one another, each number in as many bytes as it needs. Never changes;
/// concurrent reading is safe.
class PackedBooking {
 public:
  /// None.
  PackedBooking() = default;

  /// `status` is a number that the caller knows the status by.
  PackedBooking(const Booking& booking, std::uint8_t status);

  explicit operator bool() const { return bytes_ != nullptr; }

  /// The number given for the status. Requires one.
  std::uint8_t status() const { return static_cast<std::uint8_t>(bytes_[0]); }

  /// The booking again, as it was packed. Requires one.
  Booking Unpack(BookingId id, std::string status) const;

 private:
  std::unique_ptr<std::byte[]> bytes_;
};

}  // namespace clinic::internal
