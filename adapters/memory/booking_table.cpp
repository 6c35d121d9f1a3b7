#include "adapters/memory/booking_table.hpp"

#include <algorithm>

namespace clinic::memory {
namespace {

const Allocation* AllocationOf(const Booking& booking, ResourceId resource) {
  const auto found =
      std::ranges::lower_bound(booking.allocations, resource, {}, &Allocation::resource);
  return found != booking.allocations.end() && found->resource == resource ? &*found : nullptr;
}

bool Matches(const Booking& booking, const BookingQuery& query) {
  const auto takes = [&](ResourceId resource) {
    return AllocationOf(booking, resource) != nullptr;
  };
  return std::ranges::all_of(query.resources, takes) &&
         (!query.overlapping || Overlaps(booking.interval, *query.overlapping)) &&
         (!query.status || booking.status == *query.status);
}

}  // namespace

void BookingTable::Timeline::Add(const Interval& interval, BookingId id) {
  starts.emplace(interval.start, id);
  longest = std::max(longest, interval.length());
}

const Booking* BookingTable::Find(BookingId id) const {
  const auto found = rows_.find(id);
  return found == rows_.end() ? nullptr : &found->second;
}

void BookingTable::Put(const Booking& booking, UndoLog& undo) {
  const Booking* before = Find(booking.id);
  undo.Add([this, id = booking.id, row = before ? std::optional(*before) : std::nullopt] {
    Set(id, row);
  });
  Set(booking.id, booking);
}

void BookingTable::Set(BookingId id, std::optional<Booking> booking) {
  if (const Booking* before = Find(id)) {
    visits_.starts.erase({before->interval.start, id});
    for (const Allocation& allocation : before->allocations) {
      ResourceTimelines& timelines = resources_[allocation.resource];
      timelines.visits.starts.erase({before->interval.start, id});
      timelines.occupied.starts.erase({allocation.occupied.start, id});
    }
    rows_.erase(id);
  }
  if (!booking) return;
  visits_.Add(booking->interval, id);
  for (const Allocation& allocation : booking->allocations) {
    ResourceTimelines& timelines = resources_[allocation.resource];
    timelines.visits.Add(booking->interval, id);
    if (booking->occupies) timelines.occupied.Add(allocation.occupied, id);
  }
  rows_.emplace(id, *std::move(booking));
}

std::vector<std::pair<BookingId, Interval>> BookingTable::Taken(ResourceId resource,
                                                                const Interval& interval,
                                                                Instant now,
                                                                BookingId except) const {
  std::vector<std::pair<BookingId, Interval>> taken;
  const auto timelines = resources_.find(resource);
  if (timelines == resources_.end()) return taken;
  const Timeline& occupied = timelines->second.occupied;
  for (auto it = occupied.starts.lower_bound({interval.start - occupied.longest, BookingId()});
       it != occupied.starts.end() && it->first < interval.end; ++it) {
    const Booking& booking = rows_.at(it->second);
    const Interval& other = AllocationOf(booking, resource)->occupied;
    if (booking.id != except && OccupiesAt(booking, now) && Overlaps(other, interval)) {
      taken.emplace_back(booking.id, other);
    }
  }
  return taken;
}

std::vector<Booking> BookingTable::List(const BookingQuery& query) const {
  const Timeline* timeline = &visits_;
  for (const ResourceId resource : query.resources) {
    const auto found = resources_.find(resource);
    if (found == resources_.end()) return {};
    const Timeline& visits = found->second.visits;
    if (timeline == &visits_ || visits.starts.size() < timeline->starts.size()) timeline = &visits;
  }

  std::pair<Instant, BookingId> from{Instant::min(), BookingId()};
  if (query.overlapping) {
    from.first = std::max(query.overlapping->start, kEarliest) - timeline->longest;
  }
  auto it = timeline->starts.lower_bound(from);
  if (query.after && *query.after >= from) it = timeline->starts.upper_bound(*query.after);

  std::vector<Booking> page;
  for (; it != timeline->starts.end() && page.size() < query.limit; ++it) {
    if (query.overlapping && it->first >= query.overlapping->end) break;
    const Booking& booking = rows_.at(it->second);
    if (Matches(booking, query)) page.push_back(booking);
  }
  return page;
}

}  // namespace clinic::memory
