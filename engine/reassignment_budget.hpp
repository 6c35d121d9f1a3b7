// How much work may still be done.
#pragma once

#include <cstdint>

namespace clinic::reassignment {

/// Counts steps down (ReassignmentOptions::most_steps), so that the same question always gets the
/// same answer, however fast the machine is.
class Budget {
 public:
  explicit Budget(std::int64_t steps) : left_(steps) {}

  bool spent() const { return left_ <= 0; }
  bool Allows(std::int64_t steps) const { return steps <= left_; }
  void Spend(std::int64_t steps) { left_ -= steps; }

 private:
  std::int64_t left_;
};

}  // namespace clinic::reassignment
