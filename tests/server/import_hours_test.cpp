// Working windows, put as rules: the windows come out of the engine exactly as they went in.
#include <gtest/gtest.h>

#include "clinic/clinic.hpp"
#include "server/loading/hours.hpp"

namespace clinic::loading {
namespace {

using calendar_file::WorkingWindow;
using std::chrono::days;
using std::chrono::hours;

const ResourceId kDoctor{Uuid{0, 1}};
const CivilTime kMonday{CivilDay{std::chrono::local_days{std::chrono::year{2024} / 3 / 4}}};

WorkingWindow Window(int day, int from, int to) {
  return {"D1", kMonday + days{day} + hours{from}, kMonday + days{day} + hours{to}};
}

std::vector<WorkingWindow> Expanded(const std::vector<AvailabilityRule>& rules) {
  const Instant start{kMonday.time_since_epoch()};
  const auto windows =
      ExpandWindows(rules, Zone::Utc(), {start - days{1'000}, start + days{1'000}});
  EXPECT_TRUE(windows.ok());
  std::vector<WorkingWindow> all;
  for (const Interval& window : *windows) {
    all.push_back({"D1", CivilTime(window.start.time_since_epoch()),
                   CivilTime(window.end.time_since_epoch())});
  }
  return all;
}

TEST(Hours, DaysWithAHoleAreListedOneByOne) {
  const std::vector<WorkingWindow> windows = {Window(0, 9, 12), Window(7, 9, 12),
                                              Window(21, 9, 12)};
  const auto rules = RulesFor(kDoctor, windows);
  ASSERT_EQ(rules.size(), 1U);
  EXPECT_FALSE(rules[0].rule);
  EXPECT_EQ(rules[0].rdates.size(), 2U);
  EXPECT_EQ(Expanded(rules), windows);
}

TEST(Hours, WholeWeeksAreOneRuleThatEnds) {
  std::vector<WorkingWindow> windows;
  for (int day = 3; day < 60; ++day) {
    if (day % 7 == 1 || day % 7 == 3) windows.push_back(Window(day, 8, 18));
  }
  const auto rules = RulesFor(kDoctor, windows);
  ASSERT_EQ(rules.size(), 1U);
  ASSERT_TRUE(rules[0].rule);
  EXPECT_EQ(rules[0].rule->ToString(), "FREQ=WEEKLY;UNTIL=20240502T080000;BYDAY=TU,TH");
  EXPECT_EQ(Expanded(rules), windows);
}

TEST(Hours, EachTimeOfDayHasARuleOfItsOwn) {
  const std::vector<WorkingWindow> windows = {Window(0, 8, 12), Window(0, 13, 17), Window(1, 8, 12),
                                              Window(1, 13, 18)};
  EXPECT_EQ(RulesFor(kDoctor, windows).size(), 3U);
  EXPECT_EQ(Expanded(RulesFor(kDoctor, windows)), windows);
}

TEST(Hours, TheSameWindowsAreTheSameRules) {
  const std::vector<WorkingWindow> windows = {Window(0, 8, 12), Window(1, 8, 12)};
  const std::vector<WorkingWindow> longer = {Window(0, 8, 12), Window(1, 8, 12), Window(2, 8, 12)};
  EXPECT_EQ(RulesFor(kDoctor, windows), RulesFor(kDoctor, windows));
  EXPECT_NE(RulesFor(kDoctor, windows)[0].id, RulesFor(kDoctor, longer)[0].id);
  EXPECT_NE(RulesFor(kDoctor, windows)[0].id, RulesFor(ResourceId{Uuid{0, 2}}, windows)[0].id);
}

}  // namespace
}  // namespace clinic::loading
