#pragma once

#include "adapters/sqlite/unit.hpp"
#include "clinic/store.hpp"

namespace clinic::sqlite {

class Waitlist final : public WaitlistStore {
 public:
  explicit Waitlist(Unit& unit) : unit_(unit) {}

  Result<void> Insert(const WaitlistEntry& entry) override;
  Result<void> Update(const WaitlistEntry& entry) override;
  Result<void> Delete(WaitlistId id, std::uint32_t version) override;
  Result<WaitlistEntry> Get(WaitlistId id) override;
  Result<void> ForEach(const std::function<void(WaitlistEntry&&)>& visit) override;

 private:
  /// What keeps the entry from being changed, where it has not that version.
  Error Refusal(WaitlistId id);
  std::vector<DeclinedVisit> DeclinedOf(WaitlistId id);
  void InsertDeclined(const WaitlistEntry& entry);

  Unit& unit_;
};

}  // namespace clinic::sqlite
