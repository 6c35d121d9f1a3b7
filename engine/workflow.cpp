#include "clinic/workflow.hpp"

#include "clinic/appointment_status.hpp"

namespace clinic {

Result<Workflow> Workflow::Make(const WorkflowTable& table) {
  if (const WorkflowProblem problem = table.FirstProblem(); !problem.what.empty()) {
    return Error{ErrorCode::kInvalidArgument,
                 "state \"" + std::string(problem.name) + "\" " + std::string(problem.what)};
  }
  Workflow workflow;
  workflow.states_.assign(table.states.begin(), table.states.end());
  workflow.transitions_.assign(table.transitions.begin(), table.transitions.end());
  for (const StateDefinition& state : table.states) {
    workflow.initial_.push_back(internal::Contains(table.initial, state.name));
  }
  workflow.booked_ = *workflow.Find(table.booked);
  workflow.held_ = workflow.Find(table.held);
  return workflow;
}

const Workflow& Workflow::Fhir() {
  static const Workflow kWorkflow = Make(appointment_status::kTable).value();
  return kWorkflow;
}

std::optional<State> Workflow::Find(std::string_view name) const {
  for (std::size_t i = 0; i < states_.size(); ++i) {
    if (states_[i].name == name) return static_cast<State>(i);
  }
  return std::nullopt;
}

std::optional<State> Workflow::Next(State from, std::string_view action) const {
  const std::string_view name = Name(from);
  for (const TransitionDefinition& transition : transitions_) {
    if (transition.from == name && transition.action == action) return Find(transition.to);
  }
  return std::nullopt;
}

std::vector<std::string> Workflow::ActionsFrom(State from) const {
  const std::string_view name = Name(from);
  std::vector<std::string> actions;
  for (const TransitionDefinition& transition : transitions_) {
    if (transition.from == name) actions.emplace_back(transition.action);
  }
  return actions;
}

}  // namespace clinic
