#include "clinic/zone.hpp"

#include <absl/time/time.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <thread>
#include <vector>

namespace clinic {
namespace {

using std::chrono::local_days;
using std::chrono::sys_days;
using namespace std::chrono_literals;

Zone Loaded(std::string_view name) {
  const Result<Zone> zone = Zone::Load(name);
  EXPECT_TRUE(zone.ok()) << name;
  return zone.ok() ? *zone : Zone::Utc();
}

TEST(Zone, RefusesWhatIsNoIanaName) {
  const std::string names[] = {"",
                               "Mars/Olympus",
                               "../../etc/passwd",
                               "/usr/share/zoneinfo/Europe/Berlin",
                               "America/",
                               "America",
                               "Europe//Berlin",
                               "Europe/../Europe/Berlin",
                               "localtime",
                               "Fixed/UTC+01:00:00",
                               "libc:localtime",
                               "right/Europe/Berlin",
                               "tzdata.zi",
                               "Europe/Berlin\n",
                               "posixrules",
                               std::string("UTC\0x", 5),
                               "EST5EDT,M",
                               std::string(5000, 'A')};
  for (const std::string& name : names) {
    const Result<Zone> zone = Zone::Load(name);
    ASSERT_FALSE(zone.ok()) << name;
    EXPECT_EQ(zone.error().code, ErrorCode::kInvalidArgument) << name;
    EXPECT_NE(zone.error().message.find("unknown time zone"), std::string::npos);
    EXPECT_LT(zone.error().message.size(), 200u);
  }
}

TEST(Zone, IsUtcUnlessLoadedOtherwise) {
  EXPECT_EQ(Zone(), Zone::Utc());
  EXPECT_EQ(Loaded("UTC"), Zone::Utc());
  EXPECT_EQ(Zone().name(), "UTC");
  EXPECT_EQ(Zone().ToInstant(local_days{2024y / 2 / 29} + 1h), sys_days{2024y / 2 / 29} + 1h);
  EXPECT_NE(Loaded("Europe/Berlin"), Loaded("America/New_York"));
  EXPECT_EQ(Loaded("Europe/Berlin"), Loaded("Europe/Berlin"));
  EXPECT_EQ(Loaded("Europe/Berlin").name(), "Europe/Berlin");
}

TEST(Zone, MovesASkippedTimeForwardByTheGap) {
  const Zone zone = Loaded("America/New_York");
  const CivilTime skipped = local_days{2024y / 3 / 10} + 2h + 30min;
  EXPECT_EQ(zone.ToInstant(skipped), sys_days{2024y / 3 / 10} + 7h + 30min);
  EXPECT_EQ(zone.ToCivil(zone.ToInstant(skipped)), skipped + 1h);
  const CivilLookup lookup = zone.Lookup(skipped);
  EXPECT_EQ(lookup.kind, CivilKind::kSkipped);
  EXPECT_EQ(lookup.before, sys_days{2024y / 3 / 10} + 7h + 30min);
  EXPECT_EQ(lookup.transition, sys_days{2024y / 3 / 10} + 7h);
  EXPECT_EQ(lookup.after, sys_days{2024y / 3 / 10} + 6h + 30min);
}

TEST(Zone, TakesTheFirstOfARepeatedTime) {
  const Zone zone = Loaded("America/New_York");
  const CivilTime repeated = local_days{2024y / 11 / 3} + 1h + 30min;
  EXPECT_EQ(zone.ToInstant(repeated), sys_days{2024y / 11 / 3} + 5h + 30min);
  const CivilLookup lookup = zone.Lookup(repeated);
  EXPECT_EQ(lookup.kind, CivilKind::kRepeated);
  EXPECT_EQ(lookup.transition, sys_days{2024y / 11 / 3} + 6h);
  EXPECT_EQ(lookup.after, sys_days{2024y / 11 / 3} + 6h + 30min);
  EXPECT_EQ(zone.ToCivil(lookup.before), repeated);
  EXPECT_EQ(zone.ToCivil(lookup.after), repeated);
}

TEST(Zone, DoubtBeginsAndEndsWithTheChange) {
  const Zone zone = Loaded("America/New_York");
  const CivilTime gap = local_days{2024y / 3 / 10} + 2h;
  EXPECT_EQ(zone.Lookup(gap - 1s).kind, CivilKind::kUnique);
  EXPECT_EQ(zone.Lookup(gap).kind, CivilKind::kSkipped);
  EXPECT_EQ(zone.Lookup(gap + 1h - 1s).kind, CivilKind::kSkipped);
  EXPECT_EQ(zone.Lookup(gap + 1h).kind, CivilKind::kUnique);
  const CivilTime overlap = local_days{2024y / 11 / 3} + 1h;
  EXPECT_EQ(zone.Lookup(overlap - 1s).kind, CivilKind::kUnique);
  EXPECT_EQ(zone.Lookup(overlap).kind, CivilKind::kRepeated);
  EXPECT_EQ(zone.Lookup(overlap + 1h - 1s).kind, CivilKind::kRepeated);
  EXPECT_EQ(zone.Lookup(overlap + 1h).kind, CivilKind::kUnique);
}

// A zone that skipped a whole day, one with half an hour of daylight saving, one with a negative
// daylight saving, one that ended it, one whose changes are listed for decades ahead.
const char* const kZones[] = {"Pacific/Apia",      "Australia/Lord_Howe", "Europe/Dublin",
                              "Asia/Kolkata",      "Africa/Casablanca",   "America/New_York",
                              "America/Sao_Paulo", "Asia/Kathmandu",      "UTC"};

TEST(Zone, AgreesWithAbseilOverTenThousandYears) {
  std::mt19937_64 random(20260104);
  for (const char* name : kZones) {
    absl::TimeZone expected;
    ASSERT_TRUE(absl::LoadTimeZone(name, &expected)) << name;
    const Zone zone = Loaded(name);
    for (int i = 0; i < 20'000; ++i) {
      // Half of the times lie in living memory, where the rules change.
      const auto [first, last] = i % 2 == 0 ? std::pair(kEarliest, kLatest)
                                            : std::pair<Instant, Instant>(sys_days{1900y / 1 / 1},
                                                                          sys_days{2100y / 1 / 1});
      std::uniform_int_distribution<std::int64_t> seconds(first.time_since_epoch().count(),
                                                          last.time_since_epoch().count() - 1);
      const Instant instant{Duration(seconds(random))};
      const auto info = expected.At(absl::FromUnixSeconds(instant.time_since_epoch().count()));
      ASSERT_EQ(zone.OffsetAt(instant).count(), info.offset) << name << " " << i;
      const CivilTime civil{instant.time_since_epoch()};
      const auto civil_info =
          expected.At(absl::CivilSecond(1970, 1, 1, 0, 0, civil.time_since_epoch().count()));
      const CivilLookup lookup = zone.Lookup(civil);
      ASSERT_EQ(static_cast<int>(lookup.kind), static_cast<int>(civil_info.kind)) << name << i;
      ASSERT_EQ(lookup.before.time_since_epoch().count(), absl::ToUnixSeconds(civil_info.pre));
      ASSERT_EQ(lookup.transition.time_since_epoch().count(),
                absl::ToUnixSeconds(civil_info.trans));
      ASSERT_EQ(lookup.after.time_since_epoch().count(), absl::ToUnixSeconds(civil_info.post));
      ASSERT_EQ(zone.ToInstant(civil), lookup.before);
    }
  }
}

// Random times rarely meet a change, so every change of a century is met on purpose.
TEST(Zone, AgreesWithAbseilAroundEveryChange) {
  for (const char* name : kZones) {
    absl::TimeZone expected;
    ASSERT_TRUE(absl::LoadTimeZone(name, &expected)) << name;
    const Zone zone = Loaded(name);
    absl::Time at = absl::FromUnixSeconds(0);
    absl::TimeZone::CivilTransition change;
    while (expected.NextTransition(at, &change) && change.to.year() < 2070) {
      at = expected.At(change.to).trans;
      for (const absl::CivilSecond edge : {change.from, change.to}) {
        for (const int shift : {-1801, -1, 0, 1, 1799}) {
          const auto info = expected.At(edge + shift);
          const CivilTime civil{Duration((edge + shift) - absl::CivilSecond(1970, 1, 1))};
          const CivilLookup lookup = zone.Lookup(civil);
          ASSERT_EQ(static_cast<int>(lookup.kind), static_cast<int>(info.kind)) << name;
          ASSERT_EQ(lookup.before.time_since_epoch().count(), absl::ToUnixSeconds(info.pre));
          ASSERT_EQ(lookup.after.time_since_epoch().count(), absl::ToUnixSeconds(info.post));
        }
      }
    }
  }
}

TEST(Zone, LoadsFromManyThreadsAtOnce) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([] {
      for (const char* name : {"Asia/Tokyo", "Europe/Paris", "Asia/Tokyo", "No/Such"}) {
        const Result<Zone> zone = Zone::Load(name);
        EXPECT_EQ(zone.ok(), name != std::string_view("No/Such"));
        if (zone.ok()) {
          EXPECT_EQ(zone->name(), name);
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace clinic
