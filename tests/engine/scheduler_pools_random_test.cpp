// Small random clinics: a booking on pools is accepted exactly where trying every assignment of
// members to everything that is booked finds one.
#include <algorithm>
#include <array>
#include <bitset>
#include <map>
#include <optional>
#include <random>
#include <set>

#include "tests/engine/scheduler_fixture.hpp"

namespace clinic {
namespace {

using std::chrono::minutes;

// Time is cut into cells of five minutes, from 08:00 on.
constexpr int kCells = 60;

int CellOf(Instant instant) { return static_cast<int>((instant - At(8)) / minutes{5}); }

Interval Cells(int start, int end) {
  return {At(8) + minutes{5 * start}, At(8) + minutes{5 * end}};
}

struct Room {
  std::set<std::string> pools;
  int capacity = 1;
  int before = 0;  // in cells
  int after = 0;
  std::bitset<kCells> open;
};

/// A request, or a booking that stands: what it wants, not what it has.
struct Wish {
  int start = 0;
  int end = 0;
  std::vector<std::size_t> named;
  std::vector<PoolRequest> pools;
};

/// Tries everything.
class Exhaustion {
 public:
  explicit Exhaustion(const std::vector<Room>& rooms) : rooms_(rooms), used_(rooms.size()) {}

  bool Fits(const std::vector<Wish>& wishes) {
    for (const Wish& wish : wishes) {
      for (const std::size_t room : wish.named) {
        if (!MayTake(wish, room)) return false;
        Take(wish, room, 1);
      }
    }
    return Place(wishes, 0, 0, 0, 0, {});
  }

 private:
  bool MayTake(const Wish& wish, std::size_t room) const {
    for (int cell = wish.start; cell < wish.end; ++cell) {
      if (!rooms_[room].open[static_cast<std::size_t>(cell)]) return false;
    }
    for (int cell = wish.start - rooms_[room].before; cell < wish.end + rooms_[room].after;
         ++cell) {
      if (used_[room][static_cast<std::size_t>(cell)] >= rooms_[room].capacity) return false;
    }
    return true;
  }

  void Take(const Wish& wish, std::size_t room, int change) {
    for (int cell = wish.start - rooms_[room].before; cell < wish.end + rooms_[room].after;
         ++cell) {
      used_[room][static_cast<std::size_t>(cell)] += change;
    }
  }

  /// The wishes from `w` on, of that one the pools from `p` on, of that one `had` are there
  /// already, from rooms before `from`; `mine` are all that the wish has of its pools.
  bool Place(const std::vector<Wish>& wishes, std::size_t w, std::size_t p, std::size_t had,
             std::size_t from, std::set<std::size_t> mine) {
    if (w == wishes.size()) return true;
    const Wish& wish = wishes[w];
    if (p == wish.pools.size()) return Place(wishes, w + 1, 0, 0, 0, {});
    if (had == wish.pools[p].count) return Place(wishes, w, p + 1, 0, 0, mine);
    for (std::size_t room = from; room < rooms_.size(); ++room) {
      const bool taken = std::ranges::count(wish.named, room) > 0 || mine.contains(room);
      if (taken || !rooms_[room].pools.contains(wish.pools[p].specialty)) continue;
      if (!MayTake(wish, room)) continue;
      Take(wish, room, 1);
      auto with = mine;
      with.insert(room);
      const bool fits = Place(wishes, w, p, had + 1, room + 1, with);
      Take(wish, room, -1);
      if (fits) return true;
    }
    return false;
  }

  const std::vector<Room>& rooms_;
  std::vector<std::array<int, kCells>> used_;
};

class RandomPools : public testing::Test {
 protected:
  int Below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }

  void Furnish() {
    rooms_.assign(static_cast<std::size_t>(2 + Below(3)), Room());
    scheduler_.emplace(clock_, ids_, SchedulerOptions{.alternatives = 0});
    wishes_.clear();
    const bool plain = Below(2) == 0;
    for (std::size_t number = 0; number < rooms_.size(); ++number) {
      Room& room = rooms_[number];
      if (Below(4) > 0) room.pools.insert("a");
      if (Below(2) > 0) room.pools.insert("b");
      if (!plain) {
        room.capacity = 1 + Below(4) / 3;
        room.before = Below(3) / 2;
        room.after = Below(3) / 2;
      }
      Resource resource = MakeResource(IdNumber(number + 10), ResourceKind::kRoom, room.capacity);
      resource.specialties = {room.pools.begin(), room.pools.end()};
      resource.buffer_before = minutes{5 * room.before};
      resource.buffer_after = minutes{5 * room.after};
      const bool by_rules = Below(3) == 0;
      if (by_rules) resource.hours = Resource::Hours::kByRules;
      ASSERT_TRUE(scheduler_->AddResource(resource).ok());
      room.open.set();
      if (by_rules) KeepHours(room, resource.id);
    }
  }

  void KeepHours(Room& room, ResourceId id) {
    ASSERT_TRUE(scheduler_->PutAvailability(id, Weekdays()).ok());
    for (std::size_t cell = 0; cell < 12; ++cell) room.open.reset(cell);
    const int start = 10 + Below(30);
    const Interval off = Cells(start, start + 1 + Below(5));
    ASSERT_TRUE(scheduler_->PutTimeOff({.resource = id, .interval = off}).ok());
    for (int cell = CellOf(off.start); cell < CellOf(off.end); ++cell) {
      room.open.reset(static_cast<std::size_t>(cell));
    }
  }

  Wish AnyWish() {
    Wish wish{.start = 12 + Below(16), .end = 0, .named = {}, .pools = {}};
    wish.end = wish.start + 1 + Below(10);
    if (Below(4) == 0) {
      wish.named.push_back(static_cast<std::size_t>(Below(static_cast<int>(rooms_.size()))));
    }
    const int kinds = Below(5);
    const auto count = [&] { return static_cast<std::size_t>(1 + Below(4) / 3); };
    if (kinds != 1 && (kinds != 4 || wish.named.empty())) wish.pools.push_back({"a", count()});
    if (kinds == 1 || kinds == 2) wish.pools.push_back({"b", count()});
    return wish;
  }

  static BookRequest RequestFor(const Wish& wish) {
    BookRequest request{.pools = wish.pools, .interval = Cells(wish.start, wish.end)};
    for (const std::size_t room : wish.named) request.resources.push_back(IdNumber(room + 10));
    return request;
  }

  bool FitsBesides(const Wish& wish) {
    std::vector<Wish> all{wish};
    for (const auto& [id, booked] : wishes_) all.push_back(booked);
    return Exhaustion(rooms_).Fits(all);
  }

  /// A wish for a room by name does not have others make way.
  bool IsFree(std::size_t room, const Wish& wish) {
    return scheduler_
        ->Check({.resources = {IdNumber(room + 10)}, .interval = Cells(wish.start, wish.end)})
        .ok();
  }

  void ExpectThatAllHaveWhatTheyWished() {
    std::vector<std::array<int, kCells>> used(rooms_.size());
    for (const auto& [id, wish] : wishes_) {
      const Booking booking = *scheduler_->Find(id);
      ASSERT_EQ(booking.interval, Cells(wish.start, wish.end));
      std::map<std::string, std::size_t> had;
      for (const Allocation& allocation : booking.allocations) {
        const std::size_t number = allocation.resource.uuid().low - 10;
        ++had[allocation.pool];
        if (allocation.pool.empty()) {
          ASSERT_EQ(std::ranges::count(wish.named, number), 1);
        } else {
          ASSERT_TRUE(rooms_[number].pools.contains(allocation.pool));
        }
        const Interval& occupied = allocation.occupied;
        for (int cell = CellOf(occupied.start); cell < CellOf(occupied.end); ++cell) {
          ASSERT_LE(++used[number][static_cast<std::size_t>(cell)], rooms_[number].capacity);
        }
        const auto there = *scheduler_->BookingsOf(allocation.resource, booking.interval);
        ASSERT_EQ(std::ranges::count(there, id, &Booking::id), 1);
      }
      ASSERT_EQ(had[""], wish.named.size());
      for (const PoolRequest& pool : wish.pools) ASSERT_EQ(had[pool.specialty], pool.count);
    }
  }

  void ExpectOffersToBeWhatCanBeBooked() {
    const Wish wish = AnyWish();
    const BookRequest request = RequestFor(wish);
    if (wish.pools.empty() || CodeOf(request) == ErrorCode::kUnknownResource) return;
    const Interval range = Cells(10, 40);
    const Duration length = request.interval.length();
    const auto slots = scheduler_->FindSlots({.together = request.resources,
                                              .pools = request.pools,
                                              .range = range,
                                              .duration = length,
                                              .limit = 1000});
    ASSERT_TRUE(slots.ok());
    std::set<Instant> offered;
    for (const Slot& slot : *slots) offered.insert(slot.interval.start);
    for (Instant start = range.start; start + length <= range.end; start += minutes{5}) {
      BookRequest moved = request;
      moved.interval = {start, start + length};
      ASSERT_EQ(scheduler_->Check(moved).ok(), offered.contains(start)) << CellOf(start);
    }
  }

  ErrorCode CodeOf(const BookRequest& request) {
    const Result<void> checked = scheduler_->Check(request);
    return checked.ok() ? ErrorCode::kCorrupt : checked.error().code;
  }

  std::mt19937 random_{20240301};
  SimulatedClock clock_{At(8)};
  UuidV7Generator ids_{clock_, 1};
  std::optional<Scheduler> scheduler_;
  std::vector<Room> rooms_;
  std::map<BookingId, Wish> wishes_;
};

TEST_F(RandomPools, AreBookedExactlyWhereSomeAssignmentExists) {
  int accepted = 0;
  int refused = 0;
  int reassigned = 0;
  for (int round = 0; round < 700; ++round) {
    Furnish();
    for (int step = 0; step < 14; ++step) {
      if (!wishes_.empty() && Below(6) == 0) {
        const auto any = std::next(wishes_.begin(), Below(static_cast<int>(wishes_.size())));
        ASSERT_TRUE(scheduler_->Cancel(any->first).ok());
        wishes_.erase(any);
        continue;
      }
      const Wish wish = AnyWish();
      const BookRequest request = RequestFor(wish);
      if (CodeOf(request) == ErrorCode::kUnknownResource) continue;
      const bool named =
          std::ranges::all_of(wish.named, [&](std::size_t room) { return IsFree(room, wish); });
      const bool fits = named && FitsBesides(wish);
      ASSERT_EQ(scheduler_->Check(request).ok(), fits) << "round " << round << " step " << step;
      const auto booked = scheduler_->Book(request);
      ASSERT_EQ(booked.ok(), fits) << "round " << round << " step " << step;
      (fits ? accepted : refused) += 1;
      if (fits) wishes_.emplace(booked->id, wish);
      ExpectThatAllHaveWhatTheyWished();
      if (HasFatalFailure()) FAIL() << "round " << round << " step " << step;
    }
    for (const auto& [id, wish] : wishes_) reassigned += scheduler_->Find(id)->version > 1;
    ExpectOffersToBeWhatCanBeBooked();
    if (HasFatalFailure()) FAIL() << "round " << round;
  }
  EXPECT_GT(accepted, 1000);
  EXPECT_GT(refused, 1000);
  EXPECT_GT(reassigned, 100);
}

}  // namespace
}  // namespace clinic
