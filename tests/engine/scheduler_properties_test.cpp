// What holds of a scheduler whatever is asked of it: random commands, each property over a hundred
// thousand of them, in a clinic with odd hours, steps, buffers and capacities.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <tuple>

#include "clinic/branch.hpp"
#include "tests/engine/scheduler_fixture.hpp"

namespace clinic {
namespace {

using std::chrono::days;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr int kCommands = 100'000;

/// A clinic, and somebody who asks it for anything at any time.
class RandomClinic {
 public:
  explicit RandomClinic(std::uint64_t seed) : random_(seed) { Populate(); }

  Scheduler& scheduler() { return scheduler_; }
  std::uint64_t Below(std::uint64_t bound) { return random_() % bound; }

  ResourceId AnyDoctor() { return IdNumber(1 + Below(4)); }
  ResourceId AnyPatient() { return IdNumber(11 + Below(6)); }
  ResourceId AnyRoom() { return IdNumber(21 + Below(2)); }
  Duration AnyLength() { return minutes{5 * static_cast<int>(1 + Below(9))}; }

  /// Mostly on five minutes, in the hours of these four weeks.
  Instant AnyStart() {
    const Instant start = kFriday + days{static_cast<int>(Below(28))} + minutes{8 * 60} +
                          minutes{5 * static_cast<int>(Below(120))};
    return Below(8) == 0 ? start + seconds{static_cast<int>(Below(300))} : start;
  }

  BookRequest AnyRequest() {
    const Instant start = AnyStart();
    BookRequest request{.resources = {AnyDoctor(), AnyPatient()},
                        .interval = {start, start + AnyLength()}};
    if (Below(3) == 0) request.resources.push_back(AnyRoom());
    return request;
  }

  /// One of those that were made, of the last few hundred.
  BookingId AnyBooking() { return made_.empty() ? BookingId() : made_[Below(made_.size())]; }

  /// Asks for one thing; what comes of it is the scheduler's business.
  void Command(Scheduler& scheduler, bool time_passes = true) {
    switch (Below(16)) {
      case 0:
      case 1:
      case 2:
      case 3:
      case 4:
        Note(scheduler.Book(AnyRequest()));
        break;
      case 5:
        Note(scheduler.Hold(AnyRequest(), minutes{static_cast<int>(1 + Below(20))}));
        break;
      case 6:
      case 7:
      case 8:
        (void)scheduler.Cancel(AnyBooking());
        break;
      case 9:
      case 10: {
        const Instant start = AnyStart();
        (void)scheduler.Reschedule(AnyBooking(), {.interval = {start, start + AnyLength()}});
        break;
      }
      case 11:
        (void)scheduler.Confirm(AnyBooking());
        break;
      case 12: {
        static constexpr std::string_view kActions[] = {"arrive", "check-in", "complete",
                                                        "no-show"};
        (void)scheduler.Transition(AnyBooking(), kActions[Below(4)]);
        break;
      }
      case 13: {
        const Instant start = AnyStart();
        const std::vector<Change> changes = {
            Act{.booking = AnyBooking(), .action = "cancel"}, AnyRequest(),
            Move{.booking = AnyBooking(), .to = {.interval = {start, start + AnyLength()}}}};
        const auto applied = scheduler.Apply(changes);
        if (applied.ok()) Note((*applied)[1]);
        break;
      }
      case 14: {
        const Instant start = AnyStart();
        (void)scheduler.PutTimeOff({.id = TimeOffId(Uuid{0, 1 + Below(8)}),
                                    .resource = AnyDoctor(),
                                    .interval = {start, start + AnyLength() * 4}});
        break;
      }
      default:
        if (time_passes) clock_.Advance(seconds{static_cast<int>(Below(60))});
        break;
    }
  }

  void Note(const Result<Booking>& booking) {
    if (!booking.ok()) return;
    if (made_.size() < 300) {
      made_.push_back(booking->id);
    } else {
      made_[Below(made_.size())] = booking->id;
    }
  }

 private:
  void Populate() {
    const CivilTime midnight{kFriday.time_since_epoch()};
    std::uint64_t rules = 0;
    const auto hours = [&](int from, int to, const char* rule) {
      return AvailabilityRule{.id = RuleId(Uuid{0, ++rules}),
                              .start = midnight + minutes{from},
                              .end = midnight + minutes{to},
                              .rule = RecurrenceRule::Parse(rule).value()};
    };
    const struct {
      Duration step, before, after;
      std::int32_t capacity;
      std::vector<AvailabilityRule> rules;
    } doctors[] = {
        {minutes{5},
         minutes{0},
         minutes{0},
         1,
         {hours(540, 1020, "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR")}},
        // With gaps that are shorter than the step.
        {minutes{15},
         minutes{5},
         minutes{10},
         1,
         {hours(545, 612, "FREQ=DAILY"), hours(614, 760, "FREQ=DAILY"),
          hours(765, 1020, "FREQ=DAILY")}},
        {minutes{7},
         seconds{0},
         seconds{90},
         1,
         {hours(601, 700, "FREQ=DAILY;INTERVAL=2"), hours(703, 900, "FREQ=DAILY;INTERVAL=2")}},
        {minutes{10}, minutes{0}, minutes{0}, 3, {hours(480, 720, "FREQ=DAILY")}}};
    std::uint64_t number = 0;
    for (const auto& doctor : doctors) {
      Resource resource = MakeDoctor(IdNumber(++number));
      resource.slot_step = doctor.step;
      resource.buffer_before = doctor.before;
      resource.buffer_after = doctor.after;
      resource.capacity = doctor.capacity;
      EXPECT_TRUE(scheduler_.AddResource(resource).ok());
      for (const AvailabilityRule& rule : doctor.rules) {
        EXPECT_TRUE(scheduler_.PutAvailability(resource.id, rule).ok());
      }
    }
    for (std::uint64_t i = 11; i <= 16; ++i) {
      EXPECT_TRUE(scheduler_.AddResource(MakeResource(IdNumber(i), ResourceKind::kPatient)).ok());
    }
    EXPECT_TRUE(scheduler_.AddResource(MakeResource(IdNumber(21), ResourceKind::kRoom, 2)).ok());
    EXPECT_TRUE(scheduler_.AddResource(MakeResource(IdNumber(22), ResourceKind::kRoom)).ok());
  }

  std::mt19937_64 random_;
  SimulatedClock clock_{At(8)};
  UuidV7Generator ids_{clock_, 1};
  Scheduler scheduler_{clock_, ids_};
  std::vector<BookingId> made_;
};

SlotQuery Question(ResourceId doctor, ResourceId patient, const Interval& range, Duration length) {
  return {
      .any_of = {doctor}, .together = {patient}, .range = range, .duration = length, .limit = 50};
}

TEST(SchedulerProperty, OfferedIsBookableAndNothingElseIs) {
  RandomClinic clinic(1);
  Scheduler& scheduler = clinic.scheduler();
  int offered = 0;
  int left_out = 0;
  for (int i = 0; i < kCommands; ++i) {
    clinic.Command(scheduler);
    const ResourceId doctor = clinic.AnyDoctor();
    const ResourceId patient = clinic.AnyPatient();
    const Duration length = clinic.AnyLength();
    const Instant from = clinic.AnyStart();
    const Interval range{from, from + length + minutes{20}};
    const auto slots = *scheduler.FindSlots(Question(doctor, patient, range, length));
    const auto can_be_booked = [&](Instant start) {
      return scheduler.Check({.resources = {doctor, patient}, .interval = {start, start + length}})
          .ok();
    };
    for (const Slot& slot : slots) {
      ASSERT_TRUE(can_be_booked(slot.interval.start)) << "command " << i;
      ++offered;
    }
    for (int probe = 0; probe < 3; ++probe) {
      const Instant start = from + minutes{static_cast<int>(clinic.Below(21))};
      const bool is_offered = std::ranges::any_of(
          slots, [&](const Slot& slot) { return slot.interval.start == start; });
      ASSERT_EQ(is_offered, can_be_booked(start)) << "command " << i;
      left_out += is_offered ? 0 : 1;
    }
  }
  EXPECT_GT(offered, kCommands / 2);
  EXPECT_GT(left_out, kCommands);
}

TEST(SchedulerProperty, NothingOverlapsBeyondItsCapacity) {
  RandomClinic clinic(2);
  Scheduler& scheduler = clinic.scheduler();
  std::size_t deepest = 0;
  for (int i = 0; i < kCommands; ++i) {
    clinic.Command(scheduler);
    const std::uint64_t pick = clinic.Below(12);
    const ResourceId id = pick < 4    ? clinic.AnyDoctor()
                          : pick < 10 ? clinic.AnyPatient()
                                      : clinic.AnyRoom();
    const auto capacity = static_cast<std::size_t>(scheduler.FindResource(id)->capacity);
    const Instant from = clinic.AnyStart();
    // Depth only rises where a booking starts, so that is where it is counted.
    std::vector<Interval> taken;
    for (const Booking& booking : *scheduler.BookingsOf(id, {from, from + minutes{240}})) {
      for (const Allocation& allocation : booking.allocations) {
        if (allocation.resource == id) taken.push_back(allocation.occupied);
      }
    }
    for (const Interval& a : taken) {
      const auto depth = static_cast<std::size_t>(
          std::ranges::count_if(taken, [&](const Interval& b) { return b.Contains(a.start); }));
      ASSERT_LE(depth, capacity) << "command " << i;
      deepest = std::max(deepest, depth);
    }
  }
  EXPECT_EQ(deepest, 3U);
}

TEST(SchedulerProperty, CancelUndoesBook) {
  RandomClinic clinic(3);
  Scheduler& scheduler = clinic.scheduler();
  int undone = 0;
  for (int i = 0; i < kCommands; ++i) {
    clinic.Command(scheduler);
    const BookRequest request = clinic.AnyRequest();
    const Interval around{request.interval.start - minutes{60}, request.interval.end + minutes{60}};
    const auto shown = [&] {
      std::vector<Slot> slots = *scheduler.FindSlots(
          Question(request.resources[0], request.resources[1], around, minutes{10}));
      std::vector<Booking> bookings;
      for (const ResourceId id : request.resources) {
        for (Booking& booking : *scheduler.BookingsOf(id, around))
          bookings.push_back(std::move(booking));
      }
      return std::pair(std::move(slots), std::move(bookings));
    };
    const auto before = shown();
    const auto booked = scheduler.Book(request);
    if (!booked.ok()) {
      ASSERT_EQ(shown(), before) << "a refused booking changes nothing, command " << i;
      continue;
    }
    ASSERT_FALSE(scheduler.Check(request).ok() &&
                 scheduler.FindResource(request.resources[0])->capacity == 1);
    ASSERT_TRUE(scheduler.Cancel(booked->id).ok());
    ASSERT_EQ(shown(), before) << "command " << i;
    ++undone;
  }
  EXPECT_GT(undone, kCommands / 20);
}

// Bookings of a resource, and that each is found as it is shown.
std::vector<Booking> Shown(const Scheduler& scheduler, ResourceId id, const Interval& range) {
  std::vector<Booking> bookings = *scheduler.BookingsOf(id, range);
  for (const Booking& booking : bookings) EXPECT_EQ(*scheduler.Find(booking.id), booking);
  return bookings;
}

TEST(SchedulerProperty, ABranchIsIsolated) {
  RandomClinic clinic(4);
  Scheduler& origin = clinic.scheduler();
  const auto any_day = [&] {
    const Instant day = kFriday + days{static_cast<int>(clinic.Below(28))};
    return Interval{day, day + days{1}};
  };
  const auto any_resource = [&] {
    return clinic.Below(2) == 0 ? clinic.AnyDoctor() : clinic.AnyPatient();
  };
  int compared = 0;
  for (int round = 0; round < kCommands / 100; ++round) {
    const Branch branch = std::move(origin.MakeBranch()).value();
    // Of the same instant, and looked at before anything happens.
    const Branch witness = std::move(origin.MakeBranch()).value();
    std::vector<std::tuple<ResourceId, Interval, std::vector<Booking>>> expected;
    for (int i = 0; i < 6; ++i) {
      const ResourceId id = any_resource();
      const Interval day = any_day();
      expected.emplace_back(id, day, Shown(*witness, id, day));
    }
    for (int i = 0; i < 100; ++i) {
      clinic.Command(origin);
      if (clinic.Below(8) != 0) continue;
      const auto& [id, day, bookings] = expected[clinic.Below(expected.size())];
      ASSERT_EQ(Shown(*branch, id, day), bookings) << "round " << round;
      ++compared;
    }
    // And the other way round: nothing of what is tried in it is seen in its origin.
    for (auto& [id, day, bookings] : expected) bookings = Shown(origin, id, day);
    for (int i = 0; i < 20; ++i) clinic.Command(*witness, /*time_passes=*/false);
    for (const auto& [id, day, bookings] : expected) ASSERT_EQ(Shown(origin, id, day), bookings);
  }
  EXPECT_GT(compared, kCommands / 10);
}

}  // namespace
}  // namespace clinic
