#include "adapters/postgres/pool.hpp"

#include <algorithm>

#include "adapters/postgres/connection_string.hpp"

namespace clinic::postgres {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kShortestBackOff{50};
constexpr milliseconds kLongestBackOff{2'000};

}  // namespace

Pool::Pool(const std::string& connection_string, std::size_t size, const PostgresOptions& options,
           PoolFigures* figures)
    : connection_string_(WithDefaults(connection_string, options)),
      settings_(SessionSettings(options)),
      size_(std::max<std::size_t>(size, 1)),
      figures_(figures),
      watchdog_(options.statement_timeout * 2),
      random_(std::random_device{}()) {
  if (figures_ != nullptr) figures_->most = size_;
}

void Pool::Tell() const {
  if (figures_ == nullptr) return;
  figures_->open.store(open_, std::memory_order_relaxed);
  figures_->idle.store(idle_.size(), std::memory_order_relaxed);
}

Pool::Lease Pool::Take(Deadline deadline) {
  Lock lock(mutex_);
  for (bool waited = false;; waited = true) {
    if (!idle_.empty()) {
      std::unique_ptr<Connection> connection = std::move(idle_.back());
      idle_.pop_back();
      Tell();
      return {*this, std::move(connection)};
    }
    const Deadline now = std::chrono::steady_clock::now();
    if (open_ < size_ && !trying_ && now >= try_again_) {
      ++open_;
      Tell();
      trying_ = failures_ > 0;
      lock.unlock();
      try {
        std::unique_ptr<Connection> connection = Connect();
        lock.lock();
        failures_ = 0;
        trying_ = false;
        changed_.notify_all();
        return {*this, std::move(connection)};
      } catch (const Failure& failure) {
        lock.lock();
        AfterFailedConnect(failure.what());
        continue;
      }
    }
    if (now >= deadline) {
      if (failures_ > 0) throw ConnectionLost(last_failure_);
      throw Failure("53300", "no connection became free in time");
    }
    if (figures_ != nullptr && !waited) figures_->waits.fetch_add(1, std::memory_order_relaxed);
    changed_.wait_until(lock,
                        open_ < size_ && !trying_ ? std::min(deadline, try_again_) : deadline);
  }
}

std::unique_ptr<Connection> Pool::Connect() {
  auto connection = std::make_unique<Connection>(connection_string_, watchdog_);
  connection->RunScript(settings_);
  return connection;
}

void Pool::AfterFailedConnect(const std::string& why) {
  --open_;
  Tell();
  trying_ = false;
  last_failure_ = why;
  const int doublings = std::min(failures_++, 10);
  const milliseconds wait = std::min(kLongestBackOff, kShortestBackOff * (1 << doublings));
  // Up to half as long again, so that servers that lost one database do not come back as one.
  const milliseconds jitter(
      std::uniform_int_distribution<int>(0, static_cast<int>(wait.count() / 2))(random_));
  try_again_ = std::chrono::steady_clock::now() + wait + jitter;
  changed_.notify_all();
}

void Pool::PutBack(std::unique_ptr<Connection> connection) {
  if (connection->spoiled()) return Discard(std::move(connection));
  const Lock lock(mutex_);
  idle_.push_back(std::move(connection));
  Tell();
  changed_.notify_one();
}

void Pool::Discard(std::unique_ptr<Connection> connection) {
  std::vector<std::unique_ptr<Connection>> discarded;  // closed without the lock
  discarded.push_back(std::move(connection));
  const Lock lock(mutex_);
  open_ -= 1 + idle_.size();
  for (std::unique_ptr<Connection>& idle : idle_) discarded.push_back(std::move(idle));
  idle_.clear();
  Tell();
  changed_.notify_all();
}

}  // namespace clinic::postgres
