#include "engine/reassignment_prices.hpp"

#include <algorithm>
#include <limits>

namespace clinic::reassignment {
namespace {

/// Above the cost of every plan, and far enough from the end of the numbers to be added to a price:
/// an option and all prices cost at most kMostTotalCost each.
constexpr Cost kMostValue = Cost{1} << 61;
static_assert(kMostValue / kPriceScale > 2 * kMostTotalCost);

}  // namespace

Prices::Prices(const Model& model)
    : model_(model),
      prices_(model.moments),
      saved_(model.moments),
      up_to_(model.moments + std::size_t{1}),
      paid_(model.appointments()),
      regret_(model.appointments()),
      wanted_(model.moments + std::size_t{1}),
      choice_(model.appointments()) {}

void Prices::Set(std::span<const Cost> prices) {
  std::ranges::transform(prices, prices_.begin(), [](Cost price) { return price * kPriceScale; });
}

Cost Prices::PriceOf(Index option) const {
  Cost price = model_.options[option].cost * kPriceScale;
  for (const auto& [first, last] : model_.MomentsOf(option)) price += up_to_[last] - up_to_[first];
  return price;
}

void Prices::Choose(const OpenOptions& open) {
  for (Index moment = 0; moment < model_.moments; ++moment) {
    up_to_[moment + 1] = up_to_[moment] + prices_[moment];
  }
  std::ranges::fill(wanted_, 0);
  value_ = -up_to_[model_.moments];
  for (Index appointment = 0; appointment < model_.appointments(); ++appointment) {
    constexpr Cost kNone = std::numeric_limits<Cost>::max();
    Cost least = kNone;
    Cost second = kNone;
    for (const Index option : open.Of(appointment)) {
      const Cost price = PriceOf(option);
      if (price < least) {
        second = least;
        least = price;
        choice_[appointment] = option;
      } else if (price < second) {
        second = price;
      }
    }
    paid_[appointment] = least;
    regret_[appointment] = second == kNone ? kNone : second - least;
    value_ = std::min(value_ + least, kMostValue);
    for (const auto& [first, last] : model_.MomentsOf(choice_[appointment])) {
      ++wanted_[first];
      --wanted_[last];
    }
  }
  for (Index moment = 0; moment < model_.moments; ++moment) {
    wanted_[moment + 1] += wanted_[moment];
  }
}

bool Prices::agreed() const {
  return std::ranges::all_of(wanted_, [](int appointments) { return appointments <= 1; });
}

bool Prices::Step(Cost target, int halvings) {
  Cost length = 0;  // of the direction, squared
  for (Index moment = 0; moment < model_.moments; ++moment) {
    const Cost excess = wanted_[moment] - 1;
    if (excess > 0 || prices_[moment] > 0) length += excess * excess;
  }
  if (length == 0) return false;
  const Cost gap = target * kPriceScale - value_;
  const Cost step = (gap >> halvings) / length;
  if (step == 0) return false;
  // Prices of more than this together give no bound above 0; a plan costs less than `target`.
  Cost left = (target + 1) * kPriceScale;
  for (Index moment = 0; moment < model_.moments; ++moment) {
    const Cost excess = wanted_[moment] - 1;
    prices_[moment] = std::clamp<Cost>(prices_[moment] + step * excess, 0, left);
    left -= prices_[moment];
  }
  return true;
}

}  // namespace clinic::reassignment
