// Recurrence rules from 2024 on: how fast they give one occurrence after another, and the first one
// on or after a date years later.
#include "clinic/recurrence.hpp"

#include <span>
#include <utility>

#include "bench/peers/dateutil.hpp"
#include "bench/peers/libical.hpp"
#include "bench/suite.hpp"
#include "bench/workload.hpp"

namespace clinic::bench {
namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::weekday;

constexpr CivilTime kStart =
    local_days{std::chrono::year{2024} / 1 / 1} + std::chrono::hours{9};  // a Monday
constexpr std::size_t kExpanded = 1'000;
constexpr std::size_t kSeeks = 20;
constexpr int kDateutilYears = 50;  // it walks there, and would for minutes

struct Rule {
  const char* name;
  const char* text;
  bool (*matches)(local_days day);  // the plain reference
};

bool OnEachDay(local_days) { return true; }
bool OnThreeDaysAWeek(local_days day) {
  const unsigned iso = weekday{day}.iso_encoding();
  return iso == 1 || iso == 3 || iso == 5;
}
bool OnTheFirstMonday(local_days day) {
  const std::chrono::year_month_day date{day};
  return weekday{day} == std::chrono::Monday && static_cast<unsigned>(date.day()) <= 7;
}

constexpr Rule kRules[] = {{"daily", "FREQ=DAILY", OnEachDay},
                           {"weekly", "FREQ=WEEKLY;BYDAY=MO,WE,FR", OnThreeDaysAWeek},
                           {"monthly", "FREQ=MONTHLY;BYDAY=1MO", OnTheFirstMonday}};

CivilTime PlainFirstFrom(const Rule& rule, CivilTime from) {
  const CivilTime::duration at = kStart - std::chrono::floor<days>(kStart);
  local_days day = std::chrono::floor<days>(from);
  while (day + at < from || !rule.matches(day)) day += days{1};
  return day + at;
}

std::vector<CivilTime> PlainExpansion(const Rule& rule) {
  std::vector<CivilTime> times;
  for (CivilTime next = kStart; times.size() < kExpanded; next += std::chrono::seconds{1}) {
    next = PlainFirstFrom(rule, next);
    times.push_back(next);
  }
  return times;
}

// Dates that many years later, a day and an hour apart.
std::vector<CivilTime> SeekTargets(int years) {
  std::vector<CivilTime> targets;
  for (std::size_t i = 0; i < kSeeks; ++i) {
    targets.push_back(kStart + years * std::chrono::seconds{365 * days{1} + std::chrono::hours{6}} +
                      static_cast<int>(i) * std::chrono::hours{25});
  }
  return targets;
}

class OurRule {
 public:
  static constexpr const char* kName = "clinic";

  OurRule(const std::string& rule, CivilTime start)
      : recurrence_(*Recurrence::Create(start, *RecurrenceRule::Parse(rule))),
        cursor_(recurrence_) {}

  void Expand(std::span<CivilTime> out) {
    OccurrenceCursor cursor(recurrence_);
    const auto count = cursor.NextBatch(out);
    benchmark::DoNotOptimize(count.ok());
  }
  CivilTime FirstFrom(CivilTime from) {
    cursor_.Seek(from);
    return cursor_.Next()->value_or(CivilTime{});
  }

 private:
  Recurrence recurrence_;
  OccurrenceCursor cursor_;
};

template <typename Expander>
void AddExpansion(Suite& suite, const std::string& row, const Rule& rule) {
  suite.Add({row, Expander::kName}, [&rule, row](benchmark::State& state) {
    Expander expander(rule.text, kStart);
    std::vector<CivilTime> times(kExpanded);
    expander.Expand(times);
    Require(times == PlainExpansion(rule), row, Expander::kName);
    for (auto _ : state) {
      expander.Expand(times);
      benchmark::DoNotOptimize(times.data());
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kExpanded));
  });
}

template <typename Expander>
void AddSeek(Suite& suite, const std::string& row, const Rule& rule, int years) {
  suite.Add({row, Expander::kName}, [&rule, row, years](benchmark::State& state) {
    Expander expander(rule.text, kStart);
    const std::vector<CivilTime> targets = SeekTargets(years);
    for (const CivilTime target : targets) {
      Require(expander.FirstFrom(target) == PlainFirstFrom(rule, target), row, Expander::kName);
    }
    std::size_t next = 0;
    for (auto _ : state) {
      benchmark::DoNotOptimize(expander.FirstFrom(targets[next++ % targets.size()]));
    }
    state.SetItemsProcessed(state.iterations());
  });
}

// A process of its own for each iteration, which times itself.
void AddDateutil(Suite& suite, const std::string& row, std::vector<CivilTime> expected,
                 std::function<std::optional<DateutilRun>()> run) {
  suite.Add({.scenario = row, .peer = "dateutil", .manual_time = true, .iterations = 1},
            [=](benchmark::State& state) {
              for (auto _ : state) {
                const std::optional<DateutilRun> measured = run();
                if (!measured) {
                  state.SkipWithError("python3-dateutil is not installed");
                  return;
                }
                Require(measured->answers == expected, row, "dateutil");
                state.SetIterationTime(measured->seconds);
              }
              state.SetItemsProcessed(static_cast<std::int64_t>(expected.size()));
            });
}

std::vector<CivilTime> PlainSeeks(const Rule& rule, const std::vector<CivilTime>& targets) {
  std::vector<CivilTime> found;
  for (const CivilTime target : targets) found.push_back(PlainFirstFrom(rule, target));
  return found;
}

}  // namespace

void RunRecurrence(Suite& suite) {
  for (const Rule& rule : kRules) {
    const std::string row = std::string("occurrences/rule:") + rule.name;
    AddExpansion<OurRule>(suite, row, rule);
    AddExpansion<LibicalRule>(suite, row, rule);
    AddDateutil(suite, row, PlainExpansion(rule),
                [&rule] { return ExpandWithDateutil(rule.text, kStart, kExpanded); });
    suite.RunAdded();
  }
  for (const Rule& rule : kRules) {
    for (const int years : {5, 50, 500}) {
      const std::string row = std::string("first_occurrence_from/rule:") + rule.name +
                              "/years_on:" + std::to_string(years);
      AddSeek<OurRule>(suite, row, rule, years);
      AddSeek<LibicalRule>(suite, row, rule, years);
      if (years <= kDateutilYears) {
        const std::vector<CivilTime> targets = SeekTargets(years);
        AddDateutil(suite, row, PlainSeeks(rule, targets),
                    [&rule, targets] { return SeekWithDateutil(rule.text, kStart, targets); });
      }
      suite.RunAdded();
    }
  }
}

}  // namespace clinic::bench
