// Finding sequences against trying every combination of starts, on a grid of five minutes on which
// everything lies.
#include <gtest/gtest.h>

#include <random>

#include "clinic/sequence.hpp"
#include "tests/engine/scheduler_fixture.hpp"

namespace clinic {
namespace {

using std::chrono::minutes;

std::vector<Instant> StartsOf(const SequencePlan& plan) {
  std::vector<Instant> starts;
  for (const BookRequest& step : plan.steps) starts.push_back(step.interval.start);
  return starts;
}

constexpr int kUnits = 30;
constexpr minutes kUnit{5};

Instant Unit(int unit) { return At(9) + unit * kUnit; }

class SmallClinic {
 public:
  explicit SmallClinic(std::uint64_t seed) : random_(seed) {
    for (std::uint64_t i = 1; i <= 5; ++i) AddResource(IdNumber(i));
    for (int i = 0; i < 14; ++i) {
      const int start = Below(kUnits);
      (void)scheduler_.Book({.resources = {IdNumber(static_cast<std::uint64_t>(1 + Below(5)))},
                             .interval = {Unit(start), Unit(start + 1 + Below(4))},
                             .waive = {.availability = true}});
    }
  }

  SequenceQuery Query() {
    SequenceQuery query{.range = {Unit(Below(4)), Unit(kUnits - Below(4))}, .limit = 1'000};
    const int steps = 2 + Below(2);
    std::vector<ResourceId> everybody;
    for (std::uint64_t i = 1; i <= 5; ++i) everybody.push_back(IdNumber(i));
    if (Below(2) == 0) {
      query.throughout = {everybody.back()};
      everybody.pop_back();
    }
    for (int i = 0; i < steps; ++i) {
      std::ranges::shuffle(everybody, random_);
      SequenceStep step{.duration = (1 + Below(3)) * kUnit, .gap_min = Below(3) * kUnit};
      step.gap_max = Below(4) == 0 ? Duration::max() : step.gap_min + Below(4) * kUnit;
      const int fixed = Below(2);
      const int choices = fixed == 0 ? 1 + Below(3) : Below(3);
      step.resources.assign(everybody.begin(), everybody.begin() + fixed);
      step.any_of.assign(everybody.begin() + fixed, everybody.begin() + fixed + choices);
      query.steps.push_back(std::move(step));
    }
    return query;
  }

  Scheduler& scheduler() { return scheduler_; }
  Duration BuffersOf(ResourceId id) const {
    const Resource resource = *scheduler_.FindResource(id);
    return resource.buffer_before + resource.buffer_after;
  }

 private:
  int Below(int bound) { return static_cast<int>(random_() % static_cast<std::uint64_t>(bound)); }

  void AddResource(ResourceId id) {
    Resource resource = MakeResource(id, ResourceKind::kRoom, 1 + Below(4) / 3);
    resource.slot_step = (1 + Below(3)) * kUnit;
    resource.buffer_before = std::max(0, Below(5) - 3) * kUnit;
    resource.buffer_after = std::max(0, Below(5) - 2) * kUnit;
    if (Below(2) == 0) resource.hours = Resource::Hours::kByRules;
    ASSERT_TRUE(scheduler_.AddResource(resource).ok());
    if (resource.hours == Resource::Hours::kAlways) return;
    const CivilTime nine{At(9).time_since_epoch()};
    int start = Below(3);
    for (std::uint64_t rule = 1; rule <= 2; ++rule) {
      const int end = start + 8 + Below(8);
      ASSERT_TRUE(scheduler_
                      .PutAvailability(id, {.id = RuleId(Uuid{0, rule}),
                                            .start = nine + start * kUnit,
                                            .end = nine + end * kUnit})
                      .ok());
      start = end + 1 + Below(3);
    }
  }

  std::mt19937_64 random_;
  SimulatedClock clock_{At(8)};
  UuidV7Generator ids_{clock_, 1};
  Scheduler scheduler_{clock_, ids_, {.alternatives = 0}};
};

/// All sequences of a query, by trying all starts and choices.
class BruteForce {
 public:
  BruteForce(SmallClinic& clinic, const SequenceQuery& query) : clinic_(clinic), query_(query) {
    for (const SequenceStep& step : query.steps) {
      std::vector<Choice>& choices = choices_.emplace_back();
      std::vector<ResourceId> fixed = query.throughout;
      fixed.insert(fixed.end(), step.resources.begin(), step.resources.end());
      for (const ResourceId id : step.any_of) {
        choices.push_back({fixed, {}});
        choices.back().resources.push_back(id);
      }
      if (step.any_of.empty()) choices.push_back({fixed, {}});
      for (Choice& choice : choices) {
        for (int unit = 0; unit < kUnits; ++unit) {
          const Interval visit{Unit(unit), Unit(unit) + step.duration};
          choice.bookable.push_back(
              query.range.Contains(visit) &&
              clinic.scheduler().Check({.resources = choice.resources, .interval = visit}).ok());
        }
      }
    }
  }

  /// For each start of the first step the starts that end earliest, and of these the earliest.
  std::vector<std::vector<Instant>> Best() {
    for (int unit = 0; unit < kUnits; ++unit) {
      best_.reset();
      Try(0, unit);
      if (best_) all_.push_back(*best_);
    }
    return all_;
  }

 private:
  struct Choice {
    std::vector<ResourceId> resources;
    std::vector<bool> bookable;
  };
  struct Placed {
    Interval visit;
    const Choice* choice;
  };

  void Try(std::size_t position, int unit) {
    const SequenceStep& step = query_.steps[position];
    const Interval visit{Unit(unit), Unit(unit) + step.duration};
    for (const Choice& choice : choices_[position]) {
      if (!choice.bookable[static_cast<std::size_t>(unit)] || !Fits(visit, choice)) continue;
      placed_.push_back({visit, &choice});
      if (position + 1 == query_.steps.size()) {
        Keep();
      } else {
        const SequenceStep& next = query_.steps[position + 1];
        for (int later = unit; later < kUnits; ++later) {
          const Duration gap = Unit(later) - visit.end;
          if (next.gap_min <= gap && gap <= next.gap_max) Try(position + 1, later);
        }
      }
      placed_.pop_back();
    }
  }

  bool Fits(const Interval& visit, const Choice& choice) const {
    return std::ranges::all_of(placed_, [&](const Placed& before) {
      return std::ranges::all_of(choice.resources, [&](ResourceId id) {
        const bool shared =
            std::ranges::find(before.choice->resources, id) != before.choice->resources.end();
        return !shared || before.visit.end + clinic_.BuffersOf(id) <= visit.start;
      });
    });
  }

  void Keep() {
    std::vector<Instant> starts;
    for (const Placed& placed : placed_) starts.push_back(placed.visit.start);
    // All of them take the same durations, so who starts the last step earliest ends earliest.
    const auto key = [](const std::vector<Instant>& s) { return std::pair(s.back(), s); };
    if (!best_ || key(starts) < key(*best_)) best_ = starts;
  }

  SmallClinic& clinic_;
  const SequenceQuery& query_;
  std::vector<std::vector<Choice>> choices_;
  std::vector<Placed> placed_;
  std::optional<std::vector<Instant>> best_;
  std::vector<std::vector<Instant>> all_;
};

TEST(SequenceRandom, FindsWhatTryingEveryCombinationFinds_AndAllOfItCanBeBooked) {
  std::size_t found = 0;
  std::size_t none = 0;
  for (std::uint64_t seed = 1; seed <= 3'000; ++seed) {
    SmallClinic clinic(seed);
    const SequenceQuery query = clinic.Query();
    const std::vector<std::vector<Instant>> expected = BruteForce(clinic, query).Best();
    const auto plans = FindSequences(clinic.scheduler(), query);
    ASSERT_TRUE(plans.ok()) << plans.error().message;
    std::vector<std::vector<Instant>> starts;
    for (const SequencePlan& plan : *plans) {
      starts.push_back(StartsOf(plan));
      for (const Result<void>& step : clinic.scheduler().CheckEach(plan.steps)) {
        ASSERT_TRUE(step.ok()) << "seed " << seed << ": " << step.error().message;
      }
    }
    ASSERT_EQ(starts, expected) << "seed " << seed;
    found += plans->size();
    none += plans->empty() ? 1 : 0;
    const auto booked = BookSequence(clinic.scheduler(), query);
    ASSERT_EQ(booked.ok(), !plans->empty()) << "seed " << seed;
    for (std::size_t i = 0; booked.ok() && i < booked->size(); ++i) {
      ASSERT_EQ((*booked)[i].interval, plans->front().steps[i].interval) << "seed " << seed;
    }
  }
  EXPECT_GT(found, 5'000U);
  EXPECT_GT(none, 300U);
}

}  // namespace
}  // namespace clinic
