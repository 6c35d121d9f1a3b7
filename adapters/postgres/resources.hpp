#pragma once

#include "adapters/postgres/unit.hpp"
#include "clinic/store.hpp"

namespace clinic::postgres {

class Resources final : public ResourceStore {
 public:
  explicit Resources(Unit& unit) : unit_(unit) {}

  Result<void> Insert(const Resource& resource) override;
  Result<void> Update(const Resource& resource) override;
  Result<Resource> Get(ResourceId id) override;
  Result<std::vector<Resource>> List(const ResourceQuery& query) override;
  Result<void> ForEach(const std::function<void(Resource&&)>& visit) override;
  Result<void> PutRule(ResourceId resource, const AvailabilityRule& rule) override;
  Result<void> DeleteRule(ResourceId resource, RuleId id) override;
  Result<std::vector<AvailabilityRule>> Rules(ResourceId resource) override;
  Result<void> PutTimeOff(const TimeOff& time_off) override;
  Result<void> DeleteTimeOff(ResourceId resource, TimeOffId id) override;
  Result<std::vector<TimeOff>> TimeOffOf(ResourceId resource) override;

 private:
  Unit& unit_;
};

}  // namespace clinic::postgres
