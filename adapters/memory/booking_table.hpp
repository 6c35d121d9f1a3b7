// Bookings, and where they lie in time.
#pragma once

#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "adapters/memory/undo_log.hpp"
#include "clinic/booking.hpp"

namespace clinic::memory {

/// Bookings by id, by start, and by resource.
class BookingTable {
 public:
  /// The booking, or null. Valid until the next change.
  const Booking* Find(BookingId id) const;

  /// Adds the booking, or replaces the one of that id.
  void Put(const Booking& booking, UndoLog& undo);

  /// The allocations of that resource that overlap `interval` and are taken up at the instant
  /// `now`, of every booking but `except`, with whose they are; by start.
  std::vector<std::pair<BookingId, Interval>> Taken(ResourceId resource, const Interval& interval,
                                                    Instant now, BookingId except) const;

  /// As BookingStore::List.
  std::vector<Booking> List(const BookingQuery& query) const;

  const absl::flat_hash_map<BookingId, Booking>& rows() const { return rows_; }

 private:
  // What takes time, by when it starts. The longest there ever was says how far before an interval
  // one can start that still overlaps it.
  struct Timeline {
    absl::btree_set<std::pair<Instant, BookingId>> starts;
    Duration longest{0};

    void Add(const Interval& interval, BookingId id);
  };

  struct ResourceTimelines {
    Timeline visits;
    Timeline occupied;
  };

  void Set(BookingId id, std::optional<Booking> booking);

  absl::flat_hash_map<BookingId, Booking> rows_;
  Timeline visits_;
  absl::flat_hash_map<ResourceId, ResourceTimelines> resources_;
};

}  // namespace clinic::memory
