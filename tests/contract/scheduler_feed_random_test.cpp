// Three schedulers over one store do whatever comes, by turns and at once. In the end each of them
// is what a scheduler is that has just loaded the store, and nothing was booked twice.
#include <atomic>
#include <map>
#include <mutex>
#include <random>
#include <thread>
#include <utility>

#include "tests/contract/several_schedulers.hpp"

namespace clinic {
namespace {

using std::chrono::minutes;

constexpr std::uint64_t kDoctors = 3;
constexpr std::uint64_t kPatients = 6;
constexpr std::uint64_t kRooms = 3;

ResourceId Doctor(std::uint64_t i) { return IdNumber(100 + i); }
ResourceId Patient(std::uint64_t i) { return IdNumber(200 + i); }
ResourceId Room(std::uint64_t i) { return IdNumber(300 + i); }

/// The bookings that callers were told of. Thread-safe.
class Known {
 public:
  void Add(BookingId id) {
    const std::lock_guard lock(mutex_);
    ids_.push_back(id);
  }

  /// One of the last few, so that callers meet.
  BookingId Any(std::uint64_t choice) {
    const std::lock_guard lock(mutex_);
    if (ids_.empty()) return {};
    return ids_[ids_.size() - 1 - choice % std::min<std::size_t>(ids_.size(), 30)];
  }

 private:
  std::mutex mutex_;
  std::vector<BookingId> ids_;
};

/// What one caller does, by chance.
class Caller {
 public:
  Caller(Scheduler& scheduler, Known& known, std::uint64_t seed)
      : scheduler_(&scheduler), known_(known), random_(seed) {}

  void TurnTo(Scheduler& scheduler) { scheduler_ = &scheduler; }

  /// The word for what came of it.
  std::string Act() {
    switch (Below(24)) {
      case 0:
        return WordOf(scheduler_->CatchUp());
      case 1:
        return WordOf(scheduler_->ExpireHolds());
      case 2:
        return JoinOrLeave();
      case 3:
        return ChangeHours();
      case 4:
        return BookEach();
      case 5:
      case 6:
        return Swap();
      case 7:
      case 8:
      case 9:
        return WordOf(scheduler_->Transition(
            AnyBooking(), std::vector{"confirm", "release", "cancel", "arrive"}[Below(4)]));
      case 10:
      case 11:
      case 12:
      case 13:
        return WordOf(scheduler_->Cancel(AnyBooking()));
      case 14:
      case 15:
      case 16:
        return WordOf(scheduler_->Reschedule(AnyBooking(), {.interval = AnyVisit()}));
      case 17:
      case 18:
        return Note(scheduler_->Hold(AnyRequest(), minutes{1 + Below(20)}));
      default:
        return Note(scheduler_->Book(AnyRequest()));
    }
  }

 private:
  std::uint64_t Below(std::uint64_t n) { return random_() % n; }

  Interval AnyVisit() {
    const Instant start = At(9) + minutes{15 * Below(32)};
    return {start, start + minutes{15 * (1 + Below(3))}};
  }

  BookRequest AnyRequest() {
    BookRequest request{.resources = {Doctor(Below(kDoctors)), Patient(Below(kPatients))},
                        .interval = AnyVisit()};
    if (Below(3) == 0) request.pools = {{"room", 1 + Below(2)}};
    return request;
  }

  BookingId AnyBooking() { return known_.Any(random_()); }

  std::string Note(const Result<Booking>& booked) {
    if (booked.ok()) known_.Add(booked->id);
    return WordOf(booked);
  }

  std::string BookEach() {
    const std::vector<BookRequest> requests = {AnyRequest(), AnyRequest(), AnyRequest()};
    std::string words;
    for (const auto& booked : scheduler_->BookEach(requests)) words = Note(booked);
    return words;
  }

  std::string Swap() {
    const std::vector<Change> changes = {
        Move{.booking = AnyBooking(), .to = {.interval = AnyVisit()}},
        Move{.booking = AnyBooking(), .to = {.interval = AnyVisit()}}};
    return WordOf(scheduler_->Apply(changes));
  }

  std::string JoinOrLeave() {
    if (entries_.size() > 3) {
      const WaitlistId id = entries_.back();
      entries_.pop_back();
      return WordOf(scheduler_->LeaveWaitlist(id));
    }
    WaitlistEntry entry;
    entry.patient = Patient(Below(kPatients));
    entry.resource = Doctor(Below(kDoctors));
    entry.range = {At(9), At(17)};
    entry.duration = minutes{30};
    const auto joined = scheduler_->JoinWaitlist(entry);
    if (joined.ok()) entries_.push_back(joined->id);
    return WordOf(joined);
  }

  std::string ChangeHours() {
    const ResourceId doctor = Doctor(Below(kDoctors));
    if (time_off_.is_nil()) {
      const auto off = scheduler_->PutTimeOff({.resource = doctor, .interval = AnyVisit()});
      if (off.ok()) time_off_ = off->id;
      off_ = doctor;
      return WordOf(off);
    }
    const auto ended = scheduler_->DeleteTimeOff(off_, std::exchange(time_off_, {}));
    return WordOf(ended);
  }

  Scheduler* scheduler_;
  Known& known_;
  std::mt19937_64 random_;
  std::vector<WaitlistId> entries_;
  TimeOffId time_off_;
  ResourceId off_;
};

class RandomFeed : public SeveralSchedulers {
 protected:
  void SetUp() override {
    SeveralSchedulers::SetUp();
    for (std::uint64_t i = 0; i < kDoctors; ++i) {
      resources_.push_back(Doctor(i));
      ASSERT_TRUE(node(0).AddResource(MakeDoctor(Doctor(i))).ok());
      ASSERT_TRUE(node(0).PutAvailability(Doctor(i), Weekdays(50 + i)).ok());
    }
    for (std::uint64_t i = 0; i < kPatients; ++i) {
      resources_.push_back(Patient(i));
      ASSERT_TRUE(node(0).AddResource(MakeResource(Patient(i), ResourceKind::kPatient)).ok());
    }
    for (std::uint64_t i = 0; i < kRooms; ++i) {
      resources_.push_back(Room(i));
      Resource room = MakeResource(Room(i), ResourceKind::kRoom);
      room.specialties = {"room"};
      ASSERT_TRUE(node(0).AddResource(room).ok());
    }
  }

  void ExpectAllAreRight() {
    // What ran out by the clock of one is written down by one, and then known to all.
    for (auto& node : nodes_) ASSERT_EQ(WordOf(node->ExpireHolds()), "ok");
    CatchUp();
    const auto fresh = Fresh();
    const auto right = PictureOf(*fresh, resources_);
    for (auto& node : nodes_) EXPECT_EQ(PictureOf(*node, resources_), right);
    for (const ResourceId id : resources_) {
      Instant free_from = kEarliest;
      for (const Booking& booking : fresh->BookingsOf(id, {At(0), At(24)}).value()) {
        EXPECT_LE(free_from, booking.interval.start) << ToString(id);
        free_from = booking.interval.end;
      }
    }
  }

  std::vector<ResourceId> resources_;
};
CLINIC_SEVERAL_OVER_EVERY_STORE(RandomFeed);

TEST_P(RandomFeed, ByTurns_AllComeToTheSame) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    std::map<std::string, int> words;
    std::mt19937_64 random(seed);
    Known known;
    Caller caller(node(0), known, seed);
    for (int i = 0; i < 1'000; ++i) {
      caller.TurnTo(node(random() % 3));
      ++words[caller.Act()];
      if (random() % 8 == 0) ++words[WordOf(node(random() % 3).CatchUp())];
      // Within the hours of that day something is still to be booked at the end.
      if (random() % 10 == 0 && clock_.Now() < At(13)) clock_.Advance(minutes{1});
    }
    ExpectAllAreRight();
    if (HasFailure()) FAIL() << "seed " << seed;
    EXPECT_GT(words["ok"], 150);
    EXPECT_GT(words["conflict"], 100);
    EXPECT_EQ(words["unavailable"] + words["corrupt"], 0);
  }
}

TEST_P(RandomFeed, AtOnce_AllComeToTheSame) {
  std::atomic<bool> done = false;
  std::vector<std::unique_ptr<ChangeSignal>> signals;
  std::vector<std::thread> followers;
  for (std::size_t i = 0; i < 3; ++i) signals.push_back(store_->Watch().value());
  for (std::size_t i = 0; i < 3; ++i) {
    followers.emplace_back([&, i] {
      while (!done) {
        (void)signals[i]->Wait(minutes{1}).value();
        EXPECT_EQ(WordOf(node(i).CatchUp()), "ok");
      }
    });
  }
  Known known;
  std::vector<std::thread> callers;
  for (std::size_t i = 0; i < 6; ++i) {
    callers.emplace_back([&, i] {
      Caller caller(node(i % 3), known, i);
      for (int n = 0; n < 300; ++n) {
        const std::string word = caller.Act();
        EXPECT_NE(word, "corrupt");
        EXPECT_NE(word, "unavailable");
        if (i == 0 && n % 10 == 0) clock_.Advance(minutes{1});
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  done = true;
  for (const auto& signal : signals) signal->Wake();
  for (std::thread& follower : followers) follower.join();
  ExpectAllAreRight();
}

}  // namespace
}  // namespace clinic
