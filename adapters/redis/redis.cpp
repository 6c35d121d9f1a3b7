#include "adapters/redis/redis.hpp"

#include <algorithm>
#include <random>
#include <utility>

namespace clinic::redis {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kShortestPause{20};
constexpr milliseconds kLongestPause{1'000};

/// Up to half as long again, so that servers that lost one Redis do not come back as one.
milliseconds WithJitter(milliseconds pause, std::minstd_rand& random) {
  return pause + milliseconds(std::uniform_int_distribution<long>(0, pause.count() / 2)(random));
}

}  // namespace

Result<std::unique_ptr<Redis>> Redis::Open(std::string_view url, Report report,
                                           const Timeouts& timeouts) {
  Result<Address> address = ParseAddress(url);
  if (!address.ok()) return std::move(address).error();
  return std::unique_ptr<Redis>(new Redis(*std::move(address), timeouts, std::move(report)));
}

Redis::Redis(Address address, const Timeouts& timeouts, Report report)
    : address_(std::move(address)), timeouts_(timeouts), report_(std::move(report)) {
  (void)Connect();  // so that it is known from the start whether it is there
  thread_ = std::thread([this] { Run(); });
}

Redis::~Redis() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

Result<Redis::Lease> Redis::Connect() {
  std::uint64_t era = 0;
  {
    const std::lock_guard lock(mutex_);
    if (away_) return why_away_;
    era = era_;
    if (!idle_.empty()) {
      std::unique_ptr<Connection> connection = std::move(idle_.back());
      idle_.pop_back();
      return Lease(*this, std::move(connection), era);
    }
  }
  Result<std::unique_ptr<Connection>> made = Connection::Open(address_, timeouts_);
  if (made.ok()) return Lease(*this, *std::move(made), era);
  GoAway(made.error(), era);
  return std::move(made).error();
}

void Redis::PutBack(std::unique_ptr<Connection> connection, std::uint64_t era) {
  if (connection->failure()) return GoAway(*connection->failure(), era);
  const std::lock_guard lock(mutex_);
  if (era == era_) idle_.push_back(std::move(connection));
}

void Redis::GoAway(const Error& why, std::uint64_t era) {
  std::vector<std::unique_ptr<Connection>> closed;  // without the lock
  {
    const std::lock_guard lock(mutex_);
    // What broke one broke them all; of the others one hears later.
    if (era != era_) return;
    ++era_;
    away_ = true;
    why_away_ = {why.code, why.message + " (" + address_.ToString() + ")"};
    closed.swap(idle_);
    report_(&why_away_);
  }
  changed_.notify_all();
}

void Redis::Return(std::unique_ptr<Connection> connection) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(connection));
  away_ = false;
  report_(nullptr);
}

void Redis::Run() {
  std::minstd_rand random(std::random_device{}());
  milliseconds pause = kShortestPause;
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || away_; });
    if (stopping_) return;
    lock.unlock();
    Result<std::unique_ptr<Connection>> made = Connection::Open(address_, timeouts_);
    const bool reached = made.ok();
    if (reached) Return(*std::move(made));
    lock.lock();
    // Also after it was reached: one that greets and then fails is not asked all the time.
    changed_.wait_for(lock, WithJitter(pause, random), [this] { return stopping_; });
    pause = reached ? kShortestPause : std::min(2 * pause, kLongestPause);
  }
}

}  // namespace clinic::redis
