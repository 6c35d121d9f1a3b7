#include "bench/peers/icl.hpp"

#include <algorithm>
#include <boost/icl/interval_map.hpp>
#include <boost/icl/interval_set.hpp>

#include "bench/peers/apart_members.hpp"
#include "bench/peers/each.hpp"

namespace clinic::bench {
namespace {

namespace icl = boost::icl;

// Half-open by its type: the fastest of the library's intervals, as no bounds are kept.
using IclInterval = icl::right_open_interval<std::int64_t>;

std::int64_t Seconds(Instant instant) { return instant.time_since_epoch().count(); }
Instant FromSeconds(std::int64_t seconds) { return Instant{Duration{seconds}}; }
IclInterval ToIcl(const Interval& interval) {
  return {Seconds(interval.start), Seconds(interval.end)};
}

const IclInterval& IntervalOf(const IclInterval& interval) { return interval; }
const IclInterval& IntervalOf(const std::pair<const IclInterval, std::uint32_t>& entry) {
  return entry.first;
}

// The container's find(interval) gives the first entry that overlaps.
template <typename Container>
Instant NextGapIn(const Container& container, Instant from, Duration length) {
  std::int64_t start = Seconds(from);
  auto it = container.lower_bound(IclInterval(start, start + 1));
  for (; it != container.end() && IntervalOf(*it).lower() - start < length.count(); ++it) {
    start = std::max(start, IntervalOf(*it).upper());
  }
  return FromSeconds(start);
}

class IclSetCalendar : public IclSet {
 public:
  bool IsFree(const Interval& interval) const { return set_.find(ToIcl(interval)) == set_.end(); }
  bool Book(const Interval& interval, std::uint32_t) {
    if (!IsFree(interval)) return false;
    set_.add(ToIcl(interval));
    return true;
  }
  bool Cancel(const Interval& interval) {
    const auto it = set_.find(ToIcl(interval));
    if (it == set_.end() || !icl::contains(*it, ToIcl(interval))) return false;
    set_.subtract(ToIcl(interval));
    return true;
  }
  Instant NextGap(Instant from, Duration length) const { return NextGapIn(set_, from, length); }

 private:
  icl::interval_set<std::int64_t, std::less, IclInterval> set_;
};

class IclMapCalendar : public IclMap {
 public:
  bool IsFree(const Interval& interval) const { return map_.find(ToIcl(interval)) == map_.end(); }
  bool Book(const Interval& interval, std::uint32_t id) {
    const IclInterval wanted = ToIcl(interval);
    if (map_.find(wanted) != map_.end()) return false;
    map_.add({wanted, id});
    return true;
  }
  bool Cancel(const Interval& interval) {
    const auto it = map_.find(ToIcl(interval));
    if (it == map_.end() || it->first != ToIcl(interval)) return false;
    map_.erase(ToIcl(interval));
    return true;
  }
  Instant NextGap(Instant from, Duration length) const { return NextGapIn(map_, from, length); }

 private:
  // An enricher: no id is taken for nothing.
  icl::interval_map<std::int64_t, std::uint32_t, icl::partial_enricher, std::less,
                    icl::inplace_plus, icl::inter_section, IclInterval>
      map_;
};

}  // namespace

template <>
struct Apart<IclSet>::Calendars : Each<IclSetCalendar> {
  using Each::Each;
};
template <>
struct Apart<IclMap>::Calendars : Each<IclMapCalendar> {
  using Each::Each;
};

template class Apart<IclSet>;
template class Apart<IclMap>;

}  // namespace clinic::bench
