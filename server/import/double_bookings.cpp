#include "server/import/double_bookings.hpp"

#include <algorithm>
#include <utility>

#include "clinic/overlaps.hpp"

namespace clinic::calendar_file {
namespace {

// One sorts the first half of a large calendar while the other sorts the second.
constexpr OverlapOptions kOnTwoThreads{.threads = 2};

Interval PlannedInterval(const AppointmentRow& appointment, const Zone& zone) {
  const Instant start = StartOf(appointment, zone);
  return {start, start + appointment.length};
}

// The appointments that hold time, as the overlap search takes them, and where each came from.
struct Held {
  std::vector<GroupedInterval> intervals;
  std::vector<RowPosition> positions;
  std::vector<DoubleBookingCounts*> counts;  // by group
};

Held CollectHeld(std::span<const AppointmentFile> files, const Zone& zone, DoubleBookings& found) {
  Held held;
  std::map<std::string_view, std::uint32_t> groups;
  for (std::uint32_t file = 0; file < files.size(); ++file) {
    const std::vector<AppointmentRow>& rows = files[file].table.rows;
    for (std::uint32_t index = 0; index < rows.size(); ++index) {
      const AppointmentRow& row = rows[index];
      if (!HoldsTime(row)) {
        ++found.without_time;
        continue;
      }
      const auto next_group = static_cast<std::uint32_t>(held.counts.size());
      const auto [group, added] = groups.try_emplace(row.practitioner, next_group);
      if (added) held.counts.push_back(&found.by_practitioner[row.practitioner]);
      ++held.counts[group->second]->appointments;
      held.intervals.push_back({group->second, PlannedInterval(row, zone)});
      held.positions.push_back({file, index});
    }
  }
  return held;
}

}  // namespace

DoubleBookings FindDoubleBookings(std::span<const AppointmentFile> files, const Zone& zone) {
  DoubleBookings found;
  const Held held = CollectHeld(files, zone, found);

  // Pairs come by group and start, so a stretch ends where the next pair begins after all that the
  // stretch holds.
  bool in_stretch = false;
  GroupedInterval stretch;
  const auto add = [&](OverlappingPair pair) {
    const GroupedInterval& first = held.intervals[pair.first];
    const GroupedInterval& second = held.intervals[pair.second];
    DoubleBookingCounts& counts = *held.counts[first.group];
    ++counts.overlapping_pairs;
    const bool same_stretch =
        in_stretch && stretch.group == first.group && first.interval.start < stretch.interval.end;
    if (!same_stretch) {
      ++counts.double_booked_slots;
      stretch = first;
      in_stretch = true;
    }
    stretch.interval.end =
        std::max({stretch.interval.end, first.interval.end, second.interval.end});
    if (found.pairs.size() < kMostPairs) {
      found.pairs.push_back({held.positions[pair.first], held.positions[pair.second]});
    }
  };
  ForEachOverlap(held.intervals, add, kOnTwoThreads);

  for (const auto& [practitioner, counts] : found.by_practitioner) {
    found.all.appointments += counts.appointments;
    found.all.overlapping_pairs += counts.overlapping_pairs;
    found.all.double_booked_slots += counts.double_booked_slots;
  }
  return found;
}

}  // namespace clinic::calendar_file
