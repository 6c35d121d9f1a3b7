#include "engine/reassignment_repair.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace clinic::reassignment {
namespace {

constexpr Index kNobody = std::numeric_limits<Index>::max();

/// Whose each moment is.
class Occupancy {
 public:
  explicit Occupancy(const Model& model) : model_(model), owner_(model.moments, kNobody) {}

  bool IsFree(Index option) const {
    return std::ranges::all_of(model_.MomentsOf(option), [&](const Range& range) {
      return std::all_of(owner_.begin() + range.first, owner_.begin() + range.last,
                         [](Index owner) { return owner == kNobody; });
    });
  }

  void Give(Index option, Index owner) {
    for (const Range& range : model_.MomentsOf(option)) {
      std::fill(owner_.begin() + range.first, owner_.begin() + range.last, owner);
    }
  }

  void Free(Index option) { Give(option, kNobody); }

  /// Whose moments the option would take, `but` not named, each once.
  void OwnersOf(Index option, Index but, std::vector<Index>& owners) const {
    owners.clear();
    for (const Range& range : model_.MomentsOf(option)) {
      for (Index moment = range.first; moment < range.last; ++moment) {
        const Index owner = owner_[moment];
        if (owner == kNobody || owner == but) continue;
        if (std::ranges::find(owners, owner) == owners.end()) owners.push_back(owner);
      }
    }
  }

 private:
  const Model& model_;
  std::vector<Index> owner_;
};

/// One plan that is being improved.
class Improvement {
 public:
  Improvement(const Model& model, Plan& plan, Budget& budget)
      : model_(model), plan_(plan), budget_(budget), occupancy_(model) {
    for (Index appointment = 0; appointment < model.appointments(); ++appointment) {
      occupancy_.Give(plan[appointment], appointment);
    }
  }

  void Run() {
    for (bool improved = true; improved && !budget_.spent();) {
      improved = false;
      for (Index appointment = 0; appointment < model_.appointments(); ++appointment) {
        improved |= ImproveOne(appointment);
      }
    }
  }

 private:
  Cost CostOf(Index option) const { return model_.options[option].cost; }

  bool ImproveOne(Index appointment) {
    for (Index option = model_.first[appointment]; !budget_.spent(); ++option) {
      budget_.Spend(1);
      const Cost saved = CostOf(plan_[appointment]) - CostOf(option);
      if (saved <= 0) return false;  // options rise in cost, and the one that it has comes last
      occupancy_.OwnersOf(option, appointment, in_the_way_);
      if (in_the_way_.size() <= kMostMoved && Move(appointment, option, saved)) return true;
    }
    return false;
  }

  /// Gives `option` to the appointment and others to those in its way, if that costs them less than
  /// is saved; else changes nothing.
  bool Move(Index appointment, Index option, Cost saved) {
    before_.assign(1, {appointment, plan_[appointment]});
    for (const Index other : in_the_way_) before_.push_back({other, plan_[other]});
    for (const auto& [other, had] : before_) occupancy_.Free(had);
    Take(appointment, option);
    std::size_t moved = 1;
    for (; moved < before_.size(); ++moved) {
      const auto [other, had] = before_[moved];
      const std::optional<Index> found = CheapestFree(other, CostOf(had) + saved);
      if (!found) break;
      saved -= CostOf(*found) - CostOf(had);
      Take(other, *found);
    }
    if (moved == before_.size()) return true;
    for (std::size_t at = 0; at < moved; ++at) occupancy_.Free(plan_[before_[at].first]);
    for (const auto& [other, had] : before_) Take(other, had);
    return false;
  }

  void Take(Index appointment, Index option) {
    plan_[appointment] = option;
    occupancy_.Give(option, appointment);
  }

  std::optional<Index> CheapestFree(Index appointment, Cost below) {
    const auto [begin, end] = model_.OptionsOf(appointment);
    for (Index option = begin; option < end && CostOf(option) < below; ++option) {
      budget_.Spend(1);
      if (occupancy_.IsFree(option)) return option;
    }
    return std::nullopt;
  }

  static constexpr std::size_t kMostMoved = 3;

  const Model& model_;
  Plan& plan_;
  Budget& budget_;
  Occupancy occupancy_;
  std::vector<Index> in_the_way_;
  std::vector<std::pair<Index, Index>> before_;  ///< appointments and the options that they had
};

}  // namespace

std::optional<Plan> PlaceInOrder(const Model& model, std::span<const Index> order,
                                 std::span<const Cost> prices_up_to) {
  Occupancy occupancy(model);
  Plan plan(model.appointments());
  for (const Index appointment : order) {
    std::optional<Index> cheapest;
    Cost least = std::numeric_limits<Cost>::max();
    for (Index option = model.first[appointment]; option < model.first[appointment + 1]; ++option) {
      Cost price = model.options[option].cost * kPriceScale;
      for (const auto& [first, last] : model.MomentsOf(option)) {
        price += prices_up_to[last] - prices_up_to[first];
      }
      if (price < least && occupancy.IsFree(option)) {
        least = price;
        cheapest = option;
      }
    }
    if (!cheapest) return std::nullopt;
    plan[appointment] = *cheapest;
    occupancy.Give(*cheapest, appointment);
  }
  return plan;
}

bool IsFeasible(const Model& model, const Plan& plan) {
  Occupancy occupancy(model);
  for (Index appointment = 0; appointment < model.appointments(); ++appointment) {
    if (!occupancy.IsFree(plan[appointment])) return false;
    occupancy.Give(plan[appointment], appointment);
  }
  return true;
}

void MakeRoom(const Model& model, Plan& plan, Budget& budget) {
  Improvement(model, plan, budget).Run();
}

}  // namespace clinic::reassignment
