#pragma once

#include "adapters/postgres/unit.hpp"
#include "clinic/store.hpp"

namespace clinic::postgres {

class Audit final : public AuditStore {
 public:
  explicit Audit(Unit& unit) : unit_(unit) {}

  Result<void> Append(const AuditEntry& entry) override;
  Result<std::vector<AuditEntry>> ReadAfter(std::int64_t sequence, std::size_t limit) override;
  Result<std::vector<AuditEntry>> List(const AuditQuery& query) override;

 private:
  Unit& unit_;
};

class Outbox final : public OutboxStore {
 public:
  explicit Outbox(Unit& unit) : unit_(unit) {}

  Result<void> Append(const OutboxEvent& event) override;
  Result<std::vector<OutboxEvent>> ReadAfter(std::int64_t sequence, std::size_t limit) override;
  Result<std::optional<OutboxEvent>> Last() override;

 private:
  Unit& unit_;
};

class Idempotency final : public IdempotencyStore {
 public:
  explicit Idempotency(Unit& unit) : unit_(unit) {}

  Result<void> Insert(const IdempotencyRecord& record) override;
  Result<std::optional<IdempotencyRecord>> Find(std::string_view actor,
                                                std::string_view key) override;
  Result<void> ForEach(const std::function<void(IdempotencyRecord&&)>& visit) override;

 private:
  Unit& unit_;
};

}  // namespace clinic::postgres
