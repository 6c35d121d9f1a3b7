// What is checked of a table of states, in a form that compilers can run as well.
//
// Each check calls `report` with every problem of its own, in no order that anyone should count on.
// Part of clinic/workflow_table.hpp; not to be included by itself.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "clinic/workflow_table.hpp"

namespace clinic::internal {

inline constexpr std::size_t kMostStates = 64;

/// True where the row can be found by its name: it has one, and no earlier row has the same.
constexpr bool IsSoundState(const WorkflowTable& table, std::size_t row) {
  return !table.states[row].name.empty() && table.IndexOf(table.states[row].name) == row;
}

/// The row of a state that can be found by its name; an empty name finds none.
constexpr std::optional<std::size_t> FindState(const WorkflowTable& table, std::string_view name) {
  return name.empty() ? std::nullopt : table.IndexOf(name);
}

/// True where an earlier transition has the same state and action.
constexpr bool IsTaken(const WorkflowTable& table, std::size_t row) {
  const TransitionDefinition& transition = table.transitions[row];
  for (const TransitionDefinition& earlier : table.transitions.first(row)) {
    if (earlier.from == transition.from && earlier.action == transition.action) return true;
  }
  return false;
}

/// A transition between two rows of the table of states.
struct Way {
  std::size_t from = 0;
  std::size_t to = 0;
};

/// The way that a transition stands for; none where the transition is wrong by itself.
constexpr std::optional<Way> FindWay(const WorkflowTable& table, std::size_t row) {
  const TransitionDefinition& transition = table.transitions[row];
  const std::optional<std::size_t> from = FindState(table, transition.from);
  const std::optional<std::size_t> to = FindState(table, transition.to);
  if (!from || !to || transition.action.empty() || IsTaken(table, row)) return std::nullopt;
  return Way{*from, *to};
}

constexpr bool IsInitial(const WorkflowTable& table, std::string_view name) {
  for (const std::string_view initial : table.initial) {
    if (initial == name) return FindState(table, name).has_value();
  }
  return false;
}

constexpr bool IsTerminal(const StateDefinition& state) {
  return state.ending == StateDefinition::Ending::kTerminal;
}

constexpr WorkflowProblem ProblemOf(WorkflowProblem::Kind kind, const WorkflowTable& table,
                                    std::size_t transition) {
  const TransitionDefinition& at = table.transitions[transition];
  return {kind, transition, at.from, at.action, at.to};
}

/// A table that is empty or too large, of which nothing else is asked. Returns false for one.
template <typename Report>
constexpr bool CheckSize(const WorkflowTable& table, Report&& report) {
  if (table.states.empty()) report(WorkflowProblem{WorkflowProblem::Kind::kNoStates});
  if (table.states.size() > kMostStates) {
    report(WorkflowProblem{WorkflowProblem::Kind::kTooManyStates});
  }
  return !table.states.empty() && table.states.size() <= kMostStates;
}

template <typename Report>
constexpr void CheckNames(const WorkflowTable& table, Report&& report) {
  using Kind = WorkflowProblem::Kind;
  for (std::size_t i = 0; i < table.states.size(); ++i) {
    const std::string_view name = table.states[i].name;
    if (name.empty()) {
      report(WorkflowProblem{Kind::kUnnamedState, i});
    } else if (!IsSoundState(table, i)) {
      report(WorkflowProblem{Kind::kDuplicateState, i, name});
    }
  }
  for (std::size_t i = 0; i < table.transitions.size(); ++i) {
    const TransitionDefinition& transition = table.transitions[i];
    if (!FindState(table, transition.from)) report(ProblemOf(Kind::kUnknownFrom, table, i));
    if (!FindState(table, transition.to)) report(ProblemOf(Kind::kUnknownTo, table, i));
    if (transition.action.empty()) {
      report(ProblemOf(Kind::kUnnamedAction, table, i));
    } else if (IsTaken(table, i)) {
      report(ProblemOf(Kind::kDuplicateAction, table, i));
    }
  }
}

template <typename Report>
constexpr void CheckBeginnings(const WorkflowTable& table, Report&& report) {
  using Kind = WorkflowProblem::Kind;
  using Time = StateDefinition::Time;
  for (std::size_t i = 0; i < table.initial.size(); ++i) {
    const std::string_view name = table.initial[i];
    if (!FindState(table, name)) report(WorkflowProblem{Kind::kUnknownInitial, i, name});
    for (std::size_t j = 0; j < i; ++j) {
      if (table.initial[j] != name) continue;
      report(WorkflowProblem{Kind::kDuplicateInitial, i, name});
      break;
    }
  }
  if (!IsInitial(table, table.booked)) {
    report(WorkflowProblem{Kind::kBookedNotInitial, 0, table.booked});
  } else if (table.states[*table.IndexOf(table.booked)].time != Time::kOccupied) {
    report(WorkflowProblem{Kind::kBookedNotOccupied, 0, table.booked});
  }
  if (table.held.empty()) return;
  if (!IsInitial(table, table.held)) {
    report(WorkflowProblem{Kind::kHeldNotInitial, 0, table.held});
  } else if (table.states[*table.IndexOf(table.held)].time != Time::kHeld) {
    report(WorkflowProblem{Kind::kHeldNotHeld, 0, table.held});
  }
}

template <typename Report>
constexpr void CheckTimeouts(const WorkflowTable& table, Report&& report) {
  using Time = StateDefinition::Time;
  for (std::size_t i = 0; i < table.states.size(); ++i) {
    if (!IsSoundState(table, i) || table.states[i].time != Time::kHeld) continue;
    bool runs_out = false;
    for (std::size_t row = 0; row < table.transitions.size(); ++row) {
      if (table.transitions[row].action != action::kExpire) continue;
      const std::optional<Way> way = FindWay(table, row);
      runs_out |= way && way->from == i && table.states[way->to].time == Time::kFree;
    }
    if (!runs_out) {
      report(WorkflowProblem{WorkflowProblem::Kind::kNoTimeout, i, table.states[i].name});
    }
  }
}

/// For each state, the states that one transition leads to, a bit each.
using Neighbours = std::array<std::uint64_t, kMostStates>;

/// `states` and all that they lead to, a bit each. O(states^2).
constexpr std::uint64_t Closure(std::uint64_t states, const Neighbours& next) {
  for (std::size_t round = 0; round < kMostStates; ++round) {
    std::uint64_t more = states;
    for (std::size_t i = 0; i < kMostStates; ++i) {
      if ((states >> i & 1) != 0) more |= next[i];
    }
    if (more == states) break;
    states = more;
  }
  return states;
}

/// Where ways lead: the problems that engine/workflow_graph.cpp finds by walking the graph, found
/// while compiling. The tests hold the two to the same answers.
template <typename Report>
constexpr void CheckWays(const WorkflowTable& table, Report&& report) {
  using Kind = WorkflowProblem::Kind;
  Neighbours next{};
  Neighbours previous{};
  for (std::size_t row = 0; row < table.transitions.size(); ++row) {
    const std::optional<Way> way = FindWay(table, row);
    if (!way) continue;
    next[way->from] |= std::uint64_t{1} << way->to;
    previous[way->to] |= std::uint64_t{1} << way->from;
    if (IsTerminal(table.states[way->from])) report(ProblemOf(Kind::kLeavesTerminal, table, row));
  }
  std::uint64_t initial = 0;
  std::uint64_t terminal = 0;
  for (std::size_t i = 0; i < table.states.size(); ++i) {
    if (!IsSoundState(table, i)) continue;
    if (IsInitial(table, table.states[i].name)) initial |= std::uint64_t{1} << i;
    if (IsTerminal(table.states[i])) terminal |= std::uint64_t{1} << i;
  }
  const std::uint64_t reached = Closure(initial, next);
  const std::uint64_t ending = Closure(terminal, previous);
  for (std::size_t i = 0; i < table.states.size(); ++i) {
    if (!IsSoundState(table, i)) continue;
    const std::string_view name = table.states[i].name;
    if ((reached >> i & 1) == 0) report(WorkflowProblem{Kind::kUnreachable, i, name});
    if ((ending >> i & 1) != 0) continue;
    report(WorkflowProblem{next[i] == 0 ? Kind::kDeadEnd : Kind::kNeverEnds, i, name});
  }
}

}  // namespace clinic::internal

namespace clinic {

constexpr std::optional<WorkflowProblem> WorkflowTable::FirstProblem() const {
  std::optional<WorkflowProblem> first;
  const auto report = [&first](const WorkflowProblem& problem) {
    if (!first || problem < *first) first = problem;
  };
  if (!internal::CheckSize(*this, report)) return first;
  internal::CheckNames(*this, report);
  internal::CheckBeginnings(*this, report);
  internal::CheckTimeouts(*this, report);
  internal::CheckWays(*this, report);
  return first;
}

}  // namespace clinic
