#include "engine/reassignment_search.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>

#include "engine/reassignment_repair.hpp"

namespace clinic::reassignment {
namespace {

constexpr Index kNobody = std::numeric_limits<Index>::max();

// Found by measuring: at the root the prices have a long way to go, in a branch they start near.
constexpr int kRoundsInBranch = 24;
constexpr int kHalvingsInBranch = 1;
constexpr int kPatience = 4;  // rounds without a better bound before steps get shorter

}  // namespace

void Incumbent::Offer(const Model& model, const Plan& plan) {
  const Cost offered = CostOfPlan(model, plan);
  if (!candidates.empty() && offered >= cost) return;
  cost = offered;
  candidates.clear();
  for (const Index option : plan) candidates.push_back(model.options[option].candidate);
}

Search::Search(const Model& model, Incumbent& incumbent, Budget& budget)
    : model_(model),
      incumbent_(incumbent),
      budget_(budget),
      open_(model),
      prices_(model),
      order_(model.appointments()),
      settled_(model.moments) {
  std::iota(order_.begin(), order_.end(), Index{0});
}

bool Search::Tighten(int rounds, int pause, int halvings) {
  return RaiseBound(rounds, pause, halvings) && Shut() && Propagate();
}

bool Search::RaiseBound(int rounds, int pause, int halvings) {
  Cost best = std::numeric_limits<Cost>::min();
  int patience = kPatience;
  for (int round = 0; round < rounds; ++round) {
    budget_.Spend(static_cast<std::int64_t>(open_.size()) + model_.moments);
    prices_.Choose(open_);
    if (prices_.bound() >= incumbent_.cost) return false;
    if (prices_.agreed()) incumbent_.Offer(model_, prices_.choice());
    if (round % pause == 0) MakePlans();
    if (prices_.bound() >= incumbent_.cost) return false;
    if (prices_.value() > best) {
      best = prices_.value();
      prices_.Save();
      patience = kPatience;
    } else if (--patience == 0) {
      ++halvings;
      patience = kPatience;
      prices_.Restore();
      prices_.Choose(open_);
    }
    if (budget_.spent() || !prices_.Step(incumbent_.cost, halvings)) break;
  }
  prices_.Restore();
  prices_.Choose(open_);
  return true;
}

void Search::MakePlans() {
  std::ranges::sort(order_, [&](Index a, Index b) {
    return std::pair(prices_.Regret(b), a) < std::pair(prices_.Regret(a), b);
  });
  budget_.Spend(static_cast<std::int64_t>(model_.options.size()));
  std::optional<Plan> plan = PlaceInOrder(model_, order_, prices_.up_to());
  if (!plan) return;
  MakeRoom(model_, *plan, budget_);
  incumbent_.Offer(model_, *plan);
}

bool Search::Shut() {
  for (Index appointment = 0; appointment < model_.appointments(); ++appointment) {
    open_.ShutIf(appointment, [&](Index option) {
      return prices_.BoundWith(appointment, option) >= incumbent_.cost;
    });
    if (open_.Of(appointment).empty()) return false;
  }
  return true;
}

bool Search::Propagate() {
  for (std::size_t size = 0; size != open_.size();) {
    size = open_.size();
    budget_.Spend(static_cast<std::int64_t>(size) + model_.moments);
    std::ranges::fill(settled_, kNobody);
    for (Index appointment = 0; appointment < model_.appointments(); ++appointment) {
      if (open_.Of(appointment).size() != 1) continue;
      for (const auto& [first, last] : model_.MomentsOf(open_.Of(appointment).front())) {
        for (Index moment = first; moment < last; ++moment) {
          if (settled_[moment] != kNobody) return false;
          settled_[moment] = appointment;
        }
      }
    }
    for (Index appointment = 0; appointment < model_.appointments(); ++appointment) {
      if (open_.Of(appointment).size() == 1) continue;
      open_.ShutIf(appointment, [&](Index option) {
        return std::ranges::any_of(model_.MomentsOf(option), [&](const Range& range) {
          return std::any_of(settled_.begin() + range.first, settled_.begin() + range.last,
                             [](Index owner) { return owner != kNobody; });
        });
      });
      if (open_.Of(appointment).empty()) return false;
    }
  }
  return true;
}

std::vector<bool> Search::open() const {
  std::vector<bool> open(model_.options.size());
  for (Index option = 0; option < open.size(); ++option) open[option] = open_.IsOpen(option);
  return open;
}

bool Search::Takes(Index option, Index moment) const {
  return std::ranges::any_of(model_.MomentsOf(option), [&](const Range& range) {
    return range.first <= moment && moment < range.last;
  });
}

bool Search::Asks(const Branch& branch, Index option) const {
  const bool about_moment = branch.moment.first < branch.moment.last;
  return about_moment ? Takes(option, branch.moment.first) : option == branch.option;
}

Search::Branch Search::Choose() const {
  Index most = 0;
  for (Index moment = 1; moment < model_.moments; ++moment) {
    if (prices_.Wanted(moment) > prices_.Wanted(most)) most = moment;
  }
  const bool contested = model_.moments > 0 && prices_.Wanted(most) > 1;
  Index asked = kNobody;
  for (Index appointment = 0; appointment < model_.appointments(); ++appointment) {
    if (open_.Of(appointment).size() == 1) continue;
    if (contested && !Takes(prices_.choice()[appointment], most)) continue;
    if (asked == kNobody || prices_.Regret(appointment) > prices_.Regret(asked)) {
      asked = appointment;
    }
  }
  return {.size = open_.size(),
          .appointment = asked,
          .moment = contested ? Range{most, most + 1} : Range{},
          .option = asked == kNobody ? 0 : prices_.choice()[asked]};
}

bool Search::Suppose(const Branch& branch, Answer answer) {
  open_.ShutIf(branch.appointment,
               [&](Index option) { return Asks(branch, option) == (answer == Answer::kNo); });
  if (open_.Of(branch.appointment).empty()) return false;
  if (answer == Answer::kYes && branch.moment.first < branch.moment.last) {
    for (Index other = 0; other < model_.appointments(); ++other) {
      if (other == branch.appointment) continue;
      open_.ShutIf(other, [&](Index option) { return Takes(option, branch.moment.first); });
      if (open_.Of(other).empty()) return false;
    }
  }
  return Propagate() && Tighten(kRoundsInBranch, kRoundsInBranch, kHalvingsInBranch);
}

bool Search::Run() {
  std::vector<Branch> waiting;  // those whose answer "no" has not been tried
  bool hopeful = true;          // the open options may hold a plan that costs less
  while (!budget_.spent()) {
    if (hopeful) {
      prices_.Choose(open_);
      if (prices_.agreed()) incumbent_.Offer(model_, prices_.choice());
      const Branch branch = Choose();
      if (branch.appointment != kNobody) {
        waiting.push_back(branch);
        hopeful = Suppose(branch, Answer::kYes);
        continue;
      }
    }
    if (waiting.empty()) return true;
    const Branch branch = waiting.back();
    waiting.pop_back();
    open_.Reopen(branch.size);
    hopeful = Suppose(branch, Answer::kNo);
  }
  return false;
}

}  // namespace clinic::reassignment
