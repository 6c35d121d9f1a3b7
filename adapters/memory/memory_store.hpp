// A store that lives in memory and ends with its object: for tests, for simulations, and for
// programs that keep their bookings elsewhere. Keeps every promise of the port but durability.
#pragma once

#include <memory>

#include "absl/synchronization/mutex.h"
#include "clinic/store.hpp"

namespace clinic {

namespace memory {
struct Tables;
}  // namespace memory

/// Safe to call from any thread. Readers share; a writer waits for readers and they for it, which
/// is for no disk. A unit of work must not open another one.
class MemoryStore final : public Store {
 public:
  MemoryStore();
  ~MemoryStore() override;

  Result<void> Write(const Work& work) override;
  Result<void> Read(const Work& work) override;

 private:
  absl::Mutex mutex_;  // lets no reader in before a writer that waits, unlike the standard's
  std::unique_ptr<memory::Tables> tables_;
};

}  // namespace clinic
