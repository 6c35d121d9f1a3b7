// Series: a visit that comes again by a recurrence rule, booked as a whole.
//
//   SeriesRequest weekly{.first = {.resources = {doctor, patient}, .interval = {start, end}},
//                        .rule = *RecurrenceRule::Parse("FREQ=WEEKLY;COUNT=10"),
//                        .policy = SeriesRequest::Policy::kSkipConflicts};
//   auto series = BookSeries(scheduler, weekly);
//   for (const auto& [interval, booking] : series->occurrences) ...    // booked, or why not
//
// The occurrences follow the rule in civil time, so that a visit at nine stays at nine when the
// clocks change; a time that is skipped or repeated then is placed as clinic/zone.hpp says. Each
// takes as long as the first one. Where two fall on the same instant they are one.
//
// A series' id names it for ever: the ids of its bookings are made from it and their starts. Who
// gives the id and asks again finds that they exist (kAlreadyExists), and books none of them twice.
//
// The functions are safe to call from any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "clinic/change.hpp"
#include "clinic/recurrence_rule.hpp"
#include "clinic/scheduler.hpp"

namespace clinic {

/// The most occurrences that a series has.
inline constexpr std::size_t kMostOccurrences = 1'000;

/// A series to be booked.
struct SeriesRequest {
  /// What is done where not every occurrence can be had.
  enum class Policy {
    kAllOrNothing,   ///< none is booked
    kSkipConflicts,  ///< those are booked that can be had, for whatever reason others cannot
  };

  /// What each occurrence is, at the time of the first one (DTSTART), without an id. Its series is
  /// the id of this one; made where it is not given.
  BookRequest first{};
  std::optional<RecurrenceRule> rule{};  ///< with an end; the first alone where there is none
  std::vector<CivilTime> rdates{};       ///< starts of occurrences added
  std::vector<CivilTime> exdates{};      ///< starts of occurrences taken out
  /// In whose civil time; an IANA name. Where not given that of the first practitioner among the
  /// resources, or else of the first resource.
  std::optional<std::string> timezone{};
  Policy policy = Policy::kAllOrNothing;
  std::size_t most = kMostOccurrences;  ///< 1..kMostOccurrences: refused where there are more
};

/// An occurrence: its booking, or why it was refused, as Scheduler::Book.
struct BookedOccurrence {
  Interval interval{};
  Result<Booking> booking;
};

/// An occurrence: whether it can be had, or why not, as Scheduler::Book.
struct CheckedOccurrence {
  Interval interval{};
  Result<void> judged{};
};

/// A series, its occurrences by start.
struct BookedSeries {
  SeriesId id{};
  std::vector<BookedOccurrence> occurrences{};
};

/// Books a series, in one transaction. Errors: kInvalidArgument where the request has an id, `most`
/// or a time is out of its range, the zone is unknown, there are no occurrences, or as Book;
/// kUnknownResource; kBadInterval where the first one is not proper; kUnbounded where the rule has
/// neither COUNT nor UNTIL, never matches, or gives more than `most`; kUnavailable; what
/// `alongside` says, and then nothing is booked.
///
/// With kAllOrNothing also what stands in the way of an occurrence, as Book: of all that cannot be
/// had the first code; the message says of each when it is and why, the conflicts are those of all
/// of them, and the position is the first one's (CheckSeries tells them apart). With kSkipConflicts
/// the occurrences say it, and it can be that none is booked. An occurrence that would overlap
/// one before it conflicts with that. O(occurrences x log n).
Result<BookedSeries> BookSeries(Scheduler& scheduler, const SeriesRequest& request,
                                const Command& command = {},
                                const Alongside<BookedSeries>& alongside = {});

/// What BookSeries with kSkipConflicts would answer now; nothing is booked. Errors and complexity:
/// as BookSeries.
Result<std::vector<CheckedOccurrence>> CheckSeries(const Scheduler& scheduler,
                                                   const SeriesRequest& request);

/// Some of a series' bookings.
struct SeriesPart {
  SeriesId series{};
  ResourceId resource{};     ///< one that they take, the patient for instance
  Instant from = kEarliest;  ///< those that start then or later: "this and following"
};

/// The bookings of the part that take up time, by start. Errors: kUnknownResource; kBadInterval
/// where `from` lies outside time. O(log n + b) for the b bookings of the resource from then on.
Result<std::vector<Booking>> BookingsOfSeries(const Scheduler& scheduler, const SeriesPart& part);

/// Cancels the bookings of the part that have not begun, all of them or none, in one transaction,
/// and returns them; it can be that there are none. Errors: those of BookingsOfSeries;
/// kIllegalTransition where one of them is in a state that does not allow it; kStaleVersion where
/// others kept changing them meanwhile; kUnavailable. Complexity: as BookingsOfSeries.
Result<std::vector<Booking>> CancelSeries(Scheduler& scheduler, const SeriesPart& part,
                                          const Command& command = {},
                                          const Alongside<std::vector<Booking>>& alongside = {});

}  // namespace clinic
