#include "server/telemetry/metrics.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "adapters/store_figures.hpp"
#include "server/telemetry/process.hpp"
#include "server/telemetry/request_metrics.hpp"

namespace clinic::telemetry {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

/// Families that are made anew each time that somebody asks, from figures that others keep.
class Families {
 public:
  explicit Families(std::vector<MetricFamily>& families) : families_(families) {}

  void Begin(MetricType type, const char* name, const char* help) {
    families_.push_back({name, help, type, {}});
  }

  template <typename Number>
  void Add(Number value, Labels labels = {}) {
    ClientMetric metric;
    metric.label = std::move(labels);
    MetricFamily& family = families_.back();
    if (family.type == MetricType::Counter) {
      metric.counter.value = static_cast<double>(value);
    } else {
      metric.gauge.value = static_cast<double>(value);
    }
    family.metric.push_back(std::move(metric));
  }

  template <typename Number>
  void Gauge(const char* name, const char* help, Number value) {
    Begin(MetricType::Gauge, name, help);
    Add(value);
  }

  template <typename Number>
  void Counter(const char* name, const char* help, Number value) {
    Begin(MetricType::Counter, name, help);
    Add(value);
  }

  void Groups(const GroupSizes& sizes) {
    Begin(MetricType::Histogram, "clinic_store_commit_works",
          "How many units of work shared a commit, and so a wait for the disk.");
    ClientMetric metric;
    for (std::size_t bucket = 0; bucket < GroupSizes::kBuckets; ++bucket) {
      metric.histogram.sample_count += sizes.groups(bucket);
      const bool is_last = bucket + 1 == GroupSizes::kBuckets;
      metric.histogram.bucket.push_back(
          {metric.histogram.sample_count, is_last ? std::numeric_limits<double>::infinity()
                                                  : static_cast<double>(std::size_t{1} << bucket)});
    }
    metric.histogram.sample_sum = static_cast<double>(sizes.works());
    families_.back().metric.push_back(std::move(metric));
  }

 private:
  std::vector<MetricFamily>& families_;
};

void AddPools(const StoreFigures& store, Families& families) {
  const std::pair<const char*, const PoolFigures&> pools[] = {{"read", store.readers},
                                                              {"write", store.writers}};
  if (store.readers.most == 0) return;
  families.Begin(MetricType::Gauge, "clinic_store_connections",
                 "Connections to the database, by pool; those in use are lent to somebody.");
  for (const auto& [name, pool] : pools) {
    const std::size_t open = pool.open;
    const std::size_t idle = std::min(pool.idle.load(), open);
    families.Add(idle, {{"pool", name}, {"state", "idle"}});
    families.Add(open - idle, {{"pool", name}, {"state", "in_use"}});
  }
  families.Begin(MetricType::Gauge, "clinic_store_connections_limit",
                 "How many connections a pool may have.");
  for (const auto& [name, pool] : pools) families.Add(pool.most.load(), {{"pool", name}});
  families.Begin(MetricType::Counter, "clinic_store_connection_waits_total",
                 "How often somebody had to wait for a connection.");
  for (const auto& [name, pool] : pools) families.Add(pool.waits.load(), {{"pool", name}});
}

void AddProcess(Families& families) {
  const ProcessFigures process = ReadProcess();
  families.Counter("process_cpu_seconds_total", "Time of processors, user and system.",
                   process.cpu_seconds);
  families.Gauge("process_resident_memory_bytes", "Memory that is in use.", process.resident_bytes);
  families.Gauge("process_virtual_memory_bytes", "Addresses that are in use.",
                 process.virtual_bytes);
  families.Gauge("process_open_fds", "Open files, sockets among them.", process.open_files);
  families.Gauge("process_max_fds", "How many files may be open.", process.most_open_files);
  families.Gauge("process_threads", "Threads.", process.threads);
  families.Gauge("process_start_time_seconds", "When it was started, since 1970.",
                 process.start_time_seconds);
}

}  // namespace

class Metrics::Impl {
 public:
  Impl(const std::vector<std::string>& routes, Sources sources)
      : sources_(std::move(sources)), requests_(registry_, routes) {}

  RequestMetrics& requests() { return requests_; }

  std::string Text() const {
    std::vector<MetricFamily> collected = registry_.Collect();
    Families families(collected);
    AddServer(families);
    if (sources_.store != nullptr) {
      families.Groups(sources_.store->groups);
      AddPools(*sources_.store, families);
    }
    AddProcess(families);
    return prometheus::TextSerializer().prometheus::Serializer::Serialize(collected);
  }

 private:
  void AddServer(Families& families) const {
    families.Begin(MetricType::Gauge, "clinic_build_info", "The version that runs.");
    families.Add(1, {{"version", CLINIC_VERSION}});
    if (sources_.connections)
      families.Gauge("clinic_http_connections", "Open connections, idle ones among them.",
                     sources_.connections());
    if (sources_.queued_requests)
      families.Gauge("clinic_http_requests_queued", "Requests that wait for a thread.",
                     sources_.queued_requests());
    if (sources_.in_flight)
      families.Gauge("clinic_http_requests_in_flight", "Requests that are being answered.",
                     sources_.in_flight());
    if (sources_.feed_lag_seconds)
      families.Gauge("clinic_feed_lag_seconds",
                     "Since this server last knew all that others have written to the store.",
                     sources_.feed_lag_seconds());
    if (sources_.dropped_log_lines)
      families.Counter("clinic_log_dropped_lines_total", "Lines of the log that were not written.",
                       sources_.dropped_log_lines());
  }

  const Sources sources_;
  prometheus::Registry registry_;
  RequestMetrics requests_;
};

Metrics::Metrics(const std::vector<std::string>& routes, Sources sources)
    : impl_(std::make_unique<Impl>(routes, std::move(sources))) {}
Metrics::~Metrics() = default;

void Metrics::Count(const Served& served) { impl_->requests().Count(served); }

void Metrics::CountRefused(int status, std::string_view code) {
  impl_->requests().CountRefused(status, code);
}

std::string Metrics::Text() const { return impl_->Text(); }

}  // namespace clinic::telemetry
