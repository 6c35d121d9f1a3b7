// A reassignment in plain numbers: what the parts of the search work on.
//
// A moment is an instant on a resource at which a largest possible set of candidates overlaps: a
// maximal clique of the resource's interval graph. Moments are numbered along each resource, one
// resource after the other, so that what a candidate occupies becomes a few ranges of numbers, and
// two candidates overlap exactly where they share a moment. A moment that only one appointment
// wants is dropped, and with it every resource about which nobody competes.
//
// Leaving an appointment out is an option like any other, one without ranges.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "clinic/reassignment.hpp"

namespace clinic::reassignment {

using Index = std::uint32_t;

/// The candidate of an option that leaves the appointment out.
inline constexpr Index kLeaveOut = std::numeric_limits<Index>::max();

/// Prices of moments are counted in parts of Model::unit, this many to one.
inline constexpr Cost kPriceScale = 1024;

/// The half-open range of numbers [first, last).
struct Range {
  Index first = 0;
  Index last = 0;

  friend constexpr auto operator<=>(const Range&, const Range&) = default;
};

/// One way to deal with an appointment.
struct Option {
  Cost cost = 0;                ///< above the appointment's cheapest, in Model::unit
  Index candidate = kLeaveOut;  ///< its position in Displaced::candidates
  Range ranges;                 ///< in Model::ranges: the moments that it takes, rising
};

/// Invariants:
///   1. Every appointment has an option. Options of an appointment stand together, the cheapest
///   first,
///      and of two that cost the same the one with the lower candidate.
///   2. The moments of an option do not include all those of a cheaper one of the same appointment.
///   3. Every moment is wanted by two appointments or more.
struct Model {
  std::vector<Index> first;  ///< appointment a has options [first[a], first[a + 1])
  std::vector<Option> options;
  std::vector<Range> ranges;  ///< of moments; ranges of one option do not overlap
  Index moments = 0;
  Cost base = 0;  ///< the sum of what is cheapest for each appointment
  Cost unit = 1;  ///< divides every other difference of costs

  Index appointments() const { return static_cast<Index>(first.size() - 1); }
  Range OptionsOf(Index appointment) const { return {first[appointment], first[appointment + 1]}; }
  std::span<const Range> MomentsOf(Index option) const {
    const Range& range = options[option].ranges;
    return std::span(ranges).subspan(range.first, range.last - range.first);
  }

  /// What a plan costs that is `cost` units above the cheapest options.
  Cost InFull(Cost cost) const { return base + unit * cost; }
};

/// The model of appointments that have been checked : proper intervals, costs in range.
Model ModelOf(std::span<const Displaced> displaced);

/// The model of what is left of `model` when only the options with a true `kept` remain; of each
/// appointment at least one does. Moments are found anew; costs, base and unit stay.
Model Reduced(const Model& model, const std::vector<bool>& kept);

/// One option for each appointment, by number in Model::options.
using Plan = std::vector<Index>;

/// The sum of the costs of a plan's options.
Cost CostOfPlan(const Model& model, const Plan& plan);

}  // namespace clinic::reassignment
