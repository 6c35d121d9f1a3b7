// All double bookings among many intervals, in no order: 5,000 in a year for each of many calendars
// (every fourth overlaps another), and all in one (each overlaps about one other).
#include "clinic/overlaps.hpp"

#include <algorithm>
#include <span>
#include <thread>
#include <tuple>

#include "bench/suite.hpp"
#include "bench/workload.hpp"

namespace clinic::bench {
namespace {

constexpr const char* kOurs = "clinic on all cores";
constexpr const char* kOursAlone = "clinic on one core";
constexpr const char* kPeer = "std::sort and sweep";

// How many pairs there are, and a number that depends on which: their order does not matter.
struct Pairs {
  std::uint64_t count = 0;
  std::uint64_t mixed = 0;

  void Add(std::uint64_t first, std::uint64_t second) {
    ++count;
    mixed += (first + 1) * 0x9E3779B97F4A7C15 ^ second * 0xC2B2AE3D27D4EB4F;
  }
  friend bool operator==(const Pairs&, const Pairs&) = default;
};

std::vector<GroupedInterval> RandomIntervals(std::size_t count, std::size_t groups) {
  Random random(count + groups);
  // Long enough that an interval meets about one other that starts after it, but no longer than an
  // hour.
  const auto seconds = static_cast<std::size_t>(kYear.count());
  const std::size_t longest = std::min<std::size_t>(3600, 2 * seconds * groups / count);
  std::vector<GroupedInterval> items(count);
  for (GroupedInterval& item : items) {
    item.group = static_cast<std::uint32_t>(random.Below(groups));
    item.interval.start = kYearStart + Duration{random.Below(seconds)};
    item.interval.end = item.interval.start + Duration{1 + random.Below(longest)};
  }
  return items;
}

Pairs OnThreads(std::span<const GroupedInterval> items, std::size_t threads) {
  Pairs pairs;
  ForEachOverlap(items, [&pairs](OverlappingPair pair) { pairs.Add(pair.first, pair.second); },
                 {.threads = threads});
  return pairs;
}

Pairs OnAllCores(std::span<const GroupedInterval> items) {
  return OnThreads(items, std::thread::hardware_concurrency());
}

Pairs OnOneCore(std::span<const GroupedInterval> items) { return OnThreads(items, 1); }

// What one would write: the same sweep over a sorted copy.
Pairs SortAndSweep(std::span<const GroupedInterval> items) {
  struct Item {
    Interval interval;
    std::uint32_t group;
    std::uint32_t position;
  };
  std::vector<Item> sorted;
  sorted.reserve(items.size());
  for (const GroupedInterval& item : items) {
    sorted.push_back({item.interval, item.group, static_cast<std::uint32_t>(sorted.size())});
  }
  std::sort(sorted.begin(), sorted.end(), [](const Item& a, const Item& b) {
    return std::tie(a.group, a.interval.start, a.position) <
           std::tie(b.group, b.interval.start, b.position);
  });
  Pairs pairs;
  for (auto first = sorted.begin(); first != sorted.end(); ++first) {
    for (auto second = first + 1; second != sorted.end() && second->group == first->group &&
                                  second->interval.start < first->interval.end;
         ++second) {
      pairs.Add(first->position, second->position);
    }
  }
  return pairs;
}

using Way = Pairs (*)(std::span<const GroupedInterval>);

// A third way, which sorts nothing: everything compared with everything.
void CheckFew(const std::string& row, const char* name, Way find, std::size_t groups) {
  const std::vector<GroupedInterval> few = RandomIntervals(2'000, std::min<std::size_t>(groups, 7));
  Pairs expected;
  for (std::uint32_t i = 0; i < few.size(); ++i) {
    for (std::uint32_t j = 0; j < few.size(); ++j) {
      const bool in_order = std::tie(few[i].interval.start, i) < std::tie(few[j].interval.start, j);
      if (few[i].group == few[j].group && in_order && Overlaps(few[i].interval, few[j].interval)) {
        expected.Add(i, j);
      }
    }
  }
  Require(find(few) == expected, row, name);
}

}  // namespace

void RunOverlaps(Suite& suite) {
  const std::size_t thousand = 1'000;
  std::vector<std::size_t> counts{suite.Scaled(10 * thousand, 1'000 * thousand, 1'000 * thousand)};
  if (suite.scale() == Scale::kLarge) counts.push_back(10'000 * thousand);
  for (const std::size_t count : counts) {
    for (const std::size_t groups : {count / 5'000, std::size_t{1}}) {
      const std::string row = "overlapping_pairs/intervals:" + std::to_string(count) +
                              "/calendars:" + std::to_string(groups);
      const auto add = [&](const char* name, Way find) {
        suite.Add(
            {.scenario = row, .peer = name, .manual_time = true}, [=](benchmark::State& state) {
              static Latest<std::vector<GroupedInterval>> kept;
              const auto& items = kept.Of(row, [&] { return RandomIntervals(count, groups); });
              Once(row, name, [&] {
                CheckFew(row, name, find, groups);
                Require(find(items) == SortAndSweep(items), row, name);
              });
              TimeEach(
                  state, WallSeconds, items.size(), [] {},
                  [&] { benchmark::DoNotOptimize(find(items)); });
            });
      };
      add(kOurs, OnAllCores);
      add(kOursAlone, OnOneCore);
      add(kPeer, SortAndSweep);
      suite.RunAdded();
    }
  }
}

}  // namespace clinic::bench
