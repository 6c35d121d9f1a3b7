// A lower bound by prices: Lagrangian relaxation of "a moment belongs to one appointment".
//
// Every moment has a price, and every appointment takes the option that is cheapest with the prices
// of its moments added. The sum of these, less all prices, is at most what any plan costs: a plan
// pays each price at most once. Prices rise where several appointments want a moment and fall where
// none does (subgradient ascent), which raises the bound to that of the linear relaxation over all
// moments; prices from a flow (reassignment_flow.hpp) give the flow's bound at once.
#pragma once

#include <span>
#include <vector>

#include "engine/reassignment_model.hpp"
#include "engine/reassignment_open.hpp"

namespace clinic::reassignment {

/// Prices, and what the appointments do about them. All amounts in parts of Model::unit
/// (kPriceScale to one), whole numbers, so that a bound is exact.
class Prices {
 public:
  explicit Prices(const Model& model);

  /// Sets the price of each moment; in Model::unit.
  void Set(std::span<const Cost> prices);

  /// Lets each appointment choose among its open options; all the functions below tell of this.
  /// Every appointment has an open option. O(options + moments).
  void Choose(const OpenOptions& open);

  /// The bound, in Model::unit, rounded up: no plan of open options costs less.
  Cost bound() const { return RoundedUp(value_); }

  /// The same for plans in which the appointment takes this option.
  Cost BoundWith(Index appointment, Index option) const {
    return RoundedUp(value_ - paid_[appointment] + PriceOf(option));
  }

  /// What is cheapest for each appointment.
  const Plan& choice() const { return choice_; }

  /// How much dearer the second choice of the appointment is.
  Cost Regret(Index appointment) const { return regret_[appointment]; }

  /// How many appointments want the moment.
  int Wanted(Index moment) const { return wanted_[moment]; }

  /// Whether what they want can be carried out: nobody's wish meets another's.
  bool agreed() const;

  /// For each moment what those before it cost together, and at the end what all do.
  const std::vector<Cost>& up_to() const { return up_to_; }

  /// The exact bound, for comparing prices.
  Cost value() const { return value_; }

  /// Changes prices in the direction in which the bound rises, by a step that would close
  /// 1 / 2^halvings of the gap to `target` (in Model::unit) if the bound were linear. False, and
  /// nothing is changed, where such a step is too small to count.
  bool Step(Cost target, int halvings);

  void Save() { saved_ = prices_; }
  void Restore() { prices_ = saved_; }

 private:
  Cost PriceOf(Index option) const;
  static Cost RoundedUp(Cost value) {
    return value <= 0 ? 0 : (value + kPriceScale - 1) / kPriceScale;
  }

  const Model& model_;
  std::vector<Cost> prices_;
  std::vector<Cost> saved_;
  std::vector<Cost> up_to_;
  std::vector<Cost> paid_;
  std::vector<Cost> regret_;
  std::vector<int> wanted_;
  Plan choice_;
  Cost value_ = 0;
};

}  // namespace clinic::reassignment
