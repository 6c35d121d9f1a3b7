// One resource's booked intervals.
//
// A Calendar lets bookings in without judging them: it says what is taken and what is free, and its
// owner decides. It can hold more bookings at one time than the resource has room for, since a
// clinic sometimes books over on purpose, and since a booking that is being moved is for a moment
// in two places.
//
// Inside, bookings stand in layers; each layer is a Timeline, in which nothing overlaps. A booking
// goes into the first layer that has room for it. With capacity one and nothing booked over there
// is one layer, and every question is one question to one timeline.
//
// Not thread-safe for writing: whoever owns a calendar locks it. Concurrent reading is safe.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "clinic/interval.hpp"
#include "clinic/timeline.hpp"

namespace clinic {

/// A booking's number inside one scheduler: what a calendar keeps instead of its id.
enum class BookingHandle : std::uint32_t {};

class Calendar {
 public:
  struct Entry {
    Interval interval;
    BookingHandle handle{};

    friend bool operator==(const Entry&, const Entry&) = default;
  };

  /// Requires capacity >= 1.
  explicit Calendar(std::int32_t capacity = 1) : capacity_(capacity) {}

  /// Takes note of a booking, whatever else is there. Requires a proper interval, and that the
  /// handle does not stand in an overlapping interval already. O(layers x log n).
  void Add(const Interval& interval, BookingHandle handle) {
    for (Layer& layer : layers_) {
      if (layer.Insert(interval, handle)) return;
    }
    layers_.emplace_back().Insert(interval, handle);
  }

  /// Forgets a booking. False, and nothing changes, unless it stands there with exactly that
  /// interval. O(layers x log n).
  bool Remove(const Interval& interval, BookingHandle handle) {
    for (Layer& layer : layers_) {
      const auto entry = layer.FindAt(interval.start);
      if (!entry || entry->value != handle || entry->interval != interval) continue;
      layer.Erase(interval.start);
      while (!layers_.empty() && layers_.back().empty()) layers_.pop_back();
      return true;
    }
    return false;
  }

  /// What overlaps `interval`, by start. O(layers x log n + what is found).
  std::vector<Entry> Overlapping(const Interval& interval) const {
    std::vector<Entry> found;
    for (const Layer& layer : layers_) {
      layer.ForEachOverlapping(interval, [&](const Layer::Entry& entry) {
        found.push_back({entry.interval, entry.value});
      });
    }
    if (layers_.size() > 1) std::ranges::sort(found, {}, &Entry::interval);
    return found;
  }

  /// True where one more booking fits at every instant of `interval`. With capacity one and nothing
  /// booked over: O(log n).
  bool HasRoom(const Interval& interval) const {
    if (!IsProper(interval)) return false;
    if (capacity_ > 1) return Saturated(interval).empty();
    return std::ranges::all_of(layers_, [&](const Layer& layer) { return layer.IsFree(interval); });
  }

  /// The bookings that leave no room for one more in `interval`, by start; those of `ignored` do
  /// not count. Empty exactly where there is room.
  std::vector<Entry> Blocking(const Interval& interval,
                              std::optional<BookingHandle> ignored = std::nullopt) const {
    std::vector<Entry> entries = Overlapping(interval);
    if (ignored)
      std::erase_if(entries, [&](const Entry& entry) { return entry.handle == *ignored; });
    if (capacity_ == 1) return entries;
    const std::vector<Interval> full = SaturatedBy(entries, interval);
    std::erase_if(entries, [&](const Entry& entry) {
      return std::ranges::none_of(full,
                                  [&](const Interval& f) { return Overlaps(f, entry.interval); });
    });
    return entries;
  }

  /// The stretches of `range` in which there is no room for one more, disjoint, by start. Stretches
  /// that touch are not joined.
  std::vector<Interval> Saturated(const Interval& range) const {
    return SaturatedBy(Overlapping(range), range);
  }

  /// The earliest instant t >= from with room in all of [t, t + length), and t + length <= limit.
  /// Requires length > 0. With capacity one and nothing booked over: O(log n).
  std::optional<Instant> EarliestRoom(Instant from, Duration length, Instant limit) const {
    Instant candidate = std::max(from, kEarliest);
    limit = std::min(limit, kLatest);
    for (;;) {
      if (candidate > limit - length) return std::nullopt;
      const std::optional<Instant> next = capacity_ == 1
                                              ? EarliestInEveryLayer(candidate, length, limit)
                                              : EarliestAfterSaturated(candidate, length);
      if (!next || *next == candidate) return next;
      candidate = *next;
    }
  }

  std::int32_t capacity() const { return capacity_; }

  /// How many bookings stand in it. O(layers).
  std::size_t size() const {
    std::size_t total = 0;
    for (const Layer& layer : layers_) total += layer.size();
    return total;
  }

 private:
  using Layer = Timeline<BookingHandle>;

  std::optional<Instant> EarliestInEveryLayer(Instant from, Duration length, Instant limit) const {
    Instant candidate = from;
    for (const Layer& layer : layers_) {
      const std::optional<Instant> gap = layer.EarliestGap(candidate, length, limit);
      if (!gap) return std::nullopt;
      candidate = *gap;
    }
    return candidate;
  }

  std::optional<Instant> EarliestAfterSaturated(Instant from, Duration length) const {
    const std::vector<Interval> full = Saturated({from, from + length});
    return full.empty() ? from : full.back().end;
  }

  /// Where `capacity_` or more of the entries, which are ordered by start, overlap within `range`.
  std::vector<Interval> SaturatedBy(const std::vector<Entry>& entries, const Interval& range) const;

  std::int32_t capacity_;
  std::vector<Layer> layers_;
};

inline std::vector<Interval> Calendar::SaturatedBy(const std::vector<Entry>& entries,
                                                   const Interval& range) const {
  struct Edge {
    Instant at;
    std::int32_t change;
  };
  std::vector<Edge> edges;
  edges.reserve(entries.size() * 2);
  for (const Entry& entry : entries) {
    const Interval inside = Intersection(entry.interval, range);
    edges.push_back({inside.start, +1});
    edges.push_back({inside.end, -1});
  }
  // At one instant ends come before starts, so that bookings which touch do not add up.
  std::ranges::sort(edges, [](const Edge& a, const Edge& b) {
    return a.at != b.at ? a.at < b.at : a.change < b.change;
  });
  std::vector<Interval> full;
  std::int32_t depth = 0;
  for (const Edge& edge : edges) {
    if (edge.change > 0 && ++depth == capacity_) full.push_back({edge.at, edge.at});
    if (edge.change < 0 && depth-- == capacity_) full.back().end = edge.at;
  }
  return full;
}

}  // namespace clinic
