// Boost.Geometry's R-tree: boxes in one dimension, a tree for each practitioner. (One tree for all,
// with the practitioner as the second dimension, is deeper and has to look at twice as much.)
#pragma once

#include "bench/peers/apart.hpp"

namespace clinic::bench {

struct Rtree {
  static constexpr const char* kName = "Geometry rtree";
  static constexpr std::size_t kMostPractitioners = 1'000;
};

using RtreePeer = Apart<Rtree>;

}  // namespace clinic::bench
