// Every booking of a scheduler, by id, and the numbers that calendars know them by.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <vector>

#include "clinic/booking.hpp"
#include "clinic/calendar.hpp"

namespace clinic::internal {

/// Thread-safe; split by id, so that different bookings seldom meet at a lock. A booking that was
/// published never changes: a change publishes another in its place.
class BookingRegistry {
 public:
  /// Takes an id for a booking that is being made, and numbers it; nothing where the id is taken.
  std::optional<BookingHandle> Claim(BookingId id);

  /// Gives up an id that was claimed and not published, and its number, which no calendar holds any
  /// more.
  void Withdraw(BookingId id);

  /// Makes the booking, or its new version, what Find returns. Requires that its id was claimed.
  void Publish(Booking booking);

  /// The booking as it stands; null where it is unknown or not published yet.
  std::shared_ptr<const Booking> Find(BookingId id) const;

  /// True where the id is claimed.
  bool Contains(BookingId id) const;

  /// Requires that the id was claimed.
  BookingHandle HandleOf(BookingId id) const;

  /// Requires a handle that Claim gave.
  BookingId IdOf(BookingHandle handle) const;

 private:
  struct Record {
    BookingHandle handle{};
    std::shared_ptr<const Booking> booking;
  };
  struct Shard {
    mutable std::shared_mutex mutex;
    absl::flat_hash_map<BookingId, Record> records;
    std::deque<BookingId> ids;        // a handle is an index into this, and the shard's number
    std::vector<std::uint32_t> free;  // indices that were given back
  };
  static constexpr std::size_t kShards = 64;

  static std::size_t ShardOf(BookingId id) { return absl::HashOf(id) % kShards; }

  std::array<Shard, kShards> shards_;
};

}  // namespace clinic::internal
