// Prints a run of the suite as one table: a row a scenario, a column a peer, the median time of one
// operation, and how many times slower than ours each peer is.
#pragma once

#include <benchmark/benchmark.h>

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace clinic::bench {

class TableReporter final : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& runs) override;

  /// The table, in Markdown.
  void Finalize() override;

 private:
  // Scenario and peer.
  using Key = std::pair<std::string, std::string>;

  std::string CellFor(const Key& key, const std::string& ours) const;

  std::map<std::int64_t, Key> registered_;    // by order of registration, which the run may shuffle
  std::map<Key, std::vector<double>> times_;  // nanoseconds an operation, one for each repetition
};

}  // namespace clinic::bench
