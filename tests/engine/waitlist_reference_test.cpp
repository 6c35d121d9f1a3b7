// Who is offered what, against going through everybody and every start.
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <random>

#include "tests/engine/scheduler_fixture.hpp"

namespace clinic {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr int kPatients = 5;

ResourceId PatientNumber(int number) { return IdNumber(10 + static_cast<std::uint64_t>(number)); }

/// A small clinic with a random day and a random queue, and another with the same day and none.
class RandomClinic {
 public:
  explicit RandomClinic(std::uint32_t seed) : random_(seed), always_open_(seed % 4 == 3) {
    Resource doctor = MakeDoctor(kDoctor);
    doctor.slot_step = minutes{std::array{5, 10, 15}[Below(3)]};
    doctor.default_duration = minutes{std::array{20, 30}[Below(2)]};
    if (Below(3) == 0) doctor.buffer_before = minutes{5};
    if (Below(3) == 0) doctor.buffer_after = minutes{10};
    if (always_open_) doctor.hours = Resource::Hours::kAlways;
    for (Scheduler* scheduler : {&waited_, &plain_}) {
      EXPECT_TRUE(scheduler->AddResource(doctor).ok());
      if (!always_open_) {
        EXPECT_TRUE(scheduler->PutAvailability(kDoctor, Weekdays()).ok());
      }
      for (int i = 0; i <= kPatients; ++i) {
        EXPECT_TRUE(
            scheduler->AddResource(MakeResource(PatientNumber(i), ResourceKind::kPatient)).ok());
      }
    }
    FillTheDay();
    FillTheQueue();
  }

  /// Cancels a visit in both, and compares.
  void CancelAndCompare() {
    if (booked_.empty()) return;
    const std::size_t index = Below(booked_.size());
    const Booking cancelled = booked_[index];
    booked_.erase(booked_.begin() + static_cast<std::ptrdiff_t>(index));
    ASSERT_TRUE(waited_.Cancel(cancelled.id).ok());
    ASSERT_TRUE(plain_.Cancel(cancelled.id).ok());
    std::map<WaitlistId, Interval> offered;
    for (const WaitlistEntry& entry : waited_.Waitlist({.limit = 100})) {
      if (entry.offer && !served_.contains(entry.id)) {
        offered.emplace(entry.id, waited_.Find(*entry.offer)->interval);
      }
    }
    EXPECT_EQ(offered, OfferByHand(cancelled));
    offers_ += offered.size();
  }

  std::size_t offers() const { return offers_; }

 private:
  using Score = std::tuple<Duration, Duration, std::int32_t, Instant, WaitlistId, Instant>;

  std::size_t Below(std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random_);
  }
  Interval RandomVisit(Duration length) {
    const Instant start = At(8, 30) + minutes{5 * static_cast<int>(Below(100))};
    return {start, start + length};
  }
  Duration RandomLength() { return minutes{std::array{10, 15, 20, 30, 45, 60}[Below(6)]}; }

  void FillTheDay() {
    for (int i = 0; i < 40; ++i) {
      const auto patient = PatientNumber(static_cast<int>(Below(kPatients + 1)));
      BookRequest request{.resources = {kDoctor, patient}, .interval = RandomVisit(RandomLength())};
      // A few other engagements of the patients.
      if (i % 8 == 0) request.resources = {patient};
      const auto booked = waited_.Book(request);
      if (!booked.ok()) continue;
      request.id = booked->id;
      EXPECT_TRUE(plain_.Book(request).ok());
      if (request.resources.size() == 2) booked_.push_back(*booked);
    }
  }

  void FillTheQueue() {
    const std::size_t size = 1 + Below(8);
    for (std::size_t i = 0; i < size; ++i) {
      WaitlistEntry entry;
      entry.patient = PatientNumber(static_cast<int>(Below(kPatients)));
      if (Below(2) == 0) {
        entry.resource = kDoctor;
      } else {
        entry.specialty = Below(5) == 0 ? "dermatology" : "cardiology";
      }
      entry.duration = RandomLength();
      entry.range = {At(8), At(24)};
      if (Below(3) == 0) entry.range = RandomVisit(entry.duration + minutes{5 * Below(20)});
      if (Below(9) == 0) entry.range = {At(24), At(72)};
      entry.priority = static_cast<std::int32_t>(Below(3)) - 1;
      if (Below(2) == 0) clock_.Advance(seconds{1});
      const auto joined = waited_.JoinWaitlist(entry);
      ASSERT_TRUE(joined.ok()) << joined.error().message;
      queue_.push_back(*joined);
    }
  }

  /// Who should be offered what; offers it in the clinic without a queue.
  std::map<WaitlistId, Interval> OfferByHand(const Booking& cancelled) {
    std::map<WaitlistId, Interval> offered;
    std::deque<Interval> freed = {cancelled.interval};
    while (!freed.empty()) {
      const Interval time = freed.front();
      freed.pop_front();
      std::optional<Score> best;
      for (const WaitlistEntry& entry : queue_) {
        if (served_.contains(entry.id) || entry.specialty == "dermatology" ||
            cancelled.allocations[1].resource == entry.patient) {
          continue;
        }
        for (Instant start = time.start - entry.duration + minutes{5}; start < time.end;
             start += minutes{5}) {
          const auto score = ScoreOf(entry, {start, start + entry.duration}, time);
          if (score && (!best || *score < *best)) best = score;
        }
      }
      if (!best) continue;
      const WaitlistId id = std::get<4>(*best);
      const WaitlistEntry& entry = *std::ranges::find(queue_, id, &WaitlistEntry::id);
      const Instant start = std::get<5>(*best);
      const auto hold = plain_.Hold(
          {.resources = {kDoctor, entry.patient}, .interval = {start, start + entry.duration}},
          minutes{15});
      EXPECT_TRUE(hold.ok());
      offered.emplace(id, hold->interval);
      served_.emplace(id, hold->interval);
      const Interval taken = hold->allocations[0].occupied;
      if (time.start < taken.start) freed.push_back({time.start, std::min(time.end, taken.start)});
      if (taken.end < time.end) freed.push_back({std::max(time.start, taken.end), time.end});
    }
    return offered;
  }

  std::optional<Score> ScoreOf(const WaitlistEntry& entry, const Interval& visit,
                               const Interval& freed) {
    const Resource doctor = *plain_.FindResource(kDoctor);
    if (always_open_ && (visit.start - freed.start) % doctor.slot_step != Duration{0}) return {};
    if (visit.start <= clock_.Now() || !entry.range.Contains(visit)) return {};
    if (!plain_.Check({.resources = {kDoctor, entry.patient}, .interval = visit}).ok()) return {};
    const Interval taken{visit.start - doctor.buffer_before, visit.end + doctor.buffer_after};
    const Duration usual = doctor.buffer_before + doctor.default_duration + doctor.buffer_after;
    Duration unusable{0};
    for (const bool before : {true, false}) {
      Duration rest{0};
      while (rest < usual && IsFree(before ? taken.start - rest - minutes{5} : taken.end + rest)) {
        rest += minutes{5};
      }
      if (rest < usual) unusable += rest;
    }
    return Score{unusable,        freed.length() - Intersection(freed, visit).length(),
                 -entry.priority, entry.since,
                 entry.id,        visit.start};
  }

  /// Whether five minutes are open, and nobody's.
  bool IsFree(Instant start) {
    const Interval five{start, start + minutes{5}};
    if (!always_open_ && !Interval{At(9), At(17)}.Contains(five)) return false;
    return plain_.BookingsOf(kDoctor, five)->empty();
  }

  std::mt19937 random_;
  const bool always_open_;
  SimulatedClock clock_{At(8)};
  UuidV7Generator ids_{clock_, 1};
  Scheduler waited_{clock_, ids_, {.alternatives = 0}};
  Scheduler plain_{clock_, ids_, {.alternatives = 0}};
  std::vector<Booking> booked_;
  std::vector<WaitlistEntry> queue_;
  std::map<WaitlistId, Interval> served_;
  std::size_t offers_ = 0;
};

TEST(WaitlistReferenceTest, OffersWhatGoingThroughEverybodyFinds) {
  std::size_t offers = 0;
  for (std::uint32_t seed = 0; seed < 1000 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    RandomClinic clinic(seed);
    for (int i = 0; i < 4; ++i) clinic.CancelAndCompare();
    offers += clinic.offers();
  }
  EXPECT_GT(offers, 1000U);
}

}  // namespace
}  // namespace clinic
