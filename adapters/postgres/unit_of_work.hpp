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
  Result<void> RunPart(const Store::Work& work);

  /// As RunPart, where the work is all that there is: nothing is undone but with the transaction.
  Result<void> RunAlone(const Store::Work& work);

  /// Sends what is pending. Throws Failure.
  void Finish() { unit_.layers.Settle(); }

  /// Whether anything was sent that only the end of the transaction undoes.
  bool sent() const { return unit_.layers.sent(); }

 private:
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
