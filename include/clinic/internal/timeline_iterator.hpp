// The walk through a Timeline. Included by timeline.hpp only.
#pragma once

#include <cstddef>
#include <iterator>

#include "clinic/timeline.hpp"

namespace clinic {

/// Walks the entries by start.
template <typename Value>
class Timeline<Value>::Iterator {
 public:
  using iterator_concept = std::forward_iterator_tag;
  using iterator_category = std::input_iterator_tag;
  using value_type = Entry;
  using difference_type = std::ptrdiff_t;

  Iterator() = default;

  Entry operator*() const { return IsAside() ? *aside_ : timeline_->EntryAt(place_); }
  Iterator& operator++() {
    if (IsAside()) {
      ++aside_;
    } else {
      place_ = timeline_->PlaceAfter(place_, to_);
    }
    return *this;
  }
  Iterator operator++(int) {
    Iterator before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const Iterator& a, const Iterator& b) {
    return a.place_ == b.place_ && a.aside_ == b.aside_;
  }

 private:
  friend class Timeline;
  using Aside = typename GapTree<Value>::Iterator;

  Iterator(const Timeline* timeline, Place place, std::size_t to, Aside aside)
      : timeline_(timeline), place_(place), to_(to), aside_(aside) {}

  bool AtEnd() const { return place_.day >= to_ && aside_ == Aside(); }

  // Whether the next entry is the one aside.
  bool IsAside() const {
    if (aside_ == Aside()) return false;
    return place_.day >= to_ ||
           (*aside_).interval.start < timeline_->EntryAt(place_).interval.start;
  }

  const Timeline* timeline_ = nullptr;
  Place place_;
  std::size_t to_ = 0;  // the walk through the blocks ends before this day
  Aside aside_;
};

}  // namespace clinic
