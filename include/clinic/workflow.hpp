// The states that a booking goes through, verified and ready for use.
//
// A Workflow is made from a table (clinic/workflow_table.hpp) and keeps names of its own, so that
// the table may come from a file and be thrown away. That one exists means that its table was
// sound: every state can be reached, nothing leads out of a terminal one, every other one can come
// to an end, and whatever is held runs out. FHIR's Appointment.status
// (clinic/appointment_status.hpp) is the one that a scheduler follows unless it is given another.
//
// Immutable after construction; safe to read from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "clinic/result.hpp"
#include "clinic/workflow_table.hpp"

namespace clinic {

/// A state of one workflow: its row in the table of states.
enum class State : std::uint8_t {};

class Workflow {
 public:
  /// A way out of a state.
  struct Transition {
    std::string action;
    State to{};
  };

  /// Verifies and compiles a table; refers to nothing of it afterwards. Error: kInvalidArgument,
  /// with everything that table.Problems() finds, in words. O((states + transitions)^2).
  static Result<Workflow> Make(const WorkflowTable& table);

  /// FHIR R4's Appointment.status (clinic/appointment_status.hpp).
  static const Workflow& Fhir();

  State booked() const { return booked_; }
  std::optional<State> held() const { return held_; }

  /// The number of states; they are State{0}, State{1}, ... in the order of the table.
  std::size_t size() const { return states_.size(); }

  std::string_view Name(State state) const { return At(state).name; }
  bool Occupies(State state) const { return At(state).time != StateDefinition::Time::kFree; }
  bool IsHeld(State state) const { return At(state).time == StateDefinition::Time::kHeld; }
  bool IsTerminal(State state) const {
    return At(state).ending == StateDefinition::Ending::kTerminal;
  }

  /// True where a booking may begin in that state.
  bool IsInitial(State state) const { return At(state).initial; }

  /// The state of that name. O(states).
  std::optional<State> Find(std::string_view name) const;

  /// Where `action` leads from `from`; none where the workflow does not allow it. O(ways out).
  std::optional<State> Next(State from, std::string_view action) const;

  /// The ways out of a state, in the order of the table.
  std::span<const Transition> TransitionsFrom(State from) const { return At(from).ways_out; }

  /// The actions that are possible in a state, in the order of the table.
  std::vector<std::string> ActionsFrom(State from) const;

 private:
  struct CompiledState {
    std::string name;
    StateDefinition::Time time{};
    StateDefinition::Ending ending{};
    bool initial = false;
    std::vector<Transition> ways_out{};
  };

  Workflow() = default;

  const CompiledState& At(State state) const { return states_[static_cast<std::size_t>(state)]; }

  std::vector<CompiledState> states_;
  State booked_{};
  std::optional<State> held_;
};

/// A workflow as a drawing in Graphviz's language (https://graphviz.org/doc/info/lang.html), for
/// `dot -Tsvg`: states that take time are filled, held ones dashed, terminal ones have a double
/// line, and arrows from a dot lead to where bookings begin. The same workflow gives the same text,
/// byte for byte. O(states + transitions).
std::string ToGraphviz(const Workflow& workflow);

}  // namespace clinic
