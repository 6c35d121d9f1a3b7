// A workflow that is read while running: everything that is wrong with it; put right, a drawing.
//
// Prints:
//   "prepare" leads from "planned" to "prepard", which is no state
//   "prepared" cannot be reached from an initial state
//   "operated" cannot be reached from an initial state
//   "planned" is not terminal, but nothing leads out of it
//   digraph workflow {
//     rankdir=LR;
//     "" [shape=point];
//     "planned" [style=filled];
//     "prepared" [style=filled];
//     "operated" [shape=doublecircle];
//     "" -> "planned" [label="book"];
//     "planned" -> "prepared" [label="prepare"];
//     "prepared" -> "operated" [label="operate"];
//   }
#include <clinic/clinic.hpp>
#include <iostream>
#include <sstream>

int main() {
  using enum clinic::StateDefinition::Ending;
  const clinic::StateDefinition states[] = {{"planned"}, {"prepared"}, {"operated", {}, kTerminal}};
  const std::string_view initial[] = {"planned"};
  for (const std::string entered : {"prepard", "prepared"}) {
    std::istringstream file("planned prepare " + entered + " prepared operate operated");
    const std::vector<std::string> words(std::istream_iterator<std::string>(file), {});
    std::vector<clinic::TransitionDefinition> transitions;
    for (std::size_t i = 0; i + 3 <= words.size(); i += 3)
      transitions.push_back({words[i], words[i + 1], words[i + 2]});
    const clinic::WorkflowTable table{states, transitions, initial, "planned", ""};
    for (const clinic::WorkflowProblem& problem : table.Problems())
      std::cout << clinic::ToString(problem) << '\n';
    if (const auto workflow = clinic::Workflow::Make(table))
      std::cout << clinic::ToGraphviz(*workflow);
  }
}
