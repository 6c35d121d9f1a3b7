// Those who wait, where the next in line is found without asking all of them.
//
// Invariants:
//   1. An entry is in one of three conditions: it waits; it is offered a hold; it is out of the
//      line, in the hands of one caller who writes down what becomes of it.
//   2. Who waits has places in the lane of what it waits for, and nobody else has.
//   3. Time is halved into blocks: block b of level l is the days [b * 2^l, (b + 1) * 2^l). The
//      places of an entry are the fewest blocks that make up the days of its range, at most two of
//      a level: exactly one of them holds any given day of the range.
//   4. Of one block and one duration, places stand in the order in which they are asked.
#pragma once

#include <absl/container/btree_map.h>
#include <absl/container/btree_set.h>
#include <absl/container/flat_hash_map.h>

#include <atomic>
#include <compare>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "clinic/waitlist.hpp"

namespace clinic::internal {

using WaitlistEntryPtr = std::shared_ptr<const WaitlistEntry>;

/// What becomes of an entry with a change.
struct WaitlistChange {
  WaitlistEntryPtr before;
  std::optional<WaitlistEntry> after;  ///< none: it waits no more
  std::string action;                  ///< as the audit calls it
};

/// Whose turn it is, of entries that fit equally well: the smaller comes first.
struct Turn {
  std::int64_t urgency = 0;  ///< the priority, negated
  Instant since{};
  WaitlistId id{};

  friend auto operator<=>(const Turn&, const Turn&) = default;
};

inline Turn TurnOf(const WaitlistEntry& entry) {
  return {-std::int64_t{entry.priority}, entry.since, entry.id};
}

/// Where an entry stands in a lane.
struct Place {
  int level = 0;
  std::int64_t block = 0;
  Duration duration{};
  Turn turn{};

  friend auto operator<=>(const Place&, const Place&) = default;
};

/// Thread-safe; its lock is a leaf.
class WaitingLine {
 public:
  /// What an entry waits for.
  using Lane = std::variant<ResourceId, std::string>;

  /// O(1), wait-free.
  bool IsEmpty() const { return size_.load(std::memory_order_acquire) == 0; }

  /// Takes an id for an entry that is not there yet; false where it is taken.
  bool Reserve(WaitlistId id);

  /// Null where there is none, or it is only reserved.
  WaitlistEntryPtr Find(WaitlistId id) const;

  /// The entry that is offered that hold; null where none is.
  WaitlistEntryPtr OfferedAs(BookingId hold) const;

  std::vector<WaitlistEntry> List(const WaitlistQuery& query) const;

  /// Takes an entry that waits out of the line; null where it does not.
  WaitlistEntryPtr TakeOut(WaitlistId id);

  /// As TakeOut, and while somebody else has taken it out waits for them.
  WaitlistEntryPtr AwaitAndTakeOut(WaitlistId id);

  /// Puts an entry into the line as it is from now on: it waits, unless it is offered a hold.
  /// Requires that the caller took it out or reserved it, or that its hold is the caller's to
  /// change; where another program was faster with the latter (TakeUp, Drop), that stands.
  /// O(log range + log n) a place.
  void PutBack(const WaitlistEntry& entry);

  /// Gives up an entry that the caller may put back.
  void Remove(WaitlistId id);

  enum class TakenUp { kYes, kKnownAlready, kNotYet };
  /// Take up what another program made of an entry, and that it took it out of the line. kNotYet
  /// where somebody has the entry in hand or its id reserved, and is to be waited for.
  TakenUp TakeUp(const WaitlistEntry& entry);
  TakenUp Drop(WaitlistId id);

  /// The first place of each duration of each block that holds the day; days are counted from
  /// kEarliest. O((levels + durations) x log n).
  std::vector<Place> Heads(const Lane& lane, std::int64_t day) const;

  /// The place behind another, of the same block and duration. O(log n).
  std::optional<Place> Behind(const Lane& lane, const Place& place) const;

 private:
  using Places = absl::btree_set<Place>;
  struct Record {
    WaitlistEntryPtr entry;  // null: only reserved
    bool out = true;
  };

  static Lane LaneOf(const WaitlistEntry& entry);
  void PutLocked(const WaitlistEntry& entry, Record& record);
  void RemoveLocked(WaitlistId id);
  void EraseLocked(Record& record);
  WaitlistEntryPtr TakeOutLocked(WaitlistId id);

  std::atomic<std::size_t> size_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable put_back_;
  absl::flat_hash_map<WaitlistId, Record> records_;
  absl::flat_hash_map<BookingId, WaitlistId> offers_;
  absl::btree_map<Lane, Places> lanes_;
  absl::btree_set<std::pair<Instant, WaitlistId>> by_age_;
  absl::btree_set<std::tuple<ResourceId, Instant, WaitlistId>> by_patient_;
};

/// The day that holds an instant, counted from kEarliest.
inline std::int64_t DayOf(Instant instant) {
  return std::chrono::floor<std::chrono::days>(instant - kEarliest).count();
}

}  // namespace clinic::internal
