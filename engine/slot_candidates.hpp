// Who is to be asked for a time, and from when on.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/resource_directory.hpp"

namespace clinic::internal {

/// One of those who may have a time: its first start is not before `from`.
struct Candidate {
  ResourceStatePtr state = nullptr;
  Instant from{};
};

/// Names candidates, each once, ordered by `from` and then by id.
class SlotCandidates {
 public:
  virtual ~SlotCandidates() = default;

  /// The next one; null where there is none, or none that may start at or before `until`.
  virtual const Candidate* Peek(Instant until) = 0;

  /// Goes on to the one after. Requires that Peek gave one.
  virtual void Pop() = 0;

  /// From now on nobody starts before `instant`.
  virtual void SkipTo(Instant instant) = 0;
};

/// All of those given, from the beginning on.
class EachCandidate final : public SlotCandidates {
 public:
  /// `states` are ordered by id.
  EachCandidate(std::vector<ResourceStatePtr> states, Instant from)
      : states_(std::move(states)), from_(from) {}

  const Candidate* Peek(Instant until) override {
    if (next_ == states_.size() || until < from_) return nullptr;
    candidate_ = {states_[next_], from_};
    return &candidate_;
  }
  void Pop() override { ++next_; }
  void SkipTo(Instant instant) override { from_ = std::max(from_, instant); }

 private:
  std::vector<ResourceStatePtr> states_;
  Instant from_;
  std::size_t next_ = 0;
  Candidate candidate_;
};

}  // namespace clinic::internal
