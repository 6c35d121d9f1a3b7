// Boost.ICL: interval_set, which joins bookings that touch and so keeps less to search through, but
// knows no ids; and interval_map, where an id stays with its interval. The set is the faster of the
// two in questions, the map is what a calendar needs.
#pragma once

#include "bench/peers/apart.hpp"

namespace clinic::bench {

struct IclSet {
  static constexpr const char* kName = "ICL interval_set";
  static constexpr std::size_t kMostPractitioners = 10'000;
};
struct IclMap {
  static constexpr const char* kName = "ICL interval_map";
  static constexpr std::size_t kMostPractitioners = 1'000;
};

using IclSetPeer = Apart<IclSet>;
using IclMapPeer = Apart<IclMap>;

}  // namespace clinic::bench
