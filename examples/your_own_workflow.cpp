// A workflow of one's own: an operating theatre's words instead of FHIR's.
//
// Prints:
//   prepare: prepared
//   cancel: refused, possible is: operate
//   operate: operated
#include <clinic/clinic.hpp>
#include <iostream>

using namespace std::chrono_literals;
using Time = clinic::StateDefinition::Time;
using Ending = clinic::StateDefinition::Ending;

constexpr clinic::StateDefinition kStates[] = {{"planned"},
                                               {"prepared"},
                                               {"operated", Time::kOccupied, Ending::kTerminal},
                                               {"called-off", Time::kFree, Ending::kTerminal}};
constexpr clinic::TransitionDefinition kTransitions[] = {{"planned", "cancel", "called-off"},
                                                         {"planned", "prepare", "prepared"},
                                                         {"prepared", "operate", "operated"}};
constexpr std::string_view kInitial[] = {"planned"};
constexpr clinic::WorkflowTable kTheatre{kStates, kTransitions, kInitial, "planned", ""};
static_assert(!kTheatre.FirstProblem());

int main() {
  clinic::SystemClock clock;
  clinic::UuidV7Generator ids(clock, /*seed=*/1);
  const clinic::Workflow workflow = clinic::Workflow::Make(kTheatre).value();
  clinic::Scheduler scheduler(clock, ids, {.workflow = &workflow});
  const auto theatre = scheduler.AddResource({.kind = clinic::ResourceKind::kRoom});
  const clinic::Interval morning{clock.Now() + 1h, clock.Now() + 4h};
  const auto operation = scheduler.Book({.resources = {theatre->id}, .interval = morning});
  for (const std::string action : {"prepare", "cancel", "operate"}) {
    const auto next = scheduler.Transition(operation->id, action);
    std::cout << action << ": "
              << (next ? next->status : "refused, possible is: " + next.error().allowed[0]) << '\n';
  }
}
