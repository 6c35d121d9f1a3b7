// A specialty with many members is searched through an index; what it finds is what asking each of
// them finds. The reference is FindSlots with all of them named, which asks each.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <random>
#include <thread>

#include "tests/engine/scheduler_fixture.hpp"

namespace clinic {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::uint64_t kFirst = 100;

class ManyDoctors {
 public:
  explicit ManyDoctors(unsigned seed, std::uint64_t doctors, bool odd)
      : random_(seed), doctors_(doctors), odd_(odd) {
    Populate(scheduler_);
    for (std::uint64_t i = 0; i < doctors; ++i) AddDoctor(i);
  }

  std::uint64_t Below(std::uint64_t bound) { return random_() % bound; }
  template <typename T>
  T OneOf(std::initializer_list<T> choices) {
    return choices.begin()[Below(choices.size())];
  }

  Duration Odd() { return odd_ && Below(4) == 0 ? Duration{Below(600)} : Duration{0}; }

  Resource MakeOne(ResourceId id, std::int32_t capacity) {
    Resource doctor = MakeDoctor(id);
    doctor.capacity = capacity;
    doctor.slot_step = minutes{OneOf({5, 10, 15, 15, 20, 60})};
    if (odd_ && Below(5) == 0) doctor.slot_step = seconds{OneOf({60, 97, 450, 1800, 86'400})};
    doctor.default_duration = minutes{OneOf({10, 20, 30, 45})};
    doctor.buffer_before = minutes{OneOf({0, 0, 0, 5, 7})};
    doctor.buffer_after = minutes{OneOf({0, 0, 0, 10})} + Odd();
    doctor.timezone = OneOf({"UTC", "UTC", "America/New_York", "Asia/Kathmandu"});
    if (Below(10) == 0) doctor.hours = Resource::Hours::kAlways;
    return doctor;
  }

  AvailabilityRule Hours(std::uint64_t number) {
    AvailabilityRule rule = Weekdays(number);
    rule.start += minutes{OneOf({0, 0, 10, 15, 60})} + Odd();
    rule.end += OneOf({hours{0}, hours{0}, hours{3}, hours{15}}) + Odd();
    return rule;
  }

  void AddDoctor(std::uint64_t i) {
    const ResourceId id = IdNumber(kFirst + i);
    ASSERT_TRUE(scheduler_.AddResource(MakeOne(id, OneOf({1, 1, 1, 3}))).ok());
    (void)scheduler_.PutAvailability(id, Hours(i));
  }

  ResourceId AnyDoctor() { return IdNumber(kFirst + Below(doctors_)); }

  Instant AnyInstant() { return At(8) + days{Below(9)} + minutes{5 * Below(200)} + Odd(); }

  // Something happens.
  void Disturb() {
    const ResourceId doctor = AnyDoctor();
    switch (Below(16)) {
      case 0: {
        const Resource now = scheduler_.FindResource(doctor).value();
        ASSERT_TRUE(scheduler_.UpdateResource(MakeOne(doctor, now.capacity)).ok());
        (void)scheduler_.PutAvailability(doctor, Hours(1000 + Below(2)));
        return;
      }
      case 1: {
        const Instant start = AnyInstant();
        const auto off = scheduler_.PutTimeOff(
            {.resource = doctor, .interval = {start, start + hours{1 + Below(40)} + Odd()}});
        if (off.ok() && Below(2) == 0) (void)scheduler_.DeleteTimeOff(doctor, off->id);
        return;
      }
      case 2: {
        Resource changed = scheduler_.FindResource(doctor).value();
        changed.specialties = Below(2) == 0 ? std::vector<std::string>{}
                                            : std::vector<std::string>{"cardiology", "surgery"};
        ASSERT_TRUE(scheduler_.UpdateResource(changed).ok());
        return;
      }
      case 3:
        AddDoctor(doctors_++);
        return;
      case 4:
      case 5:
      case 6:
        if (!booked_.empty()) {
          std::swap(booked_[Below(booked_.size())], booked_.back());
          (void)scheduler_.Cancel(booked_.back());
          booked_.pop_back();
        }
        return;
      case 7:
        clock_.Advance(minutes{Below(40)} + Odd());
        return;
      default: {
        const Instant start = AnyInstant();
        BookRequest request{.resources = {doctor},
                            .interval = {start, start + minutes{5 + 5 * Below(30)} + Odd()}};
        if (Below(3) == 0) request.waive = Waivers::Override();
        if (Below(3) == 0) request.resources.push_back(kAlice);
        const auto booked =
            Below(6) == 0 ? scheduler_.Hold(request, minutes{30}) : scheduler_.Book(request);
        if (booked.ok()) booked_.push_back(booked->id);
      }
    }
  }

  SlotQuery AnyQuery() {
    SlotQuery query{.specialty = "cardiology"};
    const Instant from = AnyInstant() - hours{Below(30)};
    query.range = {from, from + minutes{10 + Below(60 * 24 * 8)} + Odd()};
    if (Below(4) != 0) query.duration = minutes{5 + 5 * Below(Below(4) == 0 ? 280 : 12)} + Odd();
    if (Below(4) == 0) query.together.push_back(kAlice);
    if (Below(6) == 0) query.together.push_back(kRoom);
    if (Below(4) == 0) {
      const Duration start = minutes{30 * Below(40)};
      query.times = {{.from = start, .until = start + hours{4}},
                     {.weekdays = {std::chrono::Tuesday, std::chrono::Friday}}};
    }
    if (Below(3) == 0) query.times_zone = "America/New_York";
    if (Below(4) == 0) {
      query.preferred = {IdNumber(kFirst + 5), IdNumber(kFirst + 11)};
      query.preferred_within = hours{Below(30)};
    }
    if (Below(5) == 0) query.ranking = SlotRanking::kTightest;
    query.limit = OneOf<std::size_t>({1, 1, 2, 7, 50, 400});
    return query;
  }

  // The same question to everyone who has the specialty, one by one.
  std::vector<Slot> AskEach(SlotQuery query) {
    for (std::uint64_t i = 0; i < doctors_; ++i) query.any_of.push_back(IdNumber(kFirst + i));
    query.any_of.push_back(kDoctor);
    return scheduler_.FindSlots(query).value();
  }

  Scheduler& scheduler() { return scheduler_; }

 private:
  std::mt19937 random_;
  std::uint64_t doctors_;
  bool odd_;
  SimulatedClock clock_{At(8)};
  UuidV7Generator ids_{clock_, 1};
  Scheduler scheduler_{clock_, ids_};
  std::vector<BookingId> booked_;
};

void CompareOverAndOver(unsigned seed, std::uint64_t doctors, bool odd, int rounds) {
  ManyDoctors clinic(seed, doctors, odd);
  for (int round = 0; round < rounds; ++round) {
    for (std::uint64_t i = clinic.Below(30); i > 0; --i) clinic.Disturb();
    const SlotQuery query = clinic.AnyQuery();
    const std::vector<Slot> found = clinic.scheduler().FindSlots(query).value();
    const std::vector<Slot> expected = clinic.AskEach(query);
    ASSERT_EQ(found.size(), expected.size()) << "seed " << seed << ", round " << round;
    for (std::size_t i = 0; i < found.size(); ++i) {
      ASSERT_EQ(found[i], expected[i]) << "seed " << seed << ", round " << round << ", slot " << i;
    }
  }
}

TEST(SpecialtyIndex, FindsWhatAskingEachFinds) {
  for (unsigned seed = 0; seed < 6; ++seed) CompareOverAndOver(seed, 40, false, 100);
}

TEST(SpecialtyIndex, FindsWhatAskingEachFindsAtOddSeconds) {
  for (unsigned seed = 0; seed < 10; ++seed) CompareOverAndOver(100 + seed, 40, true, 100);
}

TEST(SpecialtyIndex, FindsWhatAskingEachFindsAmongSeveralBlocks) {
  CompareOverAndOver(1, 600, false, 20);
  CompareOverAndOver(2, 1'100, true, 20);
}

// Nearly everything is taken, so that the longest run of a day is what decides.
TEST(SpecialtyIndex, FindsTheOnlyTimeThatWasGivenBack) {
  SimulatedClock clock{At(8)};
  UuidV7Generator ids{clock, 1};
  Scheduler scheduler{clock, ids};
  std::vector<BookingId> bookings;
  for (std::uint64_t i = 0; i < 40; ++i) {
    ASSERT_TRUE(scheduler.AddResource(MakeDoctor(IdNumber(kFirst + i))).ok());
    ASSERT_TRUE(scheduler.PutAvailability(IdNumber(kFirst + i), Weekdays(i)).ok());
    for (int day = 0; day < 28; ++day) {
      const auto booked = scheduler.Book({.resources = {IdNumber(kFirst + i)},
                                          .interval = {At(9) + days{day}, At(17) + days{day}}});
      if (booked.ok()) bookings.push_back(booked->id);
    }
  }
  const SlotQuery query{.specialty = "cardiology",
                        .range = {At(0), At(0) + days{28}},
                        .duration = minutes{30},
                        .limit = 1};
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    ASSERT_TRUE(scheduler.FindSlots(query)->empty());
    const std::size_t chosen = random() % bookings.size();
    const Booking given_back = scheduler.Cancel(bookings[chosen]).value();
    const auto slots = scheduler.FindSlots(query);
    ASSERT_EQ(slots->size(), 1U);
    EXPECT_EQ(slots->front().resource, given_back.allocations.front().resource);
    EXPECT_EQ(slots->front().interval.start, given_back.interval.start);
    bookings[chosen] =
        scheduler.Book({.resources = {slots->front().resource}, .interval = given_back.interval})
            .value()
            .id;
  }
}

// Searches run beside bookings, cancellations and changes of hours. What is offered first and can
// not be booked has been taken by somebody else; in the end everything agrees again.
TEST(SpecialtyIndex, SearchesRunBesideChanges) {
  ManyDoctors clinic(7, 64, false);
  Scheduler& scheduler = clinic.scheduler();
  std::atomic<int> booked = 0;
  const auto work = [&](unsigned seed) {
    std::mt19937 random(seed);
    std::vector<BookingId> mine;
    for (int i = 0; i < 300; ++i) {
      const Instant from = At(8) + days{random() % 5} + minutes{5 * (random() % 100)};
      const auto slots = scheduler.FindSlots({.specialty = "cardiology",
                                              .range = {from, from + days{7}},
                                              .duration = minutes{20},
                                              .limit = 1 + random() % 3});
      ASSERT_TRUE(slots.ok());
      for (const Slot& slot : *slots) {
        const auto made = scheduler.Book({.resources = {slot.resource}, .interval = slot.interval});
        if (made.ok()) mine.push_back(made->id);
        if (made.ok()) ++booked;
      }
      if (random() % 3 == 0 && !mine.empty()) {
        ASSERT_TRUE(scheduler.Cancel(mine.back()).ok());
        mine.pop_back();
      }
      if (random() % 20 == 0) {
        const ResourceId doctor = IdNumber(kFirst + random() % 64);
        ASSERT_TRUE(
            scheduler.PutTimeOff({.resource = doctor, .interval = {from, from + hours{5}}}).ok());
      }
    }
  };
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < 4; ++i) threads.emplace_back(work, i);
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(booked, 0);
  for (int i = 0; i < 50; ++i) {
    const SlotQuery query = clinic.AnyQuery();
    EXPECT_EQ(*scheduler.FindSlots(query), clinic.AskEach(query));
  }
}

}  // namespace
}  // namespace clinic
