// Plans that can be carried out, made fast: placing appointments one after the other, and making
// room for one by moving those in its way.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "engine/reassignment_budget.hpp"
#include "engine/reassignment_model.hpp"

namespace clinic::reassignment {

/// Gives each appointment, in that order, the cheapest of its options that is still free, when the
/// moments that it takes are paid for too: `prices_up_to[m]` is what all moments before m cost
/// together. Nothing where some appointment has no option left. O(options + moments taken).
std::optional<Plan> PlaceInOrder(const Model& model, std::span<const Index> order,
                                 std::span<const Cost> prices_up_to);

/// Whether no two options of the plan take the same moment. O(moments taken).
bool IsFeasible(const Model& model, const Plan& plan);

/// Makes the plan cheaper while one appointment can have a cheaper option, and those in its way the
/// best that is free then; until there is no such appointment or the budget is spent.
void MakeRoom(const Model& model, Plan& plan, Budget& budget);

}  // namespace clinic::reassignment
