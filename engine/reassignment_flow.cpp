#include "engine/reassignment_flow.hpp"

#include <algorithm>
#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/graph/successive_shortest_path_nonnegative_weights.hpp>
#include <boost/property_map/property_map.hpp>
#include <numeric>
#include <utility>

namespace clinic::reassignment {
namespace {

using Graph =
    boost::compressed_sparse_row_graph<boost::directedS, boost::no_property, boost::no_property,
                                       boost::no_property, Index, Index>;
using Edge = boost::graph_traits<Graph>::edge_descriptor;

constexpr Index kNoTile = std::numeric_limits<Index>::max();

/// For each option the range of moments where most others are in its way; empty where nothing is.
std::vector<Range> MostWanted(const Model& model) {
  std::vector<Index> demand(model.moments + std::size_t{1});
  for (const Range& range : model.ranges) {
    ++demand[range.first];
    --demand[range.last];  // wraps around, and back again in the sum
  }
  std::partial_sum(demand.begin(), demand.end(), demand.begin());
  const auto most = [&](const Range& range) {
    return *std::max_element(demand.begin() + range.first, demand.begin() + range.last);
  };
  std::vector<Range> wanted(model.options.size());
  for (Index option = 0; option < wanted.size(); ++option) {
    const auto ranges = model.MomentsOf(option);
    if (!ranges.empty()) wanted[option] = *std::ranges::max_element(ranges, {}, most);
  }
  return wanted;
}

/// The tiling: which moments units go through, and through which of them each option's does.
struct Tiles {
  std::vector<Index> moments;  ///< rising; the position is the tile's number
  std::vector<Index> of;       ///< for each option its tile, or kNoTile
};

/// The fewest moments of which every range has one: always the last of the range that ends first.
Tiles TilesOf(const std::vector<Range>& wanted) {
  std::vector<Index> order(wanted.size());
  std::iota(order.begin(), order.end(), Index{0});
  std::ranges::sort(order, {},
                    [&](Index option) { return std::pair(wanted[option].last, option); });
  Tiles tiles;
  tiles.of.assign(wanted.size(), kNoTile);
  for (const Index option : order) {
    const auto [first, last] = wanted[option];
    if (first == last) continue;
    if (tiles.moments.empty() || tiles.moments.back() < first) tiles.moments.push_back(last - 1);
    const auto tile = std::ranges::lower_bound(tiles.moments, first) - tiles.moments.begin();
    tiles.of[option] = static_cast<Index>(tile);
  }
  return tiles;
}

/// A network of arcs that carry one unit each. Arcs are given in any order, solved once.
class Network {
 public:
  /// Adds an arc and the one that takes its unit back.
  void Add(Index from, Index to, Cost cost) {
    arcs_.push_back({from, to, cost, 1});
    arcs_.push_back({to, from, -cost, 0});
  }

  /// Sends as many units as possible from vertex 0 to `sink`, at least cost.
  void Solve(Index vertices, Index sink) {
    const std::vector<Index> order = SortBySource();
    std::vector<std::pair<Index, Index>> ends;
    for (const Index arc : order) ends.emplace_back(arcs_[arc].from, arcs_[arc].to);
    const Graph graph(boost::edges_are_sorted, ends.begin(), ends.end(), vertices);
    std::vector<Edge> reverse(arcs_.size());
    std::vector<Cost> cost;
    std::vector<int> capacity;
    std::vector<Edge> edges(boost::edges(graph).first, boost::edges(graph).second);
    for (const Index arc : order) {
      reverse[place_[arc]] = edges[place_[arc ^ 1U]];
      cost.push_back(arcs_[arc].cost);
      capacity.push_back(arcs_[arc].capacity);
    }
    residual_.resize(arcs_.size());
    distance_.resize(vertices);
    std::vector<Cost> last_distance(vertices);
    std::vector<Edge> way(vertices);
    const auto by_edge = boost::get(boost::edge_index, graph);
    const auto by_vertex = boost::get(boost::vertex_index, graph);
    const auto map = [](auto& values, auto index) {
      return boost::make_iterator_property_map(values.begin(), index);
    };
    // Boost tells "no way to the sink" by a default edge, which is the first one of the graph: an
    // arc out of vertex 0, and so never the last one of a way to the sink.
    boost::successive_shortest_path_nonnegative_weights(
        graph, Index{0}, sink,
        boost::capacity_map(map(capacity, by_edge))
            .residual_capacity_map(map(residual_, by_edge))
            .weight_map(map(cost, by_edge))
            .reverse_edge_map(map(reverse, by_edge))
            .vertex_index_map(by_vertex)
            .predecessor_map(map(way, by_vertex))
            .distance_map(map(last_distance, by_vertex))
            .distance_map2(map(distance_, by_vertex)));
  }

  /// True where the arc that was added `nth` carries its unit.
  bool Carries(Index nth) const { return residual_[place_[2 * nth]] == 0; }

  /// The length of the shortest way to the vertex in what the flow leaves open.
  Cost DistanceTo(Index vertex) const { return distance_[vertex]; }

 private:
  struct Arc {
    Index from, to;
    Cost cost;
    int capacity;
  };

  std::vector<Index> SortBySource() {
    std::vector<Index> order(arcs_.size());
    std::iota(order.begin(), order.end(), Index{0});
    std::ranges::stable_sort(order, {}, [&](Index arc) { return arcs_[arc].from; });
    place_.resize(arcs_.size());
    for (Index at = 0; at < order.size(); ++at) place_[order[at]] = at;
    return order;
  }

  std::vector<Arc> arcs_;       ///< arc 2n was the nth added, 2n + 1 takes its unit back
  std::vector<Index> place_;    ///< of each arc in the graph's order
  std::vector<int> residual_;   ///< in the graph's order
  std::vector<Cost> distance_;  ///< by vertex
};

}  // namespace

FlowRelaxation RelaxToFlow(const Model& model) {
  const Tiles tiles = TilesOf(MostWanted(model));
  const Index appointments = model.appointments();
  const Index first_tile = appointments + 1;
  const Index sink = first_tile + static_cast<Index>(tiles.moments.size());
  Network network;
  for (Index appointment = 0; appointment < appointments; ++appointment) {
    const auto [begin, end] = model.OptionsOf(appointment);
    for (Index option = begin; option < end; ++option) {
      const Index tile = tiles.of[option];
      network.Add(1 + appointment, tile == kNoTile ? sink : first_tile + tile,
                  model.options[option].cost);
    }
  }
  for (Index appointment = 0; appointment < appointments; ++appointment) {
    network.Add(0, 1 + appointment, 0);
  }
  for (Index tile = first_tile; tile < sink; ++tile) network.Add(tile, sink, 0);
  network.Solve(sink + 1, sink);

  FlowRelaxation relaxation{.plan = Plan(appointments), .prices = {}};
  relaxation.prices.resize(model.moments);
  for (Index appointment = 0; appointment < appointments; ++appointment) {
    const auto [begin, end] = model.OptionsOf(appointment);
    for (Index option = begin; option < end; ++option) {
      if (network.Carries(option)) relaxation.plan[appointment] = option;
    }
  }
  for (Index tile = 0; tile < tiles.moments.size(); ++tile) {
    relaxation.prices[tiles.moments[tile]] =
        std::max<Cost>(0, network.DistanceTo(sink) - network.DistanceTo(first_tile + tile));
  }
  relaxation.cost = CostOfPlan(model, relaxation.plan);
  return relaxation;
}

std::int64_t StepsOfFlow(const Model& model) {
  // Each appointment searches the network once, and looks at every arc in both directions.
  return std::int64_t{2} * model.appointments() * static_cast<std::int64_t>(model.options.size());
}

}  // namespace clinic::reassignment
