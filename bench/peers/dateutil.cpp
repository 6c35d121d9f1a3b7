#include "bench/peers/dateutil.hpp"

#include <stdio.h>

#include <cstdlib>

namespace clinic::bench {
namespace {

// Debian's own Python, which has Debian's dateutil; another one may come first in PATH.
constexpr const char* kCommand = "/usr/bin/python3 '" CLINIC_BENCH_DIR "/peers/dateutil_peer.py' ";

std::string Seconds(CivilTime time) { return std::to_string(time.time_since_epoch().count()); }

// Runs the script; its first line is the time it took, each other one an answer.
std::optional<DateutilRun> Run(const std::string& arguments) {
  FILE* output = popen((kCommand + arguments + " 2>/dev/null").c_str(), "r");
  if (output == nullptr) return std::nullopt;
  DateutilRun run;
  const bool has_begun = fscanf(output, "%lf", &run.seconds) == 1;
  for (long long answer = 0; fscanf(output, "%lld", &answer) == 1;) {
    run.answers.push_back(CivilTime{Duration{answer}});
  }
  const bool succeeded = pclose(output) == 0;
  return has_begun && succeeded ? std::optional(std::move(run)) : std::nullopt;
}

}  // namespace

std::optional<DateutilRun> ExpandWithDateutil(const std::string& rule, CivilTime start,
                                              std::size_t count) {
  return Run("expand '" + rule + "' " + Seconds(start) + " " + std::to_string(count));
}

std::optional<DateutilRun> SeekWithDateutil(const std::string& rule, CivilTime start,
                                            std::span<const CivilTime> instants) {
  std::string arguments = "seek '" + rule + "' " + Seconds(start);
  for (const CivilTime instant : instants) arguments += " " + Seconds(instant);
  return Run(arguments);
}

}  // namespace clinic::bench
