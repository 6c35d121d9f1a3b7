#include "server/store_follower.hpp"

#include <algorithm>
#include <utility>

namespace clinic::server {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLookAtLeastEvery{1'000};
constexpr milliseconds kLookAtMostEvery{10};  // others have work to do as well
constexpr milliseconds kShortestPause{50};
constexpr milliseconds kLongestPause{5'000};

}  // namespace

StoreFollower::StoreFollower(Store& store, Scheduler& scheduler,
                             std::function<void(const Error*)> report)
    : store_(store),
      scheduler_(scheduler),
      report_(std::move(report)),
      caught_up_(std::chrono::steady_clock::now()),
      thread_([this] { Run(); }) {}

StoreFollower::~StoreFollower() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    if (signal_) signal_->Wake();
  }
  stopped_.notify_all();
  thread_.join();
}

void StoreFollower::Run() {
  milliseconds pause = kShortestPause;
  bool following = true;
  while (!IsStopping()) {
    const Result<void> followed = FollowOnce();
    if (followed.ok() != following) report_(followed.ok() ? nullptr : &followed.error());
    following = followed.ok();
    if (following) {
      Pause(kLookAtMostEvery);
      pause = kShortestPause;
    } else {
      Pause(pause);
      pause = std::min(2 * pause, kLongestPause);
    }
  }
}

Result<void> StoreFollower::FollowOnce() {
  if (!signal_) {
    Result<std::unique_ptr<ChangeSignal>> signal = store_.Watch();
    if (!signal.ok()) return std::move(signal).error();
    const std::lock_guard lock(mutex_);
    signal_ = *std::move(signal);
    if (stopping_) return {};
  }
  // Looked at before waiting: what came before the signal was there is not told.
  Result<void> done = scheduler_.CatchUp();
  if (done.ok()) {
    caught_up_ = std::chrono::steady_clock::now();
    const Result<bool> told = signal_->Wait(kLookAtLeastEvery);
    if (told.ok()) return {};
    done = told.error();
  }
  const std::lock_guard lock(mutex_);
  signal_ = nullptr;
  return done;
}

bool StoreFollower::IsStopping() {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void StoreFollower::Pause(milliseconds pause) {
  std::unique_lock lock(mutex_);
  stopped_.wait_for(lock, pause, [this] { return stopping_; });
}

}  // namespace clinic::server
