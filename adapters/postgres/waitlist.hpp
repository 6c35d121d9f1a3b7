#pragma once

#include "adapters/postgres/unit.hpp"
#include "clinic/store.hpp"

namespace clinic::postgres {

class Waitlist final : public WaitlistStore {
 public:
  explicit Waitlist(Unit& unit) : unit_(unit) {}

  Result<void> Insert(const WaitlistEntry& entry) override;
  Result<void> Update(const WaitlistEntry& entry) override;
  Result<void> Delete(WaitlistId id, std::uint32_t version) override;
  Result<WaitlistEntry> Get(WaitlistId id) override;
  Result<void> ForEach(const std::function<void(WaitlistEntry&&)>& visit) override;

 private:
  void InsertDeclined(const WaitlistEntry& entry);

  Unit& unit_;
};

}  // namespace clinic::postgres
