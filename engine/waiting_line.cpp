#include "engine/waiting_line.hpp"

#include <algorithm>
#include <limits>

namespace clinic::internal {
namespace {

// Blocks of this level are longer than all time: an entry has none above the one below.
constexpr int kLevels = 22;

constexpr Turn kFirstTurn{std::numeric_limits<std::int64_t>::min(), Instant::min(), {}};

/// Calls `f` with the level and the number of each block that makes up the days of `range`.
template <typename F>
void ForEachBlock(const Interval& range, F f) {
  std::int64_t first = DayOf(range.start);
  std::int64_t end = DayOf(range.end - Duration{1}) + 1;
  for (int level = 0; first < end; ++level, first /= 2, end /= 2) {
    if (first % 2 == 1) f(level, first++);
    if (end % 2 == 1) f(level, --end);
  }
}

}  // namespace

WaitingLine::Lane WaitingLine::LaneOf(const WaitlistEntry& entry) {
  if (entry.resource) return *entry.resource;
  return *entry.specialty;
}

bool WaitingLine::Reserve(WaitlistId id) {
  const std::lock_guard lock(mutex_);
  if (!records_.try_emplace(id).second) return false;
  size_.store(records_.size(), std::memory_order_release);
  return true;
}

WaitlistEntryPtr WaitingLine::Find(WaitlistId id) const {
  const std::lock_guard lock(mutex_);
  const auto found = records_.find(id);
  return found == records_.end() ? nullptr : found->second.entry;
}

WaitlistEntryPtr WaitingLine::OfferedAs(BookingId hold) const {
  const std::lock_guard lock(mutex_);
  const auto found = offers_.find(hold);
  return found == offers_.end() ? nullptr : records_.at(found->second).entry;
}

std::vector<WaitlistEntry> WaitingLine::List(const WaitlistQuery& query) const {
  const auto after = query.after.value_or(std::pair(Instant::min(), WaitlistId()));
  const std::lock_guard lock(mutex_);
  std::vector<WaitlistEntry> entries;
  const auto add = [&](WaitlistId id) { entries.push_back(*records_.at(id).entry); };
  if (query.patient) {
    const auto [since, id] = after;
    for (auto i = by_patient_.upper_bound({*query.patient, since, id});
         i != by_patient_.end() && std::get<0>(*i) == *query.patient; ++i) {
      if (entries.size() == query.limit) break;
      add(std::get<2>(*i));
    }
    return entries;
  }
  for (auto i = by_age_.upper_bound(after); i != by_age_.end(); ++i) {
    if (entries.size() == query.limit) break;
    add(i->second);
  }
  return entries;
}

WaitlistEntryPtr WaitingLine::TakeOut(WaitlistId id) {
  const std::lock_guard lock(mutex_);
  return TakeOutLocked(id);
}

WaitlistEntryPtr WaitingLine::AwaitAndTakeOut(WaitlistId id) {
  std::unique_lock lock(mutex_);
  put_back_.wait(lock, [&] {
    const auto found = records_.find(id);
    return found == records_.end() || !found->second.out;
  });
  return TakeOutLocked(id);
}

WaitlistEntryPtr WaitingLine::TakeOutLocked(WaitlistId id) {
  const auto found = records_.find(id);
  if (found == records_.end()) return nullptr;
  Record& record = found->second;
  if (record.out || record.entry->offer) return nullptr;
  EraseLocked(record);
  record.out = true;
  return record.entry;
}

// Takes an entry from where it can be found by others than its id and its age.
void WaitingLine::EraseLocked(Record& record) {
  if (record.out) return;
  const WaitlistEntry& entry = *record.entry;
  if (entry.offer) {
    offers_.erase(*entry.offer);
    return;
  }
  const auto lane = lanes_.find(LaneOf(entry));
  ForEachBlock(entry.range, [&](int level, std::int64_t block) {
    lane->second.erase({level, block, entry.duration, TurnOf(entry)});
  });
  if (lane->second.empty()) lanes_.erase(lane);
}

void WaitingLine::PutBack(const WaitlistEntry& entry) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = records_.find(entry.id);
    if (found == records_.end()) return;
    Record& record = found->second;
    if (record.entry && record.entry->version > entry.version) return;
    PutLocked(entry, record);
  }
  put_back_.notify_all();
}

void WaitingLine::PutLocked(const WaitlistEntry& entry, Record& record) {
  EraseLocked(record);
  if (!record.entry) {
    by_age_.emplace(entry.since, entry.id);
    by_patient_.emplace(entry.patient, entry.since, entry.id);
  }
  record = {.entry = std::make_shared<const WaitlistEntry>(entry), .out = false};
  if (entry.offer) {
    offers_.emplace(*entry.offer, entry.id);
  } else {
    Places& places = lanes_[LaneOf(entry)];
    ForEachBlock(entry.range, [&](int level, std::int64_t block) {
      places.insert({level, block, entry.duration, TurnOf(entry)});
    });
  }
}

void WaitingLine::Remove(WaitlistId id) {
  {
    const std::lock_guard lock(mutex_);
    RemoveLocked(id);
  }
  put_back_.notify_all();
}

void WaitingLine::RemoveLocked(WaitlistId id) {
  const auto found = records_.find(id);
  if (found == records_.end()) return;
  EraseLocked(found->second);
  if (const WaitlistEntryPtr& entry = found->second.entry) {
    by_age_.erase({entry->since, id});
    by_patient_.erase({entry->patient, entry->since, id});
  }
  records_.erase(found);
  size_.store(records_.size(), std::memory_order_release);
}

WaitingLine::TakenUp WaitingLine::TakeUp(const WaitlistEntry& entry) {
  const std::lock_guard lock(mutex_);
  const auto [found, is_new] = records_.try_emplace(entry.id);
  Record& record = found->second;
  if (!is_new) {
    if (record.out) return TakenUp::kNotYet;
    if (record.entry->version >= entry.version) return TakenUp::kKnownAlready;
  }
  PutLocked(entry, record);
  size_.store(records_.size(), std::memory_order_release);
  return TakenUp::kYes;
}

WaitingLine::TakenUp WaitingLine::Drop(WaitlistId id) {
  const std::lock_guard lock(mutex_);
  const auto found = records_.find(id);
  if (found == records_.end()) return TakenUp::kKnownAlready;
  if (found->second.out) return TakenUp::kNotYet;
  RemoveLocked(id);
  return TakenUp::kYes;
}

std::vector<Place> WaitingLine::Heads(const Lane& lane, std::int64_t day) const {
  const std::lock_guard lock(mutex_);
  std::vector<Place> heads;
  const auto found = lanes_.find(lane);
  if (found == lanes_.end()) return heads;
  const Places& places = found->second;
  for (int level = 0; level < kLevels; ++level) {
    const std::int64_t block = day >> level;
    Duration shortest{0};
    for (;;) {
      const auto head = places.lower_bound({level, block, shortest, kFirstTurn});
      if (head == places.end() || head->level != level || head->block != block) break;
      heads.push_back(*head);
      shortest = head->duration + Duration{1};
    }
  }
  return heads;
}

std::optional<Place> WaitingLine::Behind(const Lane& lane, const Place& place) const {
  const std::lock_guard lock(mutex_);
  const auto found = lanes_.find(lane);
  if (found == lanes_.end()) return std::nullopt;
  const auto next = found->second.upper_bound(place);
  if (next == found->second.end()) return std::nullopt;
  const auto group = [](const Place& p) { return std::tie(p.level, p.block, p.duration); };
  return group(*next) == group(place) ? std::optional(*next) : std::nullopt;
}

}  // namespace clinic::internal
