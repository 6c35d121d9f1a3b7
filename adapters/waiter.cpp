#include "adapters/waiter.hpp"

namespace clinic {

Waiter::Turn Waiter::Await() {
  Turn turn;
  {
    std::unique_lock lock(mutex_);
    told_.wait(lock, [this] { return turn_ != Turn::kWaits; });
    turn = turn_;
  }
  if (turn == Turn::kIsAnswered) PassOn();
  return turn;
}

void Waiter::Tell(Turn turn) {
  {
    const std::lock_guard lock(mutex_);
    turn_ = turn;
  }
  told_.notify_one();
}

void Waiter::PassOn() {
  for (const std::shared_ptr<Waiter>& waiter : std::exchange(tells_, {})) {
    if (waiter) waiter->Tell(Turn::kIsAnswered);
  }
}

}  // namespace clinic
