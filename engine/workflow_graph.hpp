// A workflow's states as a graph, and what walking it proves.
#pragma once

#include <vector>

#include "clinic/workflow_table.hpp"

namespace clinic::internal {

/// Adds what is wrong with where the ways of a table lead: ways out of terminal states, states that
/// no initial one leads to, and states that lead to no terminal one. Looks at the states and ways
/// that are sound by themselves. Requires 1 to 64 states. O(states + ways), beside finding the rows
/// by their names.
void CheckGraph(const WorkflowTable& table, std::vector<WorkflowProblem>& problems);

}  // namespace clinic::internal
