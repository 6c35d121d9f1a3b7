// Events that nobody who reads them in the order of their sequences misses.
//
// A sequence is given when an event is written, and is seen when its transaction commits. Were the
// next number given while an earlier one is not committed yet, a reader could see the later event
// first, go on after it, and never see the earlier one. So whoever writes events takes a lock that
// holds until its transaction ends, and numbers are given in the order of the commits. The events
// are the last that a transaction writes: others wait for a commit, and not for the work before it.
#pragma once

#include "adapters/postgres/unit.hpp"

namespace clinic::postgres {

/// Writes what the unit has appended so far, and tells those who listen.
void WriteEvents(Unit& unit);

}  // namespace clinic::postgres
