// What every scenario file shares: how it adds rows to the table, and the check of answers.
#pragma once

#include <benchmark/benchmark.h>

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "bench/table_reporter.hpp"

namespace clinic::bench {

/// How much is measured: enough to see that all answers are right (seconds), what a machine does in
/// minutes, or everything.
enum class Scale { kShort, kStandard, kLarge };

/// Runs scenarios one after another, the peers of each in turns where Google Benchmark is asked to
/// interleave, so that what else happens on the machine happens to all of them.
class Suite {
 public:
  struct Options {
    Scale scale = Scale::kStandard;
    std::int64_t iterations = 0;  ///< of each benchmark; as many as it takes, where 0
    std::string folder{};  ///< on the disk that databases are to be on; the system's where empty
    std::ostream* json = nullptr;  ///< where Google Benchmark's own output goes too
  };

  explicit Suite(const Options& options);

  Scale scale() const { return options_.scale; }

  /// A folder for files that are gone afterwards.
  const std::string& folder() const { return options_.folder; }

  /// One of the three.
  template <typename T>
  T Scaled(T for_short, T standard, T large) const {
    return scale() == Scale::kShort ? for_short : scale() == Scale::kLarge ? large : standard;
  }

  /// Those of the numbers of practitioners that this scale has: up to 1, 1,000 or 10,000.
  std::vector<std::size_t> Sizes(std::initializer_list<std::size_t> sizes) const;

  struct Cell {
    std::string scenario;  ///< the row, "is_free/practitioners:1"
    std::string peer;      ///< the column; the first one of a row is ours
    bool manual_time = false;
    std::int64_t iterations = 0;  ///< fixed, where not 0
  };

  /// Adds a benchmark to those that RunAdded will run, unless --benchmark_filter leaves it out. Its
  /// items are the operations whose time is the row's; a counter kBytesPerBooking is shown instead.
  void Add(const Cell& cell, std::function<void(benchmark::State&)> run);

  /// Runs what was added since the last time.
  void RunAdded();

  /// Prints the table. False where nothing was measured.
  bool Finish();

 private:
  bool IsChosen(const std::string& name) const;

  Options options_;
  std::unique_ptr<SuiteReporter> reporter_;
  std::size_t added_ = 0;
};

inline constexpr const char* kBytesPerBooking = "bytes_per_booking";

/// "is_free/practitioners:1"
inline std::string RowName(const std::string& scenario, std::size_t practitioners) {
  return scenario + "/practitioners:" + std::to_string(practitioners);
}

/// Ends the run with an error: a benchmark of wrong answers is worth nothing.
void Require(bool right, const std::string& scenario, const std::string& peer);

/// Runs `check` the first time that it is asked to for this benchmark, which is entered many times.
template <typename F>
void Once(const std::string& scenario, const std::string& peer, F check) {
  static std::set<std::string> done;
  if (done.insert(scenario + "/" + peer).second) check();
}

/// Seconds of processor time of this thread: what else runs on the machine does not count.
double ThreadSeconds();

/// Seconds that a clock on the wall shows, for what waits or runs on several threads.
double WallSeconds();

/// Times `run`, which does `items` operations, as one iteration after another; `prepare` before
/// each is not timed.
void TimeEach(benchmark::State& state, double (*seconds)(), std::size_t items,
              const std::function<void()>& prepare, const std::function<void()>& run);

// One entry a scenario file.
void RunBookedCalendars(Suite& suite);
void RunNextGap(Suite& suite);
void RunGrowth(Suite& suite);
void RunSpecialty(Suite& suite);
void RunOverlaps(Suite& suite);
void RunRecurrence(Suite& suite);
void RunBranch(Suite& suite);
void RunThreads(Suite& suite);
void RunLoad(Suite& suite);
void RunDurable(Suite& suite);

}  // namespace clinic::bench
