// A store that lives in memory and ends with its object: for tests, for simulations, and for
// programs that keep their bookings elsewhere. Keeps every promise of the port but durability.
#pragma once

#include <memory>
#include <mutex>
#include <shared_mutex>

#include "clinic/store.hpp"

namespace clinic {

namespace memory {
class ChangeCounter;
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
  Result<std::unique_ptr<ChangeSignal>> Watch() override;

 private:
  // Everyone passes the gate before taking the mutex, which by itself would let readers starve
  // writers.
  std::mutex gate_;
  std::shared_mutex mutex_;
  std::unique_ptr<memory::Tables> tables_;
  std::unique_ptr<memory::ChangeCounter> changes_;
};

}  // namespace clinic
