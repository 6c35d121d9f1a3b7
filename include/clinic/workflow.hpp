// The states that a booking goes through, as a table that is checked before it is used.
//
// A workflow is two tables: states, and the transitions between them. Each transition has a verb,
// the action that a program asks for ("check-in"). A state says whether a booking in it takes up
// time, and whether it runs out by the clock. The table of FHIR's Appointment.status stands in
// clinic/appointment_status.hpp and is checked while compiling; an embedder's own table is checked
// the same way by Workflow::Make.
//
// Everything here is immutable after construction and safe to read from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "clinic/result.hpp"

namespace clinic {

/// A state of one workflow: its row in the table of states.
enum class State : std::uint8_t {};

/// What holds of a booking while it is in a state.
struct StateDefinition {
  enum class Time : std::uint8_t {
    kFree,      ///< takes up no time: others may book it
    kOccupied,  ///< takes up its time
    kHeld,      ///< takes up its time until an instant, then the action "expire" is taken by itself
  };
  enum class Ending : std::uint8_t { kOpen, kTerminal };

  std::string_view name;
  Time time = Time::kOccupied;
  Ending ending = Ending::kOpen;  ///< kTerminal: nothing leads out of it
};

/// In state `from`, `action` leads to state `to`.
struct TransitionDefinition {
  std::string_view from;
  std::string_view action;
  std::string_view to;
};

/// The names of the actions that the scheduler takes itself; a workflow that lacks one of them
/// refuses it with kIllegalTransition.
namespace action {
inline constexpr std::string_view kConfirm = "confirm";
inline constexpr std::string_view kCancel = "cancel";
inline constexpr std::string_view kRelease = "release";
inline constexpr std::string_view kExpire = "expire";
}  // namespace action

/// What is wrong with a table of states, and which name it is wrong about.
struct WorkflowProblem {
  std::string_view what;  ///< empty where nothing is wrong
  std::string_view name;
};

/// The tables of a workflow and the states in which bookings and holds begin.
struct WorkflowTable {
  std::span<const StateDefinition> states;
  std::span<const TransitionDefinition> transitions;
  std::span<const std::string_view> initial;  ///< where a booking may begin
  std::string_view booked;                    ///< where `Book` begins
  std::string_view held;                      ///< where `Hold` begins; empty: no holds

  /// The first thing that is wrong, in this order: no states or more than 64, a name that is empty
  /// or given twice; a transition from or to an unknown state, or two for one action; unknown
  /// initial states; a booked state that is not initial or takes no time; a held state that is not
  /// initial or not held; a terminal state with a way out; an open state without one; a held state
  /// without a timeout, that is without "expire" into a state that takes no time; a state that
  /// cannot be reached. O(states x transitions).
  constexpr WorkflowProblem FirstProblem() const;

  constexpr std::optional<std::size_t> IndexOf(std::string_view name) const {
    for (std::size_t i = 0; i < states.size(); ++i) {
      if (states[i].name == name) return i;
    }
    return std::nullopt;
  }
};

/// A table that was checked, compiled for use. Refers to the names in the table, which must outlive
/// it.
class Workflow {
 public:
  /// Checks and compiles a table. Error: kInvalidArgument with the first problem and its name.
  static Result<Workflow> Make(const WorkflowTable& table);

  /// FHIR R4's Appointment.status (clinic/appointment_status.hpp).
  static const Workflow& Fhir();

  State booked() const { return booked_; }
  std::optional<State> held() const { return held_; }

  std::string_view Name(State state) const { return Definition(state).name; }
  bool Occupies(State state) const {
    return Definition(state).time != StateDefinition::Time::kFree;
  }
  bool IsHeld(State state) const { return Definition(state).time == StateDefinition::Time::kHeld; }
  bool IsTerminal(State state) const {
    return Definition(state).ending == StateDefinition::Ending::kTerminal;
  }

  /// True where a booking may begin in that state.
  bool IsInitial(State state) const { return initial_[static_cast<std::size_t>(state)]; }

  /// The state of that name. O(states).
  std::optional<State> Find(std::string_view name) const;

  /// Where `action` leads from `from`; none where the workflow does not allow it. O(transitions).
  std::optional<State> Next(State from, std::string_view action) const;

  /// The actions that are possible in a state, in the order of the table.
  std::vector<std::string> ActionsFrom(State from) const;

  const std::vector<StateDefinition>& states() const { return states_; }
  const std::vector<TransitionDefinition>& transitions() const { return transitions_; }

 private:
  Workflow() = default;

  const StateDefinition& Definition(State state) const {
    return states_[static_cast<std::size_t>(state)];
  }

  std::vector<StateDefinition> states_;
  std::vector<TransitionDefinition> transitions_;
  std::vector<bool> initial_;
  State booked_{};
  std::optional<State> held_;
};

// ---------------------------------------------------------------------------------------------------

namespace internal {

constexpr bool Contains(std::span<const std::string_view> names, std::string_view name) {
  for (const std::string_view candidate : names) {
    if (candidate == name) return true;
  }
  return false;
}

constexpr WorkflowProblem CheckNames(const WorkflowTable& table) {
  if (table.states.empty()) return {"has no states", "workflow"};
  if (table.states.size() > 64) return {"has more than 64 states", "workflow"};
  for (std::size_t i = 0; i < table.states.size(); ++i) {
    if (table.states[i].name.empty()) return {"has a state without a name", "workflow"};
    if (table.IndexOf(table.states[i].name) != i) return {"is defined twice", table.states[i].name};
  }
  for (std::size_t i = 0; i < table.transitions.size(); ++i) {
    const TransitionDefinition& transition = table.transitions[i];
    if (!table.IndexOf(transition.from)) return {"is no state, but is left", transition.from};
    if (!table.IndexOf(transition.to)) return {"is no state, but is entered", transition.to};
    if (transition.action.empty()) return {"is left by an action without a name", transition.from};
    for (std::size_t j = 0; j < i; ++j) {
      if (table.transitions[j].from == transition.from &&
          table.transitions[j].action == transition.action) {
        return {"is left twice by the same action", transition.from};
      }
    }
  }
  return {};
}

constexpr WorkflowProblem CheckBeginnings(const WorkflowTable& table) {
  using Time = StateDefinition::Time;
  for (const std::string_view name : table.initial) {
    if (!table.IndexOf(name)) return {"is no state, but is initial", name};
  }
  if (!Contains(table.initial, table.booked))
    return {"is what Book begins in, but not initial", table.booked};
  if (table.states[*table.IndexOf(table.booked)].time == Time::kFree) {
    return {"is what Book begins in, but takes no time", table.booked};
  }
  if (table.held.empty()) return {};
  if (!Contains(table.initial, table.held))
    return {"is what Hold begins in, but not initial", table.held};
  if (table.states[*table.IndexOf(table.held)].time != Time::kHeld) {
    return {"is what Hold begins in, but is not held", table.held};
  }
  return {};
}

constexpr WorkflowProblem CheckWaysOut(const WorkflowTable& table) {
  for (const StateDefinition& state : table.states) {
    bool leaves = false;
    bool runs_out = false;
    for (const TransitionDefinition& transition : table.transitions) {
      if (transition.from != state.name) continue;
      leaves = true;
      runs_out |= transition.action == action::kExpire &&
                  table.states[*table.IndexOf(transition.to)].time == StateDefinition::Time::kFree;
    }
    const bool terminal = state.ending == StateDefinition::Ending::kTerminal;
    if (terminal && leaves) return {"is terminal, but has a way out", state.name};
    if (!terminal && !leaves) return {"is not terminal, but has no way out", state.name};
    if (state.time == StateDefinition::Time::kHeld && !runs_out) {
      return {"is held, but has no timeout (\"expire\" into a state that takes no time)",
              state.name};
    }
  }
  return {};
}

constexpr WorkflowProblem CheckReachability(const WorkflowTable& table) {
  bool reached[64] = {};
  for (const std::string_view name : table.initial) reached[*table.IndexOf(name)] = true;
  for (std::size_t round = 0; round < table.states.size(); ++round) {
    for (const TransitionDefinition& transition : table.transitions) {
      if (reached[*table.IndexOf(transition.from)]) reached[*table.IndexOf(transition.to)] = true;
    }
  }
  for (std::size_t i = 0; i < table.states.size(); ++i) {
    if (!reached[i]) return {"cannot be reached", table.states[i].name};
  }
  return {};
}

}  // namespace internal

constexpr WorkflowProblem WorkflowTable::FirstProblem() const {
  for (const auto check : {internal::CheckNames, internal::CheckBeginnings, internal::CheckWaysOut,
                           internal::CheckReachability}) {
    if (const WorkflowProblem problem = check(*this); !problem.what.empty()) return problem;
  }
  return {};
}

}  // namespace clinic
