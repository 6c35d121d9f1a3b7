#include "bench/table_reporter.hpp"

#include <algorithm>
#include <cstdio>
#include <ostream>

#include "bench/suite.hpp"

namespace clinic::bench {
namespace {

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

// Three digits are more than a shared machine can promise.
std::string Digits(double value, const char* unit) {
  char text[32];
  std::snprintf(text, sizeof text,
                value < 10    ? "%.2f %s"
                : value < 100 ? "%.1f %s"
                              : "%.0f %s",
                value, unit);
  return text;
}

std::string TimeText(double nanoseconds) {
  if (nanoseconds < 10'000) return Digits(nanoseconds, "ns");
  if (nanoseconds < 10'000'000) return Digits(nanoseconds / 1e3, "µs");
  return Digits(nanoseconds / 1e6, "ms");
}

void PrintRow(std::ostream& out, const std::vector<std::string>& cells) {
  for (const std::string& cell : cells) out << "| " << cell << ' ';
  out << "|\n";
}

// Whether a row with these peers can stand below that heading: some of its cells may stay empty.
bool IsBelow(const std::vector<std::string>& heading, const std::vector<std::string>& peers) {
  return std::all_of(peers.begin(), peers.end(), [&](const std::string& peer) {
    return std::find(heading.begin(), heading.end(), peer) != heading.end();
  });
}

}  // namespace

SuiteReporter::SuiteReporter(std::ostream* json) {
  if (json == nullptr) return;
  json_.emplace().SetOutputStream(json);
}

void SuiteReporter::Expect(const std::string& scenario, const std::string& peer) {
  const auto row = std::find_if(rows_.begin(), rows_.end(),
                                [&](const Row& known) { return known.scenario == scenario; });
  if (row != rows_.end()) {
    row->peers.push_back(peer);
  } else {
    rows_.push_back({scenario, {peer}});
  }
}

bool SuiteReporter::ReportContext(const Context& context) {
  if (has_context_) return true;
  has_context_ = true;
  PrintBasicContext(&GetErrorStream(), context);
  if (json_) json_->ReportContext(context);
  return true;
}

void SuiteReporter::ReportRuns(const std::vector<Run>& runs) {
  if (json_) json_->ReportRuns(runs);
  for (const Run& run : runs) {
    if (run.run_type != Run::RT_Iteration) continue;
    const std::string& name = run.run_name.function_name;
    if (run.error_occurred) {
      skipped_[name] = run.error_message;
      continue;
    }
    const std::size_t slash = name.rfind('/');
    Measured& measured = measured_[{name.substr(0, slash), name.substr(slash + 1)}];
    const auto bytes = run.counters.find(kBytesPerBooking);
    measured.is_memory = bytes != run.counters.end();
    measured.values.push_back(measured.is_memory ? static_cast<double>(bytes->second)
                                                 : 1e9 / run.counters.at("items_per_second"));
  }
  GetErrorStream() << runs.front().run_name.function_name << '\n';
}

bool SuiteReporter::PrintTable() {
  if (json_ && has_context_) json_->Finalize();
  const std::vector<std::string>* heading = nullptr;
  for (const Row& row : rows_) {
    const bool is_measured = std::any_of(row.peers.begin(), row.peers.end(), [&](const auto& peer) {
      return measured_.contains({row.scenario, peer});
    });
    if (!is_measured) continue;
    if (heading == nullptr || !IsBelow(*heading, row.peers)) {
      if (heading != nullptr) GetOutputStream() << '\n';
      std::vector<std::string> titles{"scenario"};
      titles.insert(titles.end(), row.peers.begin(), row.peers.end());
      PrintRow(GetOutputStream(), titles);
      std::vector<std::string> rule(titles.size(), "---:");
      rule.front() = "---";
      PrintRow(GetOutputStream(), rule);
      heading = &row.peers;
    }
    PrintCells(row, *heading);
  }
  for (const auto& [name, reason] : skipped_) {
    GetErrorStream() << name << " is left out: " << reason << '\n';
  }
  return !measured_.empty();
}

void SuiteReporter::PrintCells(const Row& row, const std::vector<std::string>& peers) {
  std::vector<std::string> cells{row.scenario};
  for (const std::string& peer : peers) {
    cells.push_back(CellFor({row.scenario, peer}, peers.front()));
  }
  PrintRow(GetOutputStream(), cells);
}

std::string SuiteReporter::CellFor(const Key& key, const std::string& ours) const {
  const auto found = measured_.find(key);
  if (found == measured_.end()) return "";
  const double value = Median(found->second.values);
  std::string cell = found->second.is_memory ? Digits(value, "B") : TimeText(value);
  const auto best = measured_.find({key.first, ours});
  if (key.second != ours && best != measured_.end()) {
    cell += " (" + Digits(value / Median(best->second.values), "x") + ")";
  }
  return cell;
}

}  // namespace clinic::bench
