#include "adapters/waiter.hpp"

namespace clinic {

Waiter::Turn Waiter::Await() {
  told_.Wait();
  if (turn_ == Turn::kIsAnswered) PassOn();
  return turn_;
}

void Waiter::Tell(Turn turn) {
  turn_ = turn;
  told_.Post();
}

void Waiter::PassOn() {
  for (const std::shared_ptr<Waiter>& waiter : std::exchange(tells_, {})) {
    if (waiter) waiter->Tell(Turn::kIsAnswered);
  }
}

}  // namespace clinic
