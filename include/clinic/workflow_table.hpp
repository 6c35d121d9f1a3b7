// The states that a booking goes through, as tables, and everything that can be wrong with them.
//
// A workflow is written down as two tables: states, and the transitions between them. Each
// transition has a verb, the action that a program asks for ("check-in"). A state says whether a
// booking in it takes up time, and whether it runs out by the clock.
//
//   constexpr StateDefinition kStates[] = {{"planned"}, {"done", Time::kFree, Ending::kTerminal}};
//   constexpr TransitionDefinition kTransitions[] = {{"planned", "finish", "done"}};
//   constexpr std::string_view kInitial[] = {"planned"};
//   constexpr WorkflowTable kTable{kStates, kTransitions, kInitial, "planned", ""};
//   static_assert(!kTable.FirstProblem());
//
// A table that stands in the program is checked while compiling, as above; one that is read while
// running, from a file, by Workflow::Make (clinic/workflow.hpp). Both find the same.
//
// A table is a view: it refers to names that someone else keeps. Everything here is safe to call
// from any thread.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace clinic {

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

/// One thing that is wrong with a table, and the names that it is wrong about.
struct WorkflowProblem {
  /// In the order in which problems are reported. What `row` counts, and which names are given, is
  /// said in brackets.
  enum class Kind : std::uint8_t {
    kNoStates,           ///< the table of states is empty
    kTooManyStates,      ///< it has more than 64 rows
    kUnnamedState,       ///< a state has no name [states]
    kDuplicateState,     ///< an earlier state has the same name [states: state]
    kUnknownFrom,        ///< a transition leads out of what is no state [transitions: all]
    kUnknownTo,          ///< a transition leads into what is no state [transitions: all]
    kUnnamedAction,      ///< a transition's action has no name [transitions: all]
    kDuplicateAction,    ///< an earlier one has the same state and action [transitions: all]
    kUnknownInitial,     ///< what is initial is no state [initial: state]
    kDuplicateInitial,   ///< it is given twice [initial: state]
    kBookedNotInitial,   ///< `Book` begins in what is not initial, or no state [state]
    kBookedNotOccupied,  ///< `Book` begins in a state that takes no time, or is held [state]
    kHeldNotInitial,     ///< `Hold` begins in what is not initial, or no state [state]
    kHeldNotHeld,        ///< `Hold` begins in a state that never runs out [state]
    kNoTimeout,       ///< held, but no "expire" leads to a state that takes no time [states: state]
    kLeavesTerminal,  ///< a transition leads out of a terminal state [transitions: all]
    kUnreachable,     ///< no initial state leads there [states: state]
    kDeadEnd,         ///< not terminal, but nothing leads out of it [states: state]
    kNeverEnds,       ///< something leads out of it, but never to a terminal state [states: state]
  };

  Kind kind{};
  std::size_t row = 0;  ///< of the table concerned, from 0; 0 where it is about none
  std::string_view state{};
  std::string_view action{};
  std::string_view to{};

  friend constexpr auto operator<=>(const WorkflowProblem&, const WorkflowProblem&) = default;
};

/// A problem in words, on one line: `"done" is terminal, but "reopen" leads to "planned"`.
std::string ToString(const WorkflowProblem& problem);

/// The tables of a workflow and the states in which bookings and holds begin.
///
/// What is wrong by itself counts for nothing in what is checked after it, so that a slip is not
/// reported as more than it is: a state without a name or with a name that is taken; a transition
/// from or to an unknown state, without an action, or with one that is taken; an unknown initial
/// state. A table without states, or with too many, is read no further.
struct WorkflowTable {
  std::span<const StateDefinition> states;
  std::span<const TransitionDefinition> transitions;
  std::span<const std::string_view> initial;  ///< where a booking may begin
  std::string_view booked;                    ///< where `Book` begins
  std::string_view held;                      ///< where `Hold` begins; empty: no holds

  /// The first of Problems(); none where the table is sound. For a static_assert. O((states +
  /// transitions)^2).
  constexpr std::optional<WorkflowProblem> FirstProblem() const;

  /// Everything that is wrong, by kind, then by row; empty where the table is sound. Refers to the
  /// table's names. O((states + transitions)^2).
  std::vector<WorkflowProblem> Problems() const;

  /// The row of the first state of that name. O(states).
  constexpr std::optional<std::size_t> IndexOf(std::string_view name) const {
    for (std::size_t i = 0; i < states.size(); ++i) {
      if (states[i].name == name) return i;
    }
    return std::nullopt;
  }
};

}  // namespace clinic

#include "clinic/internal/workflow_checks.hpp"
