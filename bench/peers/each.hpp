// A calendar for each practitioner, side by side in memory: what makes a peer of a calendar.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "clinic/interval.hpp"

namespace clinic::bench {

/// A Calendar is a default-constructible class with the members of a peer (bench/peers.hpp), but
/// for the practitioner in its arguments.
template <typename Calendar>
class Each {
 public:
  static constexpr const char* kName = Calendar::kName;
  static constexpr std::size_t kMostPractitioners = Calendar::kMostPractitioners;

  explicit Each(std::size_t practitioners) : calendars_(practitioners) {}

  bool IsFree(std::uint32_t practitioner, const Interval& interval) const {
    return calendars_[practitioner].IsFree(interval);
  }
  bool Book(std::uint32_t practitioner, const Interval& interval, std::uint32_t id) {
    return calendars_[practitioner].Book(interval, id);
  }
  bool Cancel(std::uint32_t practitioner, const Interval& interval) {
    return calendars_[practitioner].Cancel(interval);
  }
  Instant NextGap(std::uint32_t practitioner, Instant from, Duration length) const {
    return calendars_[practitioner].NextGap(from, length);
  }

 private:
  std::vector<Calendar> calendars_;
};

}  // namespace clinic::bench
