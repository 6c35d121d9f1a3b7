// The benchmark suite. See bench/README.md.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/suite.hpp"

namespace clinic::bench {
namespace {

// What holds unless the command line says otherwise: medians of three, peers in turns.
constexpr const char* kDefaults[] = {"--benchmark_repetitions=3",
                                     "--benchmark_enable_random_interleaving=true",
                                     "--benchmark_min_time=0.1"};

struct CommandLine {
  std::optional<Scale> scale = Scale::kStandard;
  std::int64_t iterations = 0;
  std::string json;
  std::string folder;
  std::vector<char*> others;  // Google Benchmark's
};

std::optional<Scale> ScaleOf(std::string_view word) {
  if (word == "short") return Scale::kShort;
  if (word == "standard") return Scale::kStandard;
  if (word == "large") return Scale::kLarge;
  return std::nullopt;
}

CommandLine Parse(int argc, char** argv) {
  constexpr std::string_view kScale = "--scale=";
  constexpr std::string_view kIterations = "--iterations=";
  constexpr std::string_view kJson = "--json=";
  constexpr std::string_view kFolder = "--folder=";
  CommandLine options;
  options.others.push_back(argv[0]);
  for (const char* flag : kDefaults) options.others.push_back(const_cast<char*>(flag));
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument.starts_with(kScale)) {
      options.scale = ScaleOf(argument.substr(kScale.size()));
    } else if (argument.starts_with(kIterations)) {
      options.iterations = std::atoll(argv[i] + kIterations.size());
    } else if (argument.starts_with(kJson)) {
      options.json = argument.substr(kJson.size());
    } else if (argument.starts_with(kFolder)) {
      options.folder = argument.substr(kFolder.size());
    } else {
      options.others.push_back(argv[i]);
    }
  }
  return options;
}

int Fail(const char* message) {
  std::fprintf(stderr, "%s\n", message);
  return EXIT_FAILURE;
}

int Main(int argc, char** argv) {
  CommandLine options = Parse(argc, argv);
  if (!options.scale) return Fail("--scale is short, standard or large");
  int others = static_cast<int>(options.others.size());
  benchmark::Initialize(&others, options.others.data());
  if (benchmark::ReportUnrecognizedArguments(others, options.others.data())) return EXIT_FAILURE;
  std::ofstream json;
  if (!options.json.empty()) {
    json.open(options.json);
    if (!json) return Fail("the file for the JSON cannot be written");
  }

  Suite suite({.scale = *options.scale,
               .iterations = options.iterations,
               .folder = options.folder,
               .json = json.is_open() ? &json : nullptr});
  for (void (*run)(Suite&) : {RunBookedCalendars, RunNextGap, RunGrowth, RunSpecialty, RunOverlaps,
                              RunRecurrence, RunBranch, RunThreads, RunLoad, RunDurable}) {
    run(suite);
  }
  return suite.Finish() ? EXIT_SUCCESS : Fail("no benchmark has such a name");
}

}  // namespace
}  // namespace clinic::bench

int main(int argc, char** argv) { return clinic::bench::Main(argc, argv); }
