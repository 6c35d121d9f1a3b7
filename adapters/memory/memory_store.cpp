#include "adapters/memory/memory_store.hpp"

#include "adapters/memory/bookings.hpp"
#include "adapters/memory/change_counter.hpp"
#include "adapters/memory/directory.hpp"
#include "adapters/memory/journal.hpp"
#include "adapters/memory/resources.hpp"
#include "adapters/memory/tables.hpp"
#include "adapters/memory/unit.hpp"
#include "adapters/memory/waitlist.hpp"

namespace clinic {
namespace memory {
namespace {

// Undoes everything at its end, unless it was kept.
class MemoryUnitOfWork final : public UnitOfWork {
 public:
  MemoryUnitOfWork(Tables& tables, Access access) : unit_{.tables = tables, .access = access} {}
  ~MemoryUnitOfWork() override { unit_.undo.RollBackTo(kept_); }

  BookingStore& bookings() override { return bookings_; }
  ResourceStore& resources() override { return resources_; }
  WaitlistStore& waitlist() override { return waitlist_; }
  DirectoryStore& directory() override { return directory_; }
  AuditStore& audit() override { return audit_; }
  OutboxStore& outbox() override { return outbox_; }
  IdempotencyStore& idempotency() override { return idempotency_; }

  Result<void> Attempt(const std::function<Result<void>()>& part) override {
    return unit_.refusals.Confine(part, [this, mark = unit_.undo.Mark()]() -> Result<void> {
      unit_.undo.RollBackTo(mark);
      return {};
    });
  }

  Result<void> Run(const Store::Work& work) {
    Result<void> result = unit_.refusals.Outcome(work(*this));
    if (result.ok()) kept_ = unit_.undo.Mark();
    return result;
  }

 private:
  Unit unit_;
  std::size_t kept_ = 0;
  Bookings bookings_{unit_};
  Resources resources_{unit_};
  Waitlist waitlist_{unit_};
  Directory directory_{unit_};
  Audit audit_{unit_};
  Outbox outbox_{unit_};
  Idempotency idempotency_{unit_};
};

}  // namespace
}  // namespace memory

MemoryStore::MemoryStore()
    : tables_(std::make_unique<memory::Tables>()),
      changes_(std::make_unique<memory::ChangeCounter>()) {}

MemoryStore::~MemoryStore() = default;

Result<void> MemoryStore::Write(const Work& work) {
  std::unique_lock gate(gate_);
  std::unique_lock lock(mutex_);
  gate.unlock();
  Result<void> written = memory::MemoryUnitOfWork(*tables_, memory::Access::kWrite).Run(work);
  lock.unlock();
  if (written.ok()) changes_->Count();
  return written;
}

Result<std::unique_ptr<ChangeSignal>> MemoryStore::Watch() {
  return std::unique_ptr<ChangeSignal>(std::make_unique<memory::CountedChangeSignal>(*changes_));
}

Result<void> MemoryStore::Read(const Work& work) {
  std::unique_lock gate(gate_);
  const std::shared_lock lock(mutex_);
  gate.unlock();
  return memory::MemoryUnitOfWork(*tables_, memory::Access::kRead).Run(work);
}

}  // namespace clinic
