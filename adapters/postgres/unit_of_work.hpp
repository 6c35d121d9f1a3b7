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

class PostgresUnitOfWork final : public UnitOfWork {
 public:
  PostgresUnitOfWork(Connection& connection, Access access)
      : unit_{.connection = connection, .access = access} {}

  BookingStore& bookings() override { return bookings_; }
  ResourceStore& resources() override { return resources_; }
  WaitlistStore& waitlist() override { return waitlist_; }
  DirectoryStore& directory() override { return directory_; }
  AuditStore& audit() override { return audit_; }
  OutboxStore& outbox() override { return outbox_; }
  IdempotencyStore& idempotency() override { return idempotency_; }

  Result<void> Attempt(const std::function<Result<void>()>& part) override;

  /// Runs the work, and what it leaves to be written at the end. Throws the Failure that ended the
  /// transaction, whatever the work made of it.
  Result<void> Run(const Store::Work& work);

 private:
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
