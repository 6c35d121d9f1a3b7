// A store whose disk can be full.
#pragma once

#include <atomic>

#include "clinic/store.hpp"

namespace clinic {

/// Passes everything on, until it is told to refuse writing.
class FailingStore final : public Store {
 public:
  explicit FailingStore(Store& store) : store_(store) {}

  Result<void> Write(const Work& work) override {
    ++writes;
    if (failing) return Error{ErrorCode::kUnavailable, "the disk is full"};
    return store_.Write(work);
  }
  Result<void> Read(const Work& work) override { return store_.Read(work); }
  Result<std::unique_ptr<ChangeSignal>> Watch() override { return store_.Watch(); }

  std::atomic<bool> failing = false;
  std::atomic<int> writes = 0;  ///< asked for

 private:
  Store& store_;
};

}  // namespace clinic
