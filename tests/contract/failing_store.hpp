// A store whose disk can be full, which can be away, and which others can put in another's place.
#pragma once

#include <atomic>

#include "clinic/store.hpp"

namespace clinic {

/// Passes everything on, until it is told otherwise.
class FailingStore final : public Store {
 public:
  explicit FailingStore(Store& store) : stands_for(&store) {}

  Result<void> Write(const Work& work) override {
    ++writes;
    if (failing) return Error{ErrorCode::kUnavailable, "the disk is full"};
    Result<void> written = stands_for.load()->Write(work);
    if (failing_after) return Error{ErrorCode::kUnavailable, "the answer was lost"};
    return written;
  }
  Result<void> Read(const Work& work) override {
    if (failing_reads) return Error{ErrorCode::kUnavailable, "the store does not answer"};
    return stands_for.load()->Read(work);
  }
  Result<std::unique_ptr<ChangeSignal>> Watch() override { return stands_for.load()->Watch(); }

  std::atomic<bool> failing = false;
  std::atomic<bool> failing_after = false;  ///< what is written stays, and nobody is told
  std::atomic<bool> failing_reads = false;
  std::atomic<int> writes = 0;  ///< asked for
  std::atomic<Store*> stands_for;
};

}  // namespace clinic
