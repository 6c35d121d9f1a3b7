// One of those who stand in a line until it is their turn: to do something for all who wait, or to
// be told what came of it.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>

#include "adapters/semaphore.hpp"

namespace clinic {

/// Shared, since its caller may be gone before whoever tells it of its turn has done so.
class Waiter {
 public:
  enum class Turn { kLeads, kIsAnswered };

  /// Called by whoever waits, once: returns its turn, and passes an answer on.
  Turn Await();

  /// Says whose turn it is to lead.
  void LetLead() { Tell(Turn::kLeads); }

  /// Called by who leads: tells the others that they are answered. Each tells two: who is woken
  /// most often runs at once, before whoever woke it, so if one thread woke all, the last would
  /// hear of it when all before them had returned, and asked for more.
  template <typename AnyWaiter>
  void TellAll(std::span<const std::shared_ptr<AnyWaiter>> others) {
    for (std::size_t i = 0; i < others.size(); ++i) {
      Waiter& teller = i < 2 ? *this : *others[(i - 2) / 2];
      teller.tells_[i % 2] = others[i];
    }
    PassOn();
  }

 private:
  void Tell(Turn turn);
  void PassOn();

  Semaphore told_;
  Turn turn_{};  // known once it is told
  std::array<std::shared_ptr<Waiter>, 2> tells_;
};

}  // namespace clinic
