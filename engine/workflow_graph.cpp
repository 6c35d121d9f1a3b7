#include "engine/workflow_graph.hpp"

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/breadth_first_search.hpp>
#include <boost/graph/reverse_graph.hpp>
#include <boost/pending/queue.hpp>
#include <cstddef>

namespace clinic::internal {
namespace {

// A vertex is a row of the table of states; an edge knows its row of the table of transitions.
struct TransitionRow {
  std::size_t row = 0;
};
using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS,
                                    boost::no_property, TransitionRow>;
using Vertices = std::vector<std::size_t>;

Graph GraphOf(const WorkflowTable& table) {
  Graph graph(table.states.size());
  for (std::size_t row = 0; row < table.transitions.size(); ++row) {
    const std::optional<Way> way = FindWay(table, row);
    if (way) boost::add_edge(way->from, way->to, TransitionRow{row}, graph);
  }
  return graph;
}

// What a walk from `sources` comes to, themselves included, an entry a vertex.
template <typename AnyGraph>
std::vector<bool> ReachedFrom(const Vertices& sources, const AnyGraph& graph) {
  std::vector<boost::default_color_type> colors(boost::num_vertices(graph), boost::white_color);
  boost::queue<std::size_t> waiting;
  boost::breadth_first_visit(
      graph, sources.begin(), sources.end(), waiting, boost::default_bfs_visitor(),
      boost::make_iterator_property_map(colors.begin(), boost::get(boost::vertex_index, graph)));
  std::vector<bool> reached;
  for (const boost::default_color_type color : colors) {
    reached.push_back(color != boost::white_color);
  }
  return reached;
}

}  // namespace

void CheckGraph(const WorkflowTable& table, std::vector<WorkflowProblem>& problems) {
  using Kind = WorkflowProblem::Kind;
  const Graph graph = GraphOf(table);
  Vertices sound;
  Vertices initial;
  Vertices terminal;
  for (std::size_t i = 0; i < table.states.size(); ++i) {
    if (!IsSoundState(table, i)) continue;
    sound.push_back(i);
    if (IsInitial(table, table.states[i].name)) initial.push_back(i);
    if (IsTerminal(table.states[i])) terminal.push_back(i);
  }
  for (const std::size_t i : terminal) {
    for (auto [edge, end] = boost::out_edges(i, graph); edge != end; ++edge) {
      problems.push_back(ProblemOf(Kind::kLeavesTerminal, table, graph[*edge].row));
    }
  }
  const std::vector<bool> reached = ReachedFrom(initial, graph);
  const std::vector<bool> ending = ReachedFrom(terminal, boost::make_reverse_graph(graph));
  for (const std::size_t i : sound) {
    const std::string_view name = table.states[i].name;
    if (!reached[i]) problems.push_back({Kind::kUnreachable, i, name});
    if (ending[i]) continue;
    const bool leads_on = boost::out_degree(i, graph) > 0;
    problems.push_back({leads_on ? Kind::kNeverEnds : Kind::kDeadEnd, i, name});
  }
}

}  // namespace clinic::internal
