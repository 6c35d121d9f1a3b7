#include "clinic/workflow_table.hpp"

#include <algorithm>

#include "engine/workflow_graph.hpp"

namespace clinic {
namespace {

std::string Quoted(std::string_view name) { return std::string("\"").append(name).append("\""); }

}  // namespace

std::vector<WorkflowProblem> WorkflowTable::Problems() const {
  std::vector<WorkflowProblem> problems;
  const auto report = [&problems](const WorkflowProblem& problem) { problems.push_back(problem); };
  if (!internal::CheckSize(*this, report)) return problems;
  internal::CheckNames(*this, report);
  internal::CheckBeginnings(*this, report);
  internal::CheckTimeouts(*this, report);
  internal::CheckGraph(*this, problems);
  std::sort(problems.begin(), problems.end());
  return problems;
}

std::string ToString(const WorkflowProblem& problem) {
  using Kind = WorkflowProblem::Kind;
  const std::string state = Quoted(problem.state);
  const std::string action = Quoted(problem.action);
  const std::string to = Quoted(problem.to);
  switch (problem.kind) {
    case Kind::kNoStates:
      return "there are no states";
    case Kind::kTooManyStates:
      return "there are more than " + std::to_string(internal::kMostStates) + " states";
    case Kind::kUnnamedState:
      return "state number " + std::to_string(problem.row + 1) + " has no name";
    case Kind::kDuplicateState:
      return state + " is defined twice";
    case Kind::kUnknownFrom:
      return action + " leads from " + state + ", which is no state, to " + to;
    case Kind::kUnknownTo:
      return action + " leads from " + state + " to " + to + ", which is no state";
    case Kind::kUnnamedAction:
      return "an action without a name leads from " + state + " to " + to;
    case Kind::kDuplicateAction:
      return action + " leads from " + state + " twice, the second time to " + to;
    case Kind::kUnknownInitial:
      return state + " is initial, but no state";
    case Kind::kDuplicateInitial:
      return state + " is initial twice";
    case Kind::kBookedNotInitial:
      return "Book begins in " + state + ", which is no initial state";
    case Kind::kBookedNotOccupied:
      return "Book begins in " + state + ", which takes no time or is held";
    case Kind::kHeldNotInitial:
      return "Hold begins in " + state + ", which is no initial state";
    case Kind::kHeldNotHeld:
      return "Hold begins in " + state + ", which is not held";
    case Kind::kNoTimeout:
      return state + " is held, but no \"expire\" leads to a state that takes no time";
    case Kind::kLeavesTerminal:
      return state + " is terminal, but " + action + " leads to " + to;
    case Kind::kUnreachable:
      return state + " cannot be reached from an initial state";
    case Kind::kDeadEnd:
      return state + " is not terminal, but nothing leads out of it";
    case Kind::kNeverEnds:
      return state + " leads to no terminal state";
  }
  return {};
}

}  // namespace clinic
