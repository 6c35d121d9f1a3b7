// How to undo what was written, newest last.
#pragma once

#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

namespace clinic::memory {

class UndoLog {
 public:
  void Add(std::function<void()> step) { steps_.push_back(std::move(step)); }

  /// A point to go back to.
  std::size_t Mark() const { return steps_.size(); }

  /// Undoes what was written since `mark`, newest first.
  void RollBackTo(std::size_t mark) {
    while (steps_.size() > mark) {
      steps_.back()();
      steps_.pop_back();
    }
  }

 private:
  std::vector<std::function<void()>> steps_;
};

}  // namespace clinic::memory
