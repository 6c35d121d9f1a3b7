// Which options a search still considers.
#pragma once

#include <cstddef>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "engine/reassignment_model.hpp"

namespace clinic::reassignment {

/// The open options of each appointment. Options are shut one by one, and opened again in the
/// reverse order: O(1) each. Opening restores which options are open, not the order in which they
/// stand.
class OpenOptions {
 public:
  explicit OpenOptions(const Model& model)
      : model_(model),
        order_(model.options.size()),
        place_(model.options.size()),
        owner_(model.options.size()) {
    std::iota(order_.begin(), order_.end(), Index{0});
    place_ = order_;
    for (Index appointment = 0; appointment < model.appointments(); ++appointment) {
      const auto [begin, end] = model.OptionsOf(appointment);
      open_.push_back(end - begin);
      std::fill(owner_.begin() + begin, owner_.begin() + end, appointment);
    }
  }

  std::span<const Index> Of(Index appointment) const {
    return std::span(order_).subspan(model_.first[appointment], open_[appointment]);
  }

  bool IsOpen(Index option) const {
    const Index appointment = owner_[option];
    return place_[option] < model_.first[appointment] + open_[appointment];
  }

  /// How many are open, of all appointments.
  std::size_t size() const { return order_.size() - shut_.size(); }

  /// Requires that the option is open.
  void Shut(Index option) {
    const Index appointment = owner_[option];
    const Index last = model_.first[appointment] + --open_[appointment];
    const Index other = order_[last];
    std::swap(order_[place_[option]], order_[last]);
    std::swap(place_[option], place_[other]);
    shut_.push_back(option);
  }

  /// Shuts the appointment's options for which `unwanted(option)` holds.
  template <typename Predicate>
  void ShutIf(Index appointment, Predicate unwanted) {
    for (Index at = open_[appointment]; at-- > 0;) {
      const Index option = Of(appointment)[at];
      if (unwanted(option)) Shut(option);
    }
  }

  /// Opens what was shut since size() was `size`.
  void Reopen(std::size_t size) {
    for (; this->size() < size; shut_.pop_back()) ++open_[owner_[shut_.back()]];
  }

 private:
  const Model& model_;
  std::vector<Index> order_;  ///< options, of each appointment the open ones first
  std::vector<Index> place_;  ///< of each option in order_
  std::vector<Index> owner_;  ///< of each option, its appointment
  std::vector<Index> open_;   ///< of each appointment, how many are open
  std::vector<Index> shut_;   ///< the last one shut comes last
};

}  // namespace clinic::reassignment
