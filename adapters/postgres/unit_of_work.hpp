// The port's unit of work, on one connection.
#pragma once

#include "adapters/postgres/bookings.hpp"
#include "adapters/postgres/directory.hpp"
#include "adapters/postgres/journal.hpp"
#include "adapters/postgres/resources.hpp"
#include "adapters/postgres/unit.hpp"
#include "adapters/postgres/waitlist.hpp"
#include "clinic/store.hpp"

namespace clinic::postgres {

/// What runs in one transaction: one unit of work, or several one after the other.
class PostgresUnitOfWork final : public UnitOfWork {
 public:
  PostgresUnitOfWork(Connection& connection, Access access, Writing writing)
      : writing_(writing), unit_{.connection = connection, .access = access, .writing = writing} {}

  BookingStore& bookings() override { return bookings_; }
  ResourceStore& resources() override { return resources_; }
  WaitlistStore& waitlist() override { return waitlist_; }
  DirectoryStore& directory() override { return directory_; }
  AuditStore& audit() override { return audit_; }
  OutboxStore& outbox() override { return outbox_; }
  IdempotencyStore& idempotency() override { return idempotency_; }

  Result<void> Attempt(const std::function<Result<void>()>& part) override;

  /// Runs a work as a part that is undone where it is refused, or throws. Throws the Failure that
  /// ended the transaction, whatever the work made of it.
  Result<void> RunPart(const Store::Work& work) { return RunIn(work, false); }

  /// As RunPart, for the first work of a transaction, which may be the only one: it costs nothing
  /// to be ready to undo it, but all has to be rolled back where it is undone after it sent
  /// something.
  Result<void> RunFirst(const Store::Work& work) { return RunIn(work, true); }
  bool must_be_rolled_back() const { return unit_.layers.must_be_rolled_back(); }

  /// As RunPart, where there is nothing to undo.
  Result<void> RunReading(const Store::Work& work) { return Run(work); }

  /// What is pending, of all works that ran.
  PendingRows& pending() { return unit_.layers.rows(); }

  /// Sends what is pending. Throws Failure.
  void Finish() { unit_.layers.Settle(); }

 private:
  Result<void> RunIn(const Store::Work& work, bool is_first);
  Result<void> Run(const Store::Work& work);

  const Writing writing_;
  Unit unit_;
  Bookings bookings_{unit_};
  Resources resources_{unit_};
  Waitlist waitlist_{unit_};
  Directory directory_{unit_};
  Audit audit_{unit_};
  Outbox outbox_{unit_};
  Idempotency idempotency_{unit_};
};

}  // namespace clinic::postgres
