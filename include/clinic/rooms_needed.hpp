// The fewest rooms for a day, and which visit goes into which.
//
//   const std::vector<Interval> visits = {{nine, ten}, {half_past_nine, eleven}, {ten, eleven}};
//   FewestRooms(visits);  // 2 rooms: 0, 1, 0; the first two are together at half past nine
//
// Rooms are alike: any visit can be in any of them. Visits that need different kinds of room do not
// compete; each kind is a question of its own.
//
// Visits that need a room at the same instant need as many rooms as they are. The answer is never
// more than that: a new room is opened only when every other one is in use, and who is in them at
// that instant is given with the answer, as its proof.
//
// Pure, and safe to call from any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "clinic/interval.hpp"
#include "clinic/result.hpp"

namespace clinic {

struct RoomsNeeded {
  /// How many rooms are enough, and cannot be fewer.
  std::size_t count = 0;

  /// For each visit, by its position in the input, its room: 0, 1, ... count - 1.
  std::vector<std::size_t> room_of{};

  /// The earliest instant at which so many are in use or being set up; none without visits.
  std::optional<Instant> busiest{};

  /// The positions of the visits whose rooms are so at that instant, ascending: `count` of them, of
  /// which no two can share a room.
  std::vector<std::size_t> together{};

  friend bool operator==(const RoomsNeeded&, const RoomsNeeded&) = default;
};

/// The fewest rooms in which all visits, half-open intervals in any order, can take place, with at
/// least `set_up` between the end of a visit and the start of the next one in its room. No time is
/// needed before a room's first visit or after its last.
///
/// Visits take rooms in the order of their starts, and of their positions where those are equal;
/// each takes the room of the lowest number that is ready. Room 3 thus stands empty unless 0, 1 and
/// 2 were all taken when somebody came, and the same visits give the same answer.
///
/// Errors: kInvalidArgument where the time for setting up is negative; kBadInterval where a visit
/// is not proper, with its position. O(n log n) time, O(n) memory.
Result<RoomsNeeded> FewestRooms(std::span<const Interval> visits,
                                Duration set_up = Duration::zero());

}  // namespace clinic
