#include "clinic/workflow.hpp"

#include "clinic/appointment_status.hpp"

namespace clinic {
namespace {

Error NotSound(const std::vector<WorkflowProblem>& problems) {
  Error error{ErrorCode::kInvalidArgument, "the workflow is not sound"};
  std::string_view separator = ": ";
  for (const WorkflowProblem& problem : problems) {
    error.message.append(separator).append(ToString(problem));
    separator = "; ";
  }
  return error;
}

}  // namespace

Result<Workflow> Workflow::Make(const WorkflowTable& table) {
  if (const std::vector<WorkflowProblem> problems = table.Problems(); !problems.empty()) {
    return NotSound(problems);
  }
  Workflow workflow;
  for (const StateDefinition& state : table.states) {
    workflow.states_.push_back({.name = std::string(state.name),
                                .time = state.time,
                                .ending = state.ending,
                                .initial = internal::IsInitial(table, state.name)});
  }
  for (const TransitionDefinition& transition : table.transitions) {
    workflow.states_[*table.IndexOf(transition.from)].ways_out.push_back(
        {std::string(transition.action), *workflow.Find(transition.to)});
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
  for (const Transition& transition : TransitionsFrom(from)) {
    if (transition.action == action) return transition.to;
  }
  return std::nullopt;
}

std::vector<std::string> Workflow::ActionsFrom(State from) const {
  std::vector<std::string> actions;
  for (const Transition& transition : TransitionsFrom(from)) actions.push_back(transition.action);
  return actions;
}

}  // namespace clinic
