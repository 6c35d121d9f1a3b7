#include "bench/suite.hpp"

#include <time.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <regex>

namespace clinic::bench {

Suite::Suite(const Options& options)
    : options_(options), reporter_(std::make_unique<SuiteReporter>(options.json)) {
  if (options_.folder.empty()) options_.folder = std::filesystem::temp_directory_path().string();
}

std::vector<std::size_t> Suite::Sizes(std::initializer_list<std::size_t> sizes) const {
  const std::size_t most = Scaled<std::size_t>(1, 1'000, 10'000);
  std::vector<std::size_t> chosen;
  for (const std::size_t size : sizes) {
    if (size <= most) chosen.push_back(size);
  }
  return chosen;
}

bool Suite::IsChosen(const std::string& name) const {
  const std::string filter = benchmark::GetBenchmarkFilter();
  if (filter.empty() || filter == "all") return true;
  const bool inverted = filter.front() == '-';
  const std::regex pattern(filter.substr(inverted ? 1 : 0), std::regex::extended);
  return std::regex_search(name, pattern) != inverted;
}

void Suite::Add(const Cell& cell, std::function<void(benchmark::State&)> run) {
  const std::string name = cell.scenario + "/" + cell.peer;
  if (!IsChosen(name)) return;
  auto* added = benchmark::RegisterBenchmark(name.c_str(), std::move(run));
  if (cell.manual_time) added->UseManualTime();
  const std::int64_t iterations = options_.iterations > 0 ? options_.iterations : cell.iterations;
  if (iterations > 0) added->Iterations(iterations);
  reporter_->Expect(cell.scenario, cell.peer);
  ++added_;
}

void Suite::RunAdded() {
  if (added_ == 0) return;
  benchmark::RunSpecifiedBenchmarks(reporter_.get(), "all");
  benchmark::ClearRegisteredBenchmarks();
  added_ = 0;
}

bool Suite::Finish() { return reporter_->PrintTable(); }

void Require(bool right, const std::string& scenario, const std::string& peer) {
  if (right) return;
  std::fprintf(stderr, "%s: %s gives an answer that is not the reference's\n", scenario.c_str(),
               peer.c_str());
  std::exit(EXIT_FAILURE);
}

double ThreadSeconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double WallSeconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

void TimeEach(benchmark::State& state, double (*seconds)(), std::size_t items,
              const std::function<void()>& prepare, const std::function<void()>& run) {
  for (auto _ : state) {
    prepare();
    const double start = seconds();
    run();
    state.SetIterationTime(seconds() - start);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(items));
}

}  // namespace clinic::bench
