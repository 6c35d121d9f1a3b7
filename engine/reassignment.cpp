// How a plan is found:
//
//   1. The appointments become numbers (reassignment_model.hpp): which options there are, and which
//   of
//      them want the same moment.
//   2. A greedy plan is made, and improved by moving what is in the way: from here on there is
//   always
//      an answer.
//   3. A flow of least cost says what the plan must cost at least (reassignment_flow.hpp), and
//   where
//      the candidates have one length on one grid it is the best plan already.
//   4. Its prices of moments are improved (reassignment_prices.hpp): the bound rises, and better
//   plans
//      follow from them. An option with which the bound reaches the cost of the best plan so far
//      can be forgotten; mostly few are left, which are a smaller problem of the same kind: again
//      from 3.
//   5. What is still in doubt is decided by branching at moments that two appointments want
//      (reassignment_search.hpp), depth first.
#include "clinic/reassignment.hpp"

#include <algorithm>
#include <numeric>
#include <string>

#include "engine/reassignment_budget.hpp"
#include "engine/reassignment_flow.hpp"
#include "engine/reassignment_model.hpp"
#include "engine/reassignment_repair.hpp"
#include "engine/reassignment_search.hpp"

namespace clinic {
namespace reassignment {
namespace {

constexpr int kRoundsAtRoot = 300;
constexpr int kRoundsBetweenPlans = 20;

Result<void> CheckCosts(std::span<const Displaced> displaced) {
  Cost total = 0;
  for (std::size_t at = 0; at < displaced.size(); ++at) {
    const auto is_absurd = [](Cost cost) { return cost < 0 || cost > kMostTotalCost; };
    const bool absurd = is_absurd(displaced[at].cost_of_leaving_out) ||
                        std::ranges::any_of(displaced[at].candidates, is_absurd, &Candidate::cost);
    if (absurd) {
      return Error{ErrorCode::kInvalidArgument, "a cost of displaced appointment " +
                                                    std::to_string(at) + " is negative or above " +
                                                    std::to_string(kMostTotalCost)};
    }
    total += displaced[at].cost_of_leaving_out;
    if (total > kMostTotalCost) {
      return Error{ErrorCode::kInvalidArgument,
                   "the costs of leaving out, up to displaced appointment " + std::to_string(at) +
                       ", add up to more than " + std::to_string(kMostTotalCost)};
    }
  }
  return {};
}

Result<void> CheckIntervals(std::span<const Displaced> displaced) {
  for (std::size_t at = 0; at < displaced.size(); ++at) {
    for (const Candidate& candidate : displaced[at].candidates) {
      if (!std::ranges::all_of(candidate.occupies, IsProper, &Occupation::interval)) {
        return Error{ErrorCode::kBadInterval,
                     "a candidate of displaced appointment " + std::to_string(at) +
                         " has a time that does not end after it starts, in the years 1 to 9999"};
      }
    }
  }
  return {};
}

/// What is known about the best plan.
struct Answer {
  Incumbent incumbent;
  Cost lower_bound = 0;  ///< in Model::unit above Model::base

  bool proven() const { return lower_bound == incumbent.cost; }
  void Raise(Cost bound) { lower_bound = std::max(lower_bound, std::min(bound, incumbent.cost)); }
};

/// Takes the flow's bound over, and its plan where it can be carried out.
std::vector<Cost> TakeFlow(const Model& model, Answer& answer, Budget& budget) {
  budget.Spend(StepsOfFlow(model));
  FlowRelaxation flow = RelaxToFlow(model);
  if (IsFeasible(model, flow.plan)) answer.incumbent.Offer(model, flow.plan);
  answer.Raise(flow.cost);
  return std::move(flow.prices);
}

/// Steps 3 to 5.
void Improve(Model model, Answer& answer, Budget& budget) {
  while (!answer.proven() && !budget.spent()) {
    Search search(model, answer.incumbent, budget);
    if (budget.Allows(StepsOfFlow(model))) {
      search.SetPrices(TakeFlow(model, answer, budget));
      if (answer.proven()) return;
    }
    if (!search.Tighten(kRoundsAtRoot, kRoundsBetweenPlans, 0)) {
      return answer.Raise(answer.incumbent.cost);
    }
    answer.Raise(search.bound());
    const std::vector<bool> open = search.open();
    if (2 * std::ranges::count(open, true) > std::ssize(open)) {
      if (search.Run()) answer.Raise(answer.incumbent.cost);
      return;
    }
    model = Reduced(model, open);
  }
}

Answer Solve(const Model& model, std::int64_t most_steps) {
  Budget budget(most_steps);
  Answer answer;
  std::vector<Index> order(model.appointments());
  std::iota(order.begin(), order.end(), Index{0});
  Plan plan = *PlaceInOrder(model, order, std::vector<Cost>(model.moments + std::size_t{1}));
  MakeRoom(model, plan, budget);
  answer.incumbent.Offer(model, plan);
  Improve(model, answer, budget);
  return answer;
}

}  // namespace
}  // namespace reassignment

Result<Reassignment> ReassignAtLeastCost(std::span<const Displaced> displaced,
                                         const ReassignmentOptions& options) {
  using namespace reassignment;
  if (const Result<void> checked = CheckCosts(displaced); !checked) return checked.error();
  if (const Result<void> checked = CheckIntervals(displaced); !checked) return checked.error();
  if (displaced.empty()) return Reassignment{.chosen = {}, .proven_optimal = true};

  const Model model = ModelOf(displaced);
  const Answer answer = Solve(model, options.most_steps);
  Reassignment result{.chosen = {},
                      .cost = model.InFull(answer.incumbent.cost),
                      .lower_bound = model.InFull(answer.lower_bound),
                      .proven_optimal = answer.proven()};
  for (const Index candidate : answer.incumbent.candidates) {
    result.chosen.push_back(candidate == kLeaveOut ? std::nullopt
                                                   : std::optional<std::size_t>(candidate));
  }
  return result;
}

}  // namespace clinic
