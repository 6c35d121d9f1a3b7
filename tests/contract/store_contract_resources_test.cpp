// Resources, their rules and their time off.
#include "tests/contract/store_contract.hpp"

namespace clinic {
namespace {

class Resources : public StoreContract {
 protected:
  Result<void> Add(const Resource& resource) {
    return Write([&](UnitOfWork& work) { return work.resources().Insert(resource); });
  }
  Result<void> Replace(const Resource& resource) {
    return Write([&](UnitOfWork& work) { return work.resources().Update(resource); });
  }
  Result<Resource> Find(std::uint64_t number) {
    return Get(
        [&](UnitOfWork& work) { return work.resources().Get(IdNumber<ResourceId>(number)); });
  }
  Result<void> PutRule(std::uint64_t resource, const AvailabilityRule& rule) {
    return Write([&](UnitOfWork& work) {
      return work.resources().PutRule(IdNumber<ResourceId>(resource), rule);
    });
  }
  std::vector<AvailabilityRule> Rules(std::uint64_t resource) {
    return Get([&](UnitOfWork& work) {
             return work.resources().Rules(IdNumber<ResourceId>(resource));
           })
        .value();
  }
  Result<void> PutTimeOff(const TimeOff& time_off) {
    return Write([&](UnitOfWork& work) { return work.resources().PutTimeOff(time_off); });
  }
  std::vector<TimeOff> TimeOffOf(std::uint64_t resource) {
    return Get([&](UnitOfWork& work) {
             return work.resources().TimeOffOf(IdNumber<ResourceId>(resource));
           })
        .value();
  }
};
CLINIC_ON_EVERY_STORE(Resources);

constexpr CivilTime kMonday =
    std::chrono::local_days{std::chrono::year{2024} / std::chrono::March / 4};

AvailabilityRule SampleRule(std::uint64_t number, const char* recurrence = nullptr) {
  AvailabilityRule rule{.id = IdNumber<RuleId>(number),
                        .start = kMonday + std::chrono::hours{9},
                        .end = kMonday + std::chrono::hours{17}};
  if (recurrence != nullptr) rule.rule = RecurrenceRule::Parse(recurrence).value();
  return rule;
}

TEST_P(Resources, RefusalsHaveTheirNames) {
  Resource none = SampleResource(1, 0);
  EXPECT_EQ(Outcome(Add(none)), "invalid_argument");
  EXPECT_EQ(Outcome(Replace(none)), "invalid_argument");
  EXPECT_EQ(Outcome(Add(SampleResource(1))), "already_exists");
  EXPECT_EQ(Outcome(Replace(SampleResource(99))), "not_found");
  EXPECT_EQ(Outcome(Replace(SampleResource(1))), "stale_version");
  EXPECT_EQ(Outcome(Find(99)), "not_found");
}

TEST_P(Resources, EveryFieldComesBack) {
  Resource resource = SampleResource(10, 2'000'000'000);
  resource.kind = ResourceKind::kDevice;
  resource.name = "";
  resource.timezone = "America/Argentina/Buenos_Aires";
  resource.hours = Resource::Hours::kByRules;
  resource.slot_step = std::chrono::minutes{7};
  resource.default_duration = std::chrono::minutes{45};
  resource.buffer_before = Duration{1};
  resource.buffer_after = Duration{2};
  resource.specialties = {"zeta", "alpha", "zeta", ""};
  resource.description = std::string("\0\xF0\x9F\xA9\xBA", 5);
  resource.created_at = kEarliest;
  resource.updated_at = kLatest;
  ASSERT_EQ(Outcome(Add(resource)), "ok");
  EXPECT_EQ(Find(10).value(), resource);

  Resource changed = SampleResource(10);
  changed.kind = ResourceKind::kPatient;
  changed.specialties = {"beta"};
  changed.version = 2;
  ASSERT_EQ(Outcome(Replace(changed)), "ok");
  EXPECT_EQ(Find(10).value(), changed);
}

TEST_P(Resources, ForEachVisitsEachOnce) {
  std::vector<Resource> visited;
  const Result<void> done = store().Read([&](UnitOfWork& work) {
    return work.resources().ForEach([&](Resource&& one) { visited.push_back(std::move(one)); });
  });
  EXPECT_EQ(Outcome(done), "ok");
  std::ranges::sort(visited, {}, &Resource::id);
  EXPECT_EQ(visited, (std::vector{SampleResource(1), SampleResource(2), SampleResource(3, 2),
                                  SampleResource(4, 3)}));
}

TEST_P(Resources, AChangeKeepsBookingsRulesAndTimeOff) {
  ASSERT_EQ(Outcome(Insert(SampleBooking(1, Minutes(0, 30), {1}))), "ok");
  ASSERT_EQ(Outcome(PutRule(1, SampleRule(1))), "ok");
  Resource changed = SampleResource(1);
  changed.version = 2;
  ASSERT_EQ(Outcome(Replace(changed)), "ok");
  EXPECT_EQ(AllBookings(), Bookings({1}));
  EXPECT_EQ(Rules(1), std::vector{SampleRule(1)});
}

TEST_P(Resources, RulesComeBackById) {
  AvailabilityRule once = SampleRule(3);
  AvailabilityRule weekly =
      SampleRule(2, "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;UNTIL=20241231T170000Z");
  weekly.exdates = {kMonday + std::chrono::days{7}, kMonday + std::chrono::days{1}};
  weekly.rdates = {kMonday + std::chrono::days{5}, kMonday + std::chrono::days{5}};
  AvailabilityRule monthly = SampleRule(1, "FREQ=MONTHLY;BYDAY=-1FR;COUNT=10;WKST=SU");
  for (const AvailabilityRule& rule : {once, weekly, monthly}) {
    ASSERT_EQ(Outcome(PutRule(1, rule)), "ok");
  }
  EXPECT_EQ(Rules(1), (std::vector{monthly, weekly, once}));
  EXPECT_TRUE(Rules(2).empty());

  AvailabilityRule replaced = SampleRule(2, "FREQ=DAILY");
  replaced.exdates = {kMonday};
  ASSERT_EQ(Outcome(PutRule(1, replaced)), "ok");
  EXPECT_EQ(Rules(1), (std::vector{monthly, replaced, once}));
}

TEST_P(Resources, ARuleBelongsToItsResource) {
  EXPECT_EQ(Outcome(PutRule(99, SampleRule(1))), "unknown_resource");
  ASSERT_EQ(Outcome(PutRule(1, SampleRule(1))), "ok");
  ASSERT_EQ(Outcome(PutRule(2, SampleRule(1, "FREQ=DAILY"))), "ok");
  const auto remove = [&](std::uint64_t resource, std::uint64_t rule) {
    return Outcome(Write([&](UnitOfWork& work) {
      return work.resources().DeleteRule(IdNumber<ResourceId>(resource), IdNumber<RuleId>(rule));
    }));
  };
  EXPECT_EQ(remove(1, 2), "not_found");
  EXPECT_EQ(remove(99, 1), "not_found");
  EXPECT_EQ(remove(1, 1), "ok");
  EXPECT_EQ(remove(1, 1), "not_found");
  EXPECT_TRUE(Rules(1).empty());
  EXPECT_EQ(Rules(2), std::vector{SampleRule(1, "FREQ=DAILY")});
}

TEST_P(Resources, TimeOffComesBackByStartThenById) {
  const auto time_off = [](std::uint64_t number, const Interval& interval, std::uint64_t resource) {
    return TimeOff{IdNumber<TimeOffId>(number), IdNumber<ResourceId>(resource), interval, "leave"};
  };
  EXPECT_EQ(Outcome(PutTimeOff(time_off(1, Minutes(0, 0), 99))), "unknown_resource");
  EXPECT_EQ(Outcome(PutTimeOff(time_off(1, Minutes(0, 0), 1))), "bad_interval");

  const std::vector<TimeOff> sorted = {time_off(9, Minutes(0, 60), 1),
                                       time_off(1, Minutes(30, 60), 1),
                                       time_off(2, Minutes(30, 40), 1)};
  for (const std::size_t i : {2U, 0U, 1U}) ASSERT_EQ(Outcome(PutTimeOff(sorted[i])), "ok");
  EXPECT_EQ(TimeOffOf(1), sorted);
  EXPECT_TRUE(TimeOffOf(2).empty());

  ASSERT_EQ(Outcome(PutTimeOff(time_off(9, Minutes(90, 120), 1))), "ok");
  EXPECT_EQ(TimeOffOf(1), (std::vector{sorted[1], sorted[2], time_off(9, Minutes(90, 120), 1)}));

  const auto remove = [&](std::uint64_t resource, std::uint64_t number) {
    return Outcome(Write([&](UnitOfWork& work) {
      return work.resources().DeleteTimeOff(IdNumber<ResourceId>(resource),
                                            IdNumber<TimeOffId>(number));
    }));
  };
  EXPECT_EQ(remove(2, 9), "not_found");
  EXPECT_EQ(remove(1, 9), "ok");
  EXPECT_EQ(TimeOffOf(1), (std::vector{sorted[1], sorted[2]}));
}

}  // namespace
}  // namespace clinic
