// Prints a run of the suite as one table: a row a scenario, a column a peer, the median time of one
// operation, and how many times more than ours each peer takes. Rows with the same peers, or some
// of them, stand below one heading.
#pragma once

#include <benchmark/benchmark.h>

#include <iosfwd>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace clinic::bench {

class SuiteReporter final : public benchmark::BenchmarkReporter {
 public:
  /// `json`, if there is one, gets what Google Benchmark's own JSON reporter writes.
  explicit SuiteReporter(std::ostream* json);

  /// The table has this cell, behind those that it has already.
  void Expect(const std::string& scenario, const std::string& peer);

  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& runs) override;

  /// Writes the table, in Markdown, to standard output. False where nothing was measured.
  bool PrintTable();

 private:
  struct Row {
    std::string scenario;
    std::vector<std::string> peers;
  };
  // Scenario and peer.
  using Key = std::pair<std::string, std::string>;
  struct Measured {
    std::vector<double> values;  // one for each repetition
    bool is_memory = false;      // bytes, not nanoseconds
  };

  void PrintCells(const Row& row, const std::vector<std::string>& peers);
  std::string CellFor(const Key& key, const std::string& ours) const;

  std::optional<benchmark::JSONReporter> json_;
  bool has_context_ = false;
  std::vector<Row> rows_;
  std::map<Key, Measured> measured_;
  std::map<std::string, std::string> skipped_;  // benchmark to reason
};

}  // namespace clinic::bench
