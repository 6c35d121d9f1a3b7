// The relaxation of a reassignment to a flow of least cost (Boost.Graph).
//
// Each appointment sends one unit: over one of its options, and through one moment of those that
// the option takes, into the sink; a moment lets one unit through. The moments are chosen so that
// as few as possible are needed and every option goes through exactly one, which tiles each
// resource's time with sets of candidates that overlap pairwise. What a flow does not see is that
// candidates of different tiles can overlap, so it costs no more than any plan. Where all
// candidates have one length and lie on a common grid, each takes one moment alone, there is
// nothing that the flow does not see, and it is the best plan.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/reassignment_model.hpp"

namespace clinic::reassignment {

struct FlowRelaxation {
  Cost cost = 0;  ///< in Model::unit above Model::base; no plan costs less
  Plan plan;      ///< the options that the units went over; they may overlap
  std::vector<Cost>
      prices;  ///< for each moment, what one more unit through it would save: the dual
};

/// Solves the relaxation by successive shortest paths: O(n m log m) with n appointments and m
/// options. Requires at least one appointment.
FlowRelaxation RelaxToFlow(const Model& model);

/// What RelaxToFlow may cost at most, in the steps of ReassignmentOptions.
std::int64_t StepsOfFlow(const Model& model);

}  // namespace clinic::reassignment
