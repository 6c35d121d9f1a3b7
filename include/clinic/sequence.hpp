// Sequences: several visits in a fixed order, such as laboratory, then scan, then consultation,
// found and booked together.
//
//   SequenceQuery visit{.steps = {{.any_of = {lab_a, lab_b}, .duration = 10min},
//                                 {.resources = {scanner}, .duration = 30min, .gap_max = 1h},
//                                 {.resources = {doctor}, .duration = 20min, .gap_min = 15min}},
//                       .throughout = {patient},
//                       .range = this_week};
//   auto booked = BookSequence(scheduler, visit);        // three bookings, or none
//
// What a sequence is. Each step starts where the Scheduler would book it; the time between its
// start and the end of the step before lies in [gap_min, gap_max]; all of it lies inside the range.
// Where two steps take the same resource, its buffers lie between their visits too, whatever its
// capacity. Whatever is found can be booked as it stands, and whatever is such a sequence is found.
//
// How they are found. Where two sequences take the same resources, so does the one that takes the
// earlier start of each step: there is one in which every step starts earliest. The search begins
// with every step at the start of the range, and moves a step that breaks a rule to the earliest
// time that does not break it, until none does. A step whose successor comes later than gap_max
// moves there in one jump. No step ever moves back, so each time is looked at once, however many
// steps there are.
//
// The functions are safe to call from any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "clinic/change.hpp"
#include "clinic/scheduler.hpp"

namespace clinic {

/// One visit of a sequence.
struct SequenceStep {
  std::vector<ResourceId> resources{};  ///< all of these at once
  std::vector<ResourceId> any_of{};     ///< and one of these, where there are any
  Duration duration{};
  Duration gap_min{0};                 ///< how long after the step before at least
  Duration gap_max = Duration::max();  ///< and at most; both mean nothing for the first step
  std::string reason{};
};

/// Which sequences to look for.
struct SequenceQuery {
  std::vector<SequenceStep> steps{};         ///< at most kMostSequenceSteps
  std::vector<ResourceId> throughout{};      ///< taken by each of the steps: the patient
  Interval range{};                          ///< all of it lies inside; what is past is not offered
  Duration apart = std::chrono::minutes{5};  ///< how much later the next one begins at least
  std::size_t limit = 10;
};

inline constexpr std::size_t kMostSequenceSteps = 32;

/// How many choices are told apart where steps that could take the same resource lie so close
/// together that its buffers matter.
inline constexpr std::size_t kMostSequenceChoices = 1'024;

/// A sequence that can be booked: one request for each step, in order. May be changed before it is
/// booked, for instance to be held.
struct SequencePlan {
  std::vector<BookRequest> steps{};

  /// From the start of the first step to the end of the last one. Requires that there are steps.
  Interval interval() const { return {steps.front().interval.start, steps.back().interval.end}; }
};

/// The earliest sequences, by the start of the first step; for each start the one that ends
/// earliest, and of these the one whose steps start earliest and take what is named first. Empty
/// where there is none. Errors: kInvalidArgument where there are no steps or too many, a step has
/// no resources or one twice, a duration or `apart` is not longer than nothing, a gap_min is less
/// than nothing or more than its gap_max, or there are more than kMostSequenceChoices;
/// kUnknownResource; kBadInterval; kTooLong; kUnbounded. O(starts x log n), for the starts that the
/// steps have in the part of the range that is searched.
Result<std::vector<SequencePlan>> FindSequences(const Scheduler& scheduler,
                                                const SequenceQuery& query);

/// Books the steps of a plan, all of them or none, in one transaction, as one series: its id is
/// made where they have none. Errors: as Scheduler::Apply, with the step's position.
Result<std::vector<Booking>> BookSequenceAt(Scheduler& scheduler, const SequencePlan& plan,
                                            const Command& command = {},
                                            const Alongside<std::vector<Booking>>& alongside = {});

/// Books the earliest sequence. Where somebody else takes its time first the next earliest is
/// found, a few times over. Errors: those of FindSequences and of BookSequenceAt; kConflict where
/// there is no such sequence.
Result<std::vector<Booking>> BookSequence(Scheduler& scheduler, const SequenceQuery& query,
                                          const Command& command = {},
                                          const Alongside<std::vector<Booking>>& alongside = {});

}  // namespace clinic
