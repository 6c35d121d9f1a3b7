// What every scenario file shares: its entry, the names of benchmarks, and the check of answers.
#pragma once

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "bench/workload.hpp"

namespace clinic::bench {

/// One entry a scenario file: registers its benchmarks. A new scenario is a new file, a line here
/// and a line in main.cpp.
void RegisterIsFree();
void RegisterBookAndCancel();
void RegisterNextGap();

/// "is_free/practitioners:1/clinic": the table has a row for what stands before the last slash, and
/// a column for what stands after it.
template <typename Peer>
std::string BenchmarkName(const std::string& scenario, std::size_t practitioners) {
  return scenario + "/practitioners:" + std::to_string(practitioners) + "/" + Peer::kName;
}

/// Ends the run with an error: a benchmark of wrong answers is worth nothing.
inline void Require(bool right, const char* scenario, const char* peer) {
  if (right) return;
  std::fprintf(stderr, "%s: %s gives an answer that is not the reference's\n", scenario, peer);
  std::exit(EXIT_FAILURE);
}

/// Runs `check` the first time that it is asked to for `benchmark`, which is entered many times.
template <typename F>
void Once(const std::string& benchmark, F check) {
  static std::set<std::string> done;
  if (done.insert(benchmark).second) check();
}

template <typename Peer>
Peer CalendarOf(const Year& year) {
  Peer calendar;
  for (const Booking& booking : year) {
    Require(calendar.Book(booking.interval, booking.handle), "loading", Peer::kName);
  }
  return calendar;
}

/// The calendars of ClinicOf(practitioners). Whoever changes them puts everything back.
template <typename Peer>
std::vector<Peer>& CalendarsOf(std::size_t practitioners) {
  static std::map<std::size_t, std::vector<Peer>> kept;
  const auto [it, is_new] = kept.try_emplace(practitioners);
  if (is_new) {
    for (const Year& year : ClinicOf(practitioners).years) {
      it->second.push_back(CalendarOf<Peer>(year));
    }
  }
  return it->second;
}

}  // namespace clinic::bench
