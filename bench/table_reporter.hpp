// Prints a run of the suite as one table: a row a scenario, a column a peer, the median time of one
// operation, and how many times slower than ours each peer is.
#pragma once

#include <benchmark/benchmark.h>

#include <map>
#include <string>
#include <vector>

namespace clinic::bench {

class TableReporter final : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& runs) override;

  /// The table, in Markdown.
  void Finalize() override;

 private:
  std::string CellFor(const std::string& scenario, const std::string& peer) const;

  std::vector<std::string> scenarios_;  // in the order of registration, as the peers
  std::vector<std::string> peers_;
  // Scenario and peer to nanoseconds an operation, one for each repetition.
  std::map<std::pair<std::string, std::string>, std::vector<double>> times_;
};

}  // namespace clinic::bench
