#include "clinic/workflow.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "clinic/appointment_status.hpp"

namespace clinic {
namespace {

using Time = StateDefinition::Time;
using Ending = StateDefinition::Ending;
using Kind = WorkflowProblem::Kind;

// Tables that a test changes before it looks at them.
struct Tables {
  std::vector<StateDefinition> states = {{"asked", Time::kHeld},
                                         {"planned"},
                                         {"done", Time::kOccupied, Ending::kTerminal},
                                         {"off", Time::kFree, Ending::kTerminal}};
  std::vector<TransitionDefinition> transitions = {{"asked", "confirm", "planned"},
                                                   {"asked", "expire", "off"},
                                                   {"planned", "finish", "done"},
                                                   {"planned", "cancel", "off"}};
  std::vector<std::string_view> initial = {"asked", "planned"};
  std::string_view booked = "planned";
  std::string_view held = "asked";

  WorkflowTable View() const { return {states, transitions, initial, booked, held}; }

  std::vector<std::string> Problems() const {
    std::vector<std::string> words;
    for (const WorkflowProblem& problem : View().Problems()) words.push_back(ToString(problem));
    return words;
  }
};

using Words = std::vector<std::string>;

TEST(Workflow, ATableWithoutStatesOrWithTooManyIsReadNoFurther) {
  Tables tables;
  tables.states.clear();
  EXPECT_EQ(tables.Problems(), Words{"there are no states"});

  std::vector<std::string> names;
  for (int i = 0; i < 65; ++i) names.push_back("state " + std::to_string(i));
  for (const std::string& name : names) {
    tables.states.push_back({name, Time::kFree, Ending::kTerminal});
  }
  EXPECT_EQ(tables.Problems(), Words{"there are more than 64 states"});
  EXPECT_EQ(tables.View().FirstProblem()->kind, Kind::kTooManyStates);
}

TEST(Workflow, ATableOf64StatesIsReadToItsLast) {
  Tables tables;
  std::vector<std::string> names;
  for (int i = 0; i < 60; ++i) names.push_back("state " + std::to_string(i));
  for (const std::string& name : names) tables.states.push_back({name});
  const std::string last = "\"state 59\"";
  const Words problems = tables.Problems();
  ASSERT_EQ(problems.size(), 120U);
  EXPECT_EQ(problems[59], last + " cannot be reached from an initial state");
  EXPECT_EQ(problems[119], last + " is not terminal, but nothing leads out of it");
}

TEST(Workflow, NamesThatAreMissingTakenOrUnknownAreAllReported) {
  Tables tables;
  tables.states.push_back({""});
  tables.states.push_back({"done"});
  tables.transitions.push_back({"plannd", "move", "planned"});
  tables.transitions.push_back({"planned", "move", "moved"});
  tables.transitions.push_back({"planned", "", "done"});
  tables.transitions.push_back({"planned", "cancel", "done"});
  tables.initial = {"asked", "planned", "planed", "asked"};
  EXPECT_EQ(tables.Problems(),
            (Words{"state number 5 has no name", "\"done\" is defined twice",
                   "\"move\" leads from \"plannd\", which is no state, to \"planned\"",
                   "\"move\" leads from \"planned\" to \"moved\", which is no state",
                   "an action without a name leads from \"planned\" to \"done\"",
                   "\"cancel\" leads from \"planned\" twice, the second time to \"done\"",
                   "\"planed\" is initial, but no state", "\"asked\" is initial twice"}));
}

TEST(Workflow, StatesThatBookingsCannotBeginInAreReported) {
  Tables tables;
  tables.booked = "done";
  tables.held = "nothing";
  EXPECT_EQ(tables.Problems(), (Words{"Book begins in \"done\", which is no initial state",
                                      "Hold begins in \"nothing\", which is no initial state"}));
  tables.booked = "asked";  // nothing would say when it runs out
  tables.held = "planned";
  EXPECT_EQ(tables.Problems(), (Words{"Book begins in \"asked\", which takes no time or is held",
                                      "Hold begins in \"planned\", which is not held"}));
  tables.booked = "";
  tables.held = "";
  EXPECT_EQ(tables.Problems(), Words{"Book begins in \"\", which is no initial state"});
}

TEST(Workflow, AHeldStateRunsOutIntoAStateThatTakesNoTime) {
  Tables tables;
  const Words missing = {
      "\"asked\" is held, but no \"expire\" leads to a state that takes no time"};
  tables.transitions[1].to = "done";
  EXPECT_EQ(tables.Problems(), missing);
  tables.transitions[1] = {"asked", "decline", "off"};
  EXPECT_EQ(tables.Problems(), missing);
}

TEST(Workflow, WaysOutOfTerminalStatesAreEachReported) {
  Tables tables;
  tables.transitions.push_back({"off", "plan", "planned"});
  tables.transitions.push_back({"done", "reopen", "planned"});
  tables.transitions.push_back({"done", "redo", "done"});
  EXPECT_EQ(tables.Problems(), (Words{"\"off\" is terminal, but \"plan\" leads to \"planned\"",
                                      "\"done\" is terminal, but \"reopen\" leads to \"planned\"",
                                      "\"done\" is terminal, but \"redo\" leads to \"done\""}));
}

TEST(Workflow, StatesThatNothingLeadsToOrThatNeverEndAreReported) {
  Tables tables;
  tables.states.push_back({"lost", Time::kFree, Ending::kTerminal});
  tables.states.push_back({"stuck"});
  tables.states.push_back({"to"});
  tables.states.push_back({"fro"});
  tables.transitions.push_back({"planned", "stick", "stuck"});
  tables.transitions.push_back({"planned", "swing", "to"});
  tables.transitions.push_back({"to", "swing", "fro"});
  tables.transitions.push_back({"fro", "swing", "to"});
  EXPECT_EQ(tables.Problems(),
            (Words{"\"lost\" cannot be reached from an initial state",
                   "\"stuck\" is not terminal, but nothing leads out of it",
                   "\"to\" leads to no terminal state", "\"fro\" leads to no terminal state"}));
}

TEST(Workflow, MakeReportsEverythingThatIsWrongAtOnce) {
  Tables tables;
  tables.transitions[1] = {"asked", "decline", "away"};
  tables.transitions.push_back({"done", "reopen", "planned"});
  const Result<Workflow> workflow = Workflow::Make(tables.View());
  ASSERT_FALSE(workflow.ok());
  EXPECT_EQ(workflow.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(workflow.error().message,
            "the workflow is not sound: "
            "\"decline\" leads from \"asked\" to \"away\", which is no state; "
            "\"asked\" is held, but no \"expire\" leads to a state that takes no time; "
            "\"done\" is terminal, but \"reopen\" leads to \"planned\"");
}

TEST(Workflow, ATableIsCheckedWhileCompiling) {
  static constexpr StateDefinition kStates[] = {{"planned"},
                                                {"done", Time::kOccupied, Ending::kTerminal},
                                                {"lost", Time::kFree, Ending::kTerminal}};
  static constexpr TransitionDefinition kTransitions[] = {{"planned", "finish", "done"}};
  static constexpr std::string_view kInitial[] = {"planned"};
  static constexpr WorkflowTable kTable{kStates, kTransitions, kInitial, "planned", ""};
  static_assert(kTable.FirstProblem() == WorkflowProblem{Kind::kUnreachable, 2, "lost"});
  static_assert(!appointment_status::kTable.FirstProblem());
  EXPECT_EQ(kTable.Problems(), (std::vector{WorkflowProblem{Kind::kUnreachable, 2, "lost"}}));
}

TEST(Workflow, KeepsItsNamesWhenTheTableIsGone) {
  const auto made = [] {
    // Long enough for the heap, so that a sanitizer sees whoever reads them too late.
    const std::string planned = "planned for a day that is to be agreed upon";
    const std::string finish = "finish everything that there is to be done";
    const std::string done = "done to the satisfaction of everybody concerned";
    const StateDefinition states[] = {{planned}, {done, Time::kOccupied, Ending::kTerminal}};
    const TransitionDefinition transitions[] = {{planned, finish, done}};
    const std::string_view initial[] = {planned};
    return Workflow::Make({states, transitions, initial, planned, ""});
  }();
  ASSERT_TRUE(made.ok());
  auto first = std::make_unique<Workflow>(*made);
  const Workflow copy = *first;
  first.reset();
  EXPECT_EQ(copy.Name(copy.booked()), "planned for a day that is to be agreed upon");
  EXPECT_EQ(copy.ActionsFrom(copy.booked()), Words{"finish everything that there is to be done"});
  const auto next = copy.Next(copy.booked(), "finish everything that there is to be done");
  ASSERT_TRUE(next.has_value());
  EXPECT_EQ(copy.Name(*next), "done to the satisfaction of everybody concerned");
  EXPECT_TRUE(copy.IsTerminal(*next));
  EXPECT_EQ(copy.held(), std::nullopt);
}

}  // namespace
}  // namespace clinic
