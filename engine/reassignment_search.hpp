// The exact part of a reassignment: bounds, and branches where the bounds leave doubt.
#pragma once

#include <span>
#include <vector>

#include "engine/reassignment_budget.hpp"
#include "engine/reassignment_model.hpp"
#include "engine/reassignment_open.hpp"
#include "engine/reassignment_prices.hpp"

namespace clinic::reassignment {

/// The best plan so far, in words that do not depend on a model.
struct Incumbent {
  std::vector<Index> candidates;  ///< for each appointment, or kLeaveOut
  Cost cost = 0;                  ///< in Model::unit above Model::base

  /// Takes the plan over if it costs less.
  void Offer(const Model& model, const Plan& plan);
};

/// A search of one model for plans that cost less than the incumbent.
///
/// Invariant: every plan that costs less than the incumbent is made of open options, or belongs to
/// a branch that still waits, or was refuted by a bound.
class Search {
 public:
  /// All three outlive the search.
  Search(const Model& model, Incumbent& incumbent, Budget& budget);

  /// Starts from these prices of moments, in Model::unit.
  void SetPrices(std::span<const Cost> prices) { prices_.Set(prices); }

  /// Raises the bound for `rounds` rounds of prices, makes plans from them every `pause` rounds,
  /// and shuts the options with which a plan cannot cost less than the incumbent. False where no
  /// plan can.
  bool Tighten(int rounds, int pause, int halvings);

  /// No plan of open options costs less; as Tighten found.
  Cost bound() const { return prices_.bound(); }

  /// Which options are open.
  std::vector<bool> open() const;

  /// Branches until the incumbent is known to be best. False where the budget was spent before.
  bool Run();

 private:
  /// A question about an appointment: does it take one of its options that go through the moment?
  struct Branch {
    std::size_t size;  ///< of the open options before it was asked
    Index appointment;
    Range moment;  ///< one moment; or an empty range, where the question is about `option`
    Index option;
  };

  enum class Answer { kYes, kNo };

  bool RaiseBound(int rounds, int pause, int halvings);
  bool Shut();
  bool Propagate();
  void MakePlans();
  Branch Choose() const;
  bool Asks(const Branch& branch, Index option) const;
  bool Suppose(const Branch& branch, Answer answer);
  bool Takes(Index option, Index moment) const;

  const Model& model_;
  Incumbent& incumbent_;
  Budget& budget_;
  OpenOptions open_;
  Prices prices_;
  std::vector<Index> order_;    ///< of appointments, for MakePlans
  std::vector<Index> settled_;  ///< for Propagate: for each moment who has it for certain
};

}  // namespace clinic::reassignment
