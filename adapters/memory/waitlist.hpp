#pragma once

#include "adapters/memory/unit.hpp"
#include "clinic/store.hpp"

namespace clinic::memory {

class Waitlist final : public WaitlistStore {
 public:
  explicit Waitlist(Unit& unit) : unit_(unit) {}

  Result<void> Insert(const WaitlistEntry& entry) override;
  Result<void> Update(const WaitlistEntry& entry) override;
  Result<void> Delete(WaitlistId id, std::uint32_t version) override;
  Result<WaitlistEntry> Get(WaitlistId id) override;
  Result<void> ForEach(const std::function<void(WaitlistEntry&&)>& visit) override;

 private:
  Result<void> CheckVersion(WaitlistId id, std::uint32_t version) const;
  Result<void> Check(const WaitlistEntry& entry) const;

  Unit& unit_;
};

}  // namespace clinic::memory
