#include "bench/table_reporter.hpp"

#include <algorithm>
#include <cstdio>
#include <ostream>

namespace clinic::bench {
namespace {

void AddOnce(std::vector<std::string>& names, const std::string& name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

// Three digits are more than a shared machine can promise.
std::string Digits(double value, const char* unit) {
  char text[32];
  std::snprintf(text, sizeof text, value < 100 ? "%.1f %s" : "%.0f %s", value, unit);
  return text;
}

void PrintRow(std::ostream& out, const std::vector<std::string>& cells) {
  for (const std::string& cell : cells) out << "| " << cell << ' ';
  out << "|\n";
}

}  // namespace

bool TableReporter::ReportContext(const Context& context) {
  PrintBasicContext(&GetErrorStream(), context);
  return true;
}

void TableReporter::ReportRuns(const std::vector<Run>& runs) {
  for (const Run& run : runs) {
    if (run.run_type != Run::RT_Iteration || run.error_occurred) continue;
    const std::string& name = run.run_name.function_name;
    const std::size_t slash = name.rfind('/');
    const Key key{name.substr(0, slash), name.substr(slash + 1)};
    registered_[run.family_index] = key;
    times_[key].push_back(1e9 / run.counters.at("items_per_second"));
  }
}

void TableReporter::Finalize() {
  std::vector<std::string> scenarios;
  std::vector<std::string> peers;
  for (const auto& [index, key] : registered_) {
    AddOnce(scenarios, key.first);
    AddOnce(peers, key.second);
  }
  std::vector<std::string> header{"scenario"};
  header.insert(header.end(), peers.begin(), peers.end());
  std::vector<std::string> rule(header.size(), "---:");
  rule.front() = "---";
  PrintRow(GetOutputStream(), header);
  PrintRow(GetOutputStream(), rule);
  for (const std::string& scenario : scenarios) {
    std::vector<std::string> row{scenario};
    for (const std::string& peer : peers) row.push_back(CellFor({scenario, peer}, peers.front()));
    PrintRow(GetOutputStream(), row);
  }
}

std::string TableReporter::CellFor(const Key& key, const std::string& ours) const {
  const auto found = times_.find(key);
  if (found == times_.end()) return "";
  const double time = Median(found->second);
  std::string cell = time < 10'000 ? Digits(time, "ns") : Digits(time / 1'000, "µs");
  const auto best = times_.find({key.first, ours});
  if (key.second != ours && best != times_.end()) {
    cell += " (" + Digits(time / Median(best->second), "x") + ")";
  }
  return cell;
}

}  // namespace clinic::bench
