// Workflows against a reference that knows nothing of graphs: it follows every path by name, and
// reads each definition word by word.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "clinic/workflow.hpp"

namespace clinic {
namespace {

using Time = StateDefinition::Time;
using Ending = StateDefinition::Ending;
using Kind = WorkflowProblem::Kind;

struct Tables {
  std::vector<StateDefinition> states;
  std::vector<TransitionDefinition> transitions;
  std::vector<std::string_view> initial;
  std::string_view booked;
  std::string_view held;

  WorkflowTable View() const { return {states, transitions, initial, booked, held}; }
};

// Everything that is wrong, as the documentation of WorkflowProblem has it.
class Reference {
 public:
  explicit Reference(const Tables& tables) : tables_(tables) {
    if (tables_.states.empty()) {
      problems_ = {{Kind::kNoStates}};
      return;
    }
    ReadStates();
    ReadTransitions();
    ReadInitial();
    for (const auto& [name, row] : rows_) JudgeState(name, row);
    JudgeBeginnings();
  }

  const std::set<WorkflowProblem>& problems() const { return problems_; }

 private:
  void ReadStates() {
    for (std::size_t i = 0; i < tables_.states.size(); ++i) {
      const std::string_view name = tables_.states[i].name;
      if (name.empty()) {
        problems_.insert({Kind::kUnnamedState, i});
      } else if (!rows_.emplace(name, i).second) {
        problems_.insert({Kind::kDuplicateState, i, name});
      }
    }
  }

  void ReadTransitions() {
    std::set<std::pair<std::string_view, std::string_view>> seen;
    for (std::size_t i = 0; i < tables_.transitions.size(); ++i) {
      const auto& [from, action, to] = tables_.transitions[i];
      std::set<Kind> wrong;
      if (!rows_.contains(from)) wrong.insert(Kind::kUnknownFrom);
      if (!rows_.contains(to)) wrong.insert(Kind::kUnknownTo);
      const bool is_new = seen.emplace(from, action).second;
      if (action.empty()) wrong.insert(Kind::kUnnamedAction);
      if (!action.empty() && !is_new) wrong.insert(Kind::kDuplicateAction);
      for (const Kind kind : wrong) problems_.insert({kind, i, from, action, to});
      if (wrong.empty()) sound_.insert(i);
    }
  }

  void ReadInitial() {
    std::set<std::string_view> seen;
    for (std::size_t i = 0; i < tables_.initial.size(); ++i) {
      const std::string_view name = tables_.initial[i];
      if (!rows_.contains(name)) problems_.insert({Kind::kUnknownInitial, i, name});
      if (!seen.insert(name).second) problems_.insert({Kind::kDuplicateInitial, i, name});
      if (rows_.contains(name)) initial_.insert(name);
    }
  }

  // Every state that a path of any length from `from` visits, `from` included.
  void Follow(std::string_view from, std::set<std::string_view>& visited) const {
    if (!visited.insert(from).second) return;
    for (const std::size_t i : sound_) {
      if (tables_.transitions[i].from == from) Follow(tables_.transitions[i].to, visited);
    }
  }

  const StateDefinition& Definition(std::string_view name) const {
    return tables_.states[rows_.at(name)];
  }

  void JudgeState(std::string_view name, std::size_t row) {
    const bool terminal = Definition(name).ending == Ending::kTerminal;
    bool leaves = false;
    bool runs_out = false;
    for (const std::size_t i : sound_) {
      const auto& [from, action, to] = tables_.transitions[i];
      if (from != name) continue;
      leaves = true;
      if (action == "expire" && Definition(to).time == Time::kFree) runs_out = true;
      if (terminal) problems_.insert({Kind::kLeavesTerminal, i, from, action, to});
    }
    if (Definition(name).time == Time::kHeld && !runs_out) {
      problems_.insert({Kind::kNoTimeout, row, name});
    }
    const auto leads_here = [&](std::string_view beginning) {
      std::set<std::string_view> visited;
      Follow(beginning, visited);
      return visited.contains(name);
    };
    if (std::none_of(initial_.begin(), initial_.end(), leads_here)) {
      problems_.insert({Kind::kUnreachable, row, name});
    }
    std::set<std::string_view> ahead;
    Follow(name, ahead);
    if (std::none_of(ahead.begin(), ahead.end(), [&](std::string_view other) {
          return Definition(other).ending == Ending::kTerminal;
        })) {
      problems_.insert({leaves ? Kind::kNeverEnds : Kind::kDeadEnd, row, name});
    }
  }

  void JudgeBeginnings() {
    if (!initial_.contains(tables_.booked)) {
      problems_.insert({Kind::kBookedNotInitial, 0, tables_.booked});
    } else if (Definition(tables_.booked).time != Time::kOccupied) {
      problems_.insert({Kind::kBookedNotOccupied, 0, tables_.booked});
    }
    if (tables_.held.empty()) return;
    if (!initial_.contains(tables_.held)) {
      problems_.insert({Kind::kHeldNotInitial, 0, tables_.held});
    } else if (Definition(tables_.held).time != Time::kHeld) {
      problems_.insert({Kind::kHeldNotHeld, 0, tables_.held});
    }
  }

  const Tables& tables_;
  std::map<std::string_view, std::size_t> rows_;
  std::set<std::size_t> sound_;
  std::set<std::string_view> initial_;
  std::set<WorkflowProblem> problems_;
};

class RandomTables {
 public:
  explicit RandomTables(std::uint64_t seed) : random_(seed) {}

  // Mostly sensible, so that there are sound ones among them and each problem is seen by itself.
  Tables Next() {
    Tables tables;
    const std::size_t states = Pick(7);
    for (std::size_t i = 0; i < states; ++i) {
      const auto time = static_cast<Time>(Pick(3));
      const bool terminal = time != Time::kHeld && Pick(2) == 0;
      tables.states.push_back(
          {Rarely() ? AnyName() : kNames[i], time, terminal ? Ending::kTerminal : Ending::kOpen});
    }
    for (const StateDefinition& state : tables.states) {
      if (state.ending == Ending::kTerminal && !Rarely()) continue;
      const std::size_t ways = Rarely() ? 0 : 1 + Pick(3);
      for (std::size_t i = 0; i < ways; ++i) {
        const bool held = i == 0 && state.time == Time::kHeld && !Rarely();
        const std::string_view action = held ? "expire" : Rarely() ? "" : kActions[i];
        const std::string_view to = Rarely() ? AnyName() : tables.states[Pick(states)].name;
        tables.transitions.push_back({Rarely() ? AnyName() : state.name, action, to});
      }
    }
    for (const StateDefinition& state : tables.states) {
      if (Pick(2) == 0) tables.initial.push_back(Rarely() ? AnyName() : state.name);
      if (state.time == Time::kOccupied && Pick(3) > 0) tables.booked = state.name;
      if (state.time == Time::kHeld && Pick(3) > 0) tables.held = state.name;
    }
    for (const std::string_view begins : {tables.booked, tables.held}) {
      const bool there = std::count(tables.initial.begin(), tables.initial.end(), begins) > 0;
      if (!begins.empty() && !there && !Rarely()) tables.initial.push_back(begins);
    }
    if (Rarely()) tables.booked = AnyName();
    if (Rarely()) tables.held = AnyName();
    if (Rarely()) tables.initial.push_back(AnyName());
    return tables;
  }

 private:
  static constexpr std::string_view kNames[] = {"a", "b", "c", "d", "e", "f", "g", ""};
  static constexpr std::string_view kActions[] = {"expire", "move", "turn"};

  std::size_t Pick(std::size_t below) {
    return std::uniform_int_distribution<std::size_t>(0, below - 1)(random_);
  }
  bool Rarely() { return Pick(40) == 0; }
  std::string_view AnyName() { return kNames[Pick(std::size(kNames))]; }

  std::mt19937_64 random_;
};

// The compiled workflow answers as the table reads.
void ExpectFaithful(const Workflow& workflow, const Tables& tables) {
  ASSERT_EQ(workflow.size(), tables.states.size());
  std::size_t transitions = 0;
  for (std::size_t i = 0; i < tables.states.size(); ++i) {
    const auto state = static_cast<State>(i);
    const auto& [name, time, ending] = tables.states[i];
    EXPECT_EQ(workflow.Name(state), name);
    EXPECT_EQ(workflow.Find(name), state);
    EXPECT_EQ(workflow.Occupies(state), time != Time::kFree);
    EXPECT_EQ(workflow.IsHeld(state), time == Time::kHeld);
    EXPECT_EQ(workflow.IsTerminal(state), ending == Ending::kTerminal);
    EXPECT_EQ(workflow.IsInitial(state),
              std::count(tables.initial.begin(), tables.initial.end(), name) > 0);
    transitions += workflow.TransitionsFrom(state).size();
  }
  EXPECT_EQ(transitions, tables.transitions.size());
  for (const auto& [from, action, to] : tables.transitions) {
    EXPECT_EQ(workflow.Next(*workflow.Find(from), action), workflow.Find(to));
  }
  EXPECT_EQ(workflow.Name(workflow.booked()), tables.booked);
  EXPECT_EQ(workflow.held(), workflow.Find(tables.held));
}

TEST(WorkflowRandom, EveryProblemIsFoundAndNoOther) {
  RandomTables random(20240301);
  std::map<Kind, int> met;
  int sound = 0;
  for (int round = 0; round < 10'000; ++round) {
    const Tables tables = random.Next();
    const Reference reference(tables);
    const std::vector<WorkflowProblem> expected(reference.problems().begin(),
                                                reference.problems().end());
    const std::vector<WorkflowProblem> found = tables.View().Problems();
    ASSERT_EQ(found, expected) << "round " << round;
    const auto first = expected.empty() ? std::nullopt : std::optional(expected.front());
    ASSERT_EQ(tables.View().FirstProblem(), first) << "round " << round;

    const Result<Workflow> workflow = Workflow::Make(tables.View());
    ASSERT_EQ(workflow.ok(), expected.empty()) << "round " << round;
    if (workflow.ok()) ExpectFaithful(*workflow, tables);
    sound += workflow.ok() ? 1 : 0;
    for (const WorkflowProblem& problem : found) {
      ++met[problem.kind];
      if (workflow.ok()) continue;
      ASSERT_NE(workflow.error().message.find(ToString(problem)), std::string::npos);
    }
  }
  EXPECT_GE(sound, 250);
  for (int kind = 0; kind <= static_cast<int>(Kind::kNeverEnds); ++kind) {
    if (static_cast<Kind>(kind) == Kind::kTooManyStates) continue;
    EXPECT_GE(met[static_cast<Kind>(kind)], 50) << "kind " << kind;
  }
}

}  // namespace
}  // namespace clinic
