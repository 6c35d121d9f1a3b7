// One of those who stand in a line until it is their turn: to do something for all who wait, or to
// be told what came of it.
#pragma once

#include <array>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace clinic {

/// Shared, since its caller may be gone before whoever tells it of its turn has done so.
class Waiter {
 public:
  enum class Turn { kWaits, kLeads, kIsAnswered };

  /// Called by whoever waits, once: returns its turn, and passes an answer on.
  Turn Await();

  /// Says whose turn it is to lead.
  void Lead() { Tell(Turn::kLeads); }

  /// Tells all of them that they are answered but the first, who leads: there is one. Each tells
  /// two others: who is woken most often runs at once, before whoever woke it, so if one thread
  /// woke all, the last would hear of it when all before them had returned, and asked for more.
  template <typename AnyWaiter>
  static void TellAll(const std::vector<std::shared_ptr<AnyWaiter>>& answered) {
    for (std::size_t i = 1; i < answered.size(); ++i) {
      answered[(i - 1) / 2]->tells_[(i - 1) % 2] = answered[i];
    }
    answered.front()->PassOn();
  }

 private:
  void Tell(Turn turn);
  void PassOn();

  std::mutex mutex_;
  std::condition_variable told_;
  Turn turn_ = Turn::kWaits;
  std::array<std::shared_ptr<Waiter>, 2> tells_;
};

}  // namespace clinic
