// The benchmark suite. See bench/README.md.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "bench/scenario.hpp"
#include "bench/table_reporter.hpp"

int main(int argc, char** argv) {
  // Whoever asks for a format of Google Benchmark's own gets that; all others get the table.
  const bool own_format = std::any_of(argv, argv + argc, [](std::string_view argument) {
    return argument.starts_with("--benchmark_format");
  });
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return EXIT_FAILURE;
  clinic::bench::RegisterIsFree();
  clinic::bench::RegisterBookAndCancel();
  clinic::bench::RegisterNextGap();
  clinic::bench::TableReporter table;
  const std::size_t run =
      own_format ? benchmark::RunSpecifiedBenchmarks() : benchmark::RunSpecifiedBenchmarks(&table);
  if (run == 0) std::fputs("no benchmark has such a name\n", stderr);
  return run == 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
