#include "clinic/rooms_needed.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <queue>
#include <string>
#include <utility>

namespace clinic {
namespace {

template <typename T>
using SmallestFirst = std::priority_queue<T, std::vector<T>, std::greater<>>;

// The rooms that were opened so far. Ends are compared with `set_up` by their distance, which
// cannot overflow between proper intervals, however long that is.
class Rooms {
 public:
  explicit Rooms(Duration set_up) : set_up_(set_up) {}

  // The lowest room that is ready for a visit; visits come in the order of their starts.
  std::size_t Enter(const Interval& visit) {
    while (!taken_.empty() && visit.start - taken_.top().first >= set_up_) {
      ready_.push(taken_.top().second);
      taken_.pop();
    }
    if (ready_.empty()) ready_.push(count_++);
    const std::size_t room = ready_.top();
    ready_.pop();
    taken_.emplace(visit.end, room);
    return room;
  }

  std::size_t count() const { return count_; }

 private:
  Duration set_up_;
  std::size_t count_ = 0;
  SmallestFirst<std::pair<Instant, std::size_t>> taken_;  // by the end of the last visit
  SmallestFirst<std::size_t> ready_;
};

std::vector<std::size_t> ByStart(std::span<const Interval> visits) {
  std::vector<std::size_t> order(visits.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [visits](std::size_t a, std::size_t b) {
    return std::pair(visits[a].start, a) < std::pair(visits[b].start, b);
  });
  return order;
}

Result<void> CheckVisits(std::span<const Interval> visits, Duration set_up) {
  if (set_up < Duration::zero()) {
    return Error{ErrorCode::kInvalidArgument, "the time for setting up a room is negative"};
  }
  for (std::size_t i = 0; i < visits.size(); ++i) {
    if (IsProper(visits[i])) continue;
    return Error{ErrorCode::kBadInterval, "the visit at position " + std::to_string(i) +
                                              " is empty, inverted or out of range"};
  }
  return {};
}

}  // namespace

Result<RoomsNeeded> FewestRooms(std::span<const Interval> visits, Duration set_up) {
  if (Result<void> checked = CheckVisits(visits, set_up); !checked.ok()) {
    return std::move(checked).error();
  }
  RoomsNeeded needed;
  needed.room_of.resize(visits.size());
  Rooms rooms(set_up);
  for (const std::size_t position : ByStart(visits)) {
    needed.room_of[position] = rooms.Enter(visits[position]);
    if (rooms.count() == needed.count) continue;
    needed.count = rooms.count();
    needed.busiest = visits[position].start;
  }
  for (std::size_t i = 0; i < visits.size(); ++i) {
    const bool began = visits[i].start <= *needed.busiest;
    if (began && *needed.busiest - visits[i].end < set_up) needed.together.push_back(i);
  }
  return needed;
}

}  // namespace clinic
