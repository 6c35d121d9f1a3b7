#include "bench/peers/geometry.hpp"

#include <algorithm>
#include <boost/geometry.hpp>
#include <boost/geometry/index/rtree.hpp>
#include <iterator>
#include <utility>

#include "bench/peers/apart_members.hpp"
#include "bench/peers/each.hpp"

namespace clinic::bench {
namespace {

namespace geometry = boost::geometry;
namespace index = boost::geometry::index;

using Point = geometry::model::point<std::int64_t, 1, geometry::cs::cartesian>;
using Box = geometry::model::box<Point>;

// Boxes are closed: the last second of an interval is the one before its end.
Box ToBox(const Interval& interval) {
  return {Point(interval.start.time_since_epoch().count()),
          Point(interval.end.time_since_epoch().count() - 1)};
}

class RtreeCalendar : public Rtree {
 public:
  bool IsFree(const Interval& interval) const { return First(interval) == tree_.qend(); }
  bool Book(const Interval& interval, std::uint32_t id) {
    if (!IsFree(interval)) return false;
    tree_.insert({ToBox(interval), id});
    return true;
  }
  bool Cancel(const Interval& interval) {
    const auto found = First(interval);
    if (found == tree_.qend() || !geometry::equals(found->first, ToBox(interval))) return false;
    return tree_.remove(Value(*found)) == 1;
  }
  // The tree has no order to walk in: asks again behind whatever is in the way.
  Instant NextGap(Instant from, Duration length) const {
    for (;;) {
      Instant behind = from;
      for (auto it = First({from, from + length}); it != tree_.qend(); ++it) {
        const Instant end{Duration{it->first.max_corner().get<0>() + 1}};
        behind = std::max(behind, end);
      }
      if (behind == from) return from;
      from = behind;
    }
  }

 private:
  using Value = std::pair<Box, std::uint32_t>;
  using Tree = index::rtree<Value, index::quadratic<16>>;

  Tree::const_query_iterator First(const Interval& interval) const {
    return tree_.qbegin(index::intersects(ToBox(interval)));
  }

  Tree tree_;
};

}  // namespace

template <>
struct Apart<Rtree>::Calendars : Each<RtreeCalendar> {
  using Each::Each;
};

template class Apart<Rtree>;

}  // namespace clinic::bench
