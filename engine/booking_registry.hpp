// Every booking of a scheduler, by id, and the numbers that calendars know them by.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clinic/booking.hpp"
#include "clinic/calendar.hpp"
#include "engine/packed_booking.hpp"
#include "engine/slot_index.hpp"

namespace clinic::internal {

/// Small numbers for names of which there are few. Thread-safe; looking up a name that has a number
/// waits for nobody.
class NameNumbers {
 public:
  /// The name's number, given now where it has none. Requires at most 64 different names, as many
  /// as a workflow has states.
  std::uint8_t NumberOf(std::string_view name);

  /// Requires a number that NumberOf gave.
  const std::string& NameOf(std::uint8_t number) const { return names_[number]; }

 private:
  std::array<std::string, 64> names_;
  std::atomic<std::size_t> size_ = 0;  // how many of them never change again
  std::mutex adding_;
};

/// Thread-safe; split by id, so that different bookings seldom meet at a lock. A booking that was
/// published never changes: a change publishes another in its place. Bookings are kept packed, some
/// 110 bytes each with everything, and come out as values.
class BookingRegistry {
 public:
  /// Takes an id for a booking that is being made, and numbers it; nothing where the id is taken.
  std::optional<BookingHandle> Claim(BookingId id);

  /// Gives up an id that was claimed and not published, and its number, which no calendar holds any
  /// more.
  void Withdraw(BookingId id);

  /// Makes the booking, or its new version, what Find returns. Requires that its id was claimed.
  void Publish(const Booking& booking);

  /// Claim and Publish in one; nothing, and nothing changed, where the id is taken.
  std::optional<BookingHandle> Add(const Booking& booking);

  /// The booking as it stands; null where it is unknown or not published yet.
  std::shared_ptr<const Booking> Find(BookingId id) const;

  /// True where the id is claimed.
  bool Contains(BookingId id) const;

  /// Requires that the id was claimed.
  BookingHandle HandleOf(BookingId id) const;

  /// Requires a handle that Claim gave.
  BookingId IdOf(BookingHandle handle) const;

 private:
  struct Slot {
    BookingId id;
    PackedBooking booking;  // none until it is published
  };
  struct alignas(64) Shard {
    mutable std::mutex mutex;
    SlotIndex index;
    std::deque<Slot> slots;           // a handle is an index into this, and the shard's number
    std::vector<std::uint32_t> free;  // slots that were given back

    /// The slot of an id. Requires that the mutex is held.
    std::optional<std::uint32_t> SlotOf(std::uint64_t hash, BookingId id) const;
    /// A slot for an id that has none. Requires that the mutex is held.
    std::uint32_t NewSlot(std::uint64_t hash, BookingId id);
  };
  static constexpr std::size_t kShards = 64;

  static std::uint64_t HashOf(BookingId id);
  static BookingHandle HandleFor(std::size_t shard, std::uint32_t slot) {
    return static_cast<BookingHandle>(slot * kShards + shard);
  }

  NameNumbers statuses_;
  std::array<Shard, kShards> shards_;
};

}  // namespace clinic::internal
