// A workflow as text for Graphviz. A state is a node by its own name, so that the text can be read
// without being drawn; the dot from which bookings begin has the empty name, which no state has.
#include "clinic/workflow.hpp"

namespace clinic {
namespace {

// A name between quotes. Graphviz reads escapes in what it draws, so a backslash is doubled and a
// line's end spelled out.
std::string Quoted(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '\n') {
      quoted += "\\n";
      continue;
    }
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted += '"';
}

std::string StateLine(const Workflow& workflow, State state) {
  std::string attributes;
  if (workflow.IsTerminal(state)) attributes += " shape=doublecircle";
  if (workflow.IsHeld(state)) {
    attributes += " style=\"filled,dashed\"";
  } else if (workflow.Occupies(state)) {
    attributes += " style=filled";
  }
  const std::string name = "  " + Quoted(workflow.Name(state));
  return attributes.empty() ? name + ";\n" : name + " [" + attributes.substr(1) + "];\n";
}

std::string Arrow(std::string_view from, std::string_view label, std::string_view to) {
  const std::string arrow = "  " + Quoted(from) + " -> " + Quoted(to);
  return label.empty() ? arrow + ";\n" : arrow + " [label=" + Quoted(label) + "];\n";
}

}  // namespace

std::string ToGraphviz(const Workflow& workflow) {
  std::string states = "  \"\" [shape=point];\n";
  std::string beginnings;
  std::string transitions;
  for (std::size_t i = 0; i < workflow.size(); ++i) {
    const auto state = static_cast<State>(i);
    states += StateLine(workflow, state);
    if (workflow.IsInitial(state)) {
      const bool held = state == workflow.held();
      const std::string_view label = state == workflow.booked() ? "book" : held ? "hold" : "";
      beginnings += Arrow("", label, workflow.Name(state));
    }
    for (const auto& [action, to] : workflow.TransitionsFrom(state)) {
      transitions += Arrow(workflow.Name(state), action, workflow.Name(to));
    }
  }
  return "digraph workflow {\n  rankdir=LR;\n" + states + beginnings + transitions + "}\n";
}

}  // namespace clinic
