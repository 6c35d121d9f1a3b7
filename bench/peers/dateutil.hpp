// python3-dateutil, in a process of its own that times itself (dateutil_peer.py).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "clinic/time.hpp"

namespace clinic::bench {

struct DateutilRun {
  double seconds = 0;  ///< of the work alone, without starting Python
  std::vector<CivilTime> answers;
};

/// The first `count` occurrences of a rule from `start` on; none where there is no dateutil.
std::optional<DateutilRun> ExpandWithDateutil(const std::string& rule, CivilTime start,
                                              std::size_t count);

/// For each of `instants` the first occurrence at or after it; none where there is no dateutil.
std::optional<DateutilRun> SeekWithDateutil(const std::string& rule, CivilTime start,
                                            std::span<const CivilTime> instants);

}  // namespace clinic::bench
