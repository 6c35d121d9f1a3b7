// A store that is read and never written.
#pragma once

#include "clinic/store.hpp"

namespace clinic::loading {

/// What a scheduler decides over it stands in that scheduler's memory only: it begins with what the
/// store holds, judges as it would judge there, and leaves the store as it is. A Write succeeds
/// without running its work, so what a store alone refuses is not seen. Thread-safe.
class DryRunStore final : public Store {
 public:
  /// Requires that `store` outlives this.
  explicit DryRunStore(Store& store) : store_(store) {}

  Result<void> Write(const Work&) override { return {}; }
  Result<void> Read(const Work& work) override { return store_.Read(work); }
  Result<std::unique_ptr<ChangeSignal>> Watch() override { return store_.Watch(); }

 private:
  Store& store_;
};

}  // namespace clinic::loading
