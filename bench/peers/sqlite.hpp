// SQLite in memory, with the index that the questions need: one table, kept in the order of
// practitioner and start, statements prepared once, one transaction that never ends.
#pragma once

#include "bench/peers/apart.hpp"

namespace clinic::bench {

struct Sqlite {
  static constexpr const char* kName = "SQLite";
  static constexpr std::size_t kMostPractitioners = 1'000;
};

using SqlitePeer = Apart<Sqlite>;

}  // namespace clinic::bench
