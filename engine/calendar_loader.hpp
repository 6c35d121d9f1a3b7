// Filling many calendars at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "clinic/calendar.hpp"
#include "engine/resource_directory.hpp"

namespace clinic::internal {

/// Collects what bookings take of resources, and then fills one calendar after the other, each in
/// the order of time: in no order, every booking would be a walk through memory that no cache
/// holds. Used by one thread.
class CalendarLoader {
 public:
  /// Notes an interval that a booking takes. Requires that the state's number is below 2^32.
  void Note(const ResourceState& state, const Interval& occupied, BookingHandle handle);

  /// Adds all that was noted to the schedules of `states`, which stand in the order of their
  /// numbers and which nobody else uses meanwhile, on at most `threads` threads. O(n log n) for the
  /// n bookings of one resource.
  void Fill(const std::vector<ResourceStatePtr>& states, std::size_t threads);

 private:
  struct Taking {
    Interval occupied;
    std::uint32_t resource;
    BookingHandle handle;
  };
  static constexpr std::size_t kChunk = std::size_t{1} << 16;

  std::vector<std::vector<Taking>> chunks_;  // so that growing copies nothing
  std::vector<std::uint32_t> counts_;        // by resource
};

}  // namespace clinic::internal
