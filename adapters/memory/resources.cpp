#include "adapters/memory/resources.hpp"

#include <algorithm>
#include <tuple>

#include "absl/strings/ascii.h"

namespace clinic::memory {
namespace {

Error Unknown(ErrorCode code, ResourceId id) {
  return {code, "there is no resource " + ToString(id)};
}

Result<void> CheckCapacity(const Resource& resource) {
  if (resource.capacity >= 1) return {};
  return Error{ErrorCode::kInvalidArgument, "a resource's capacity is at least 1"};
}

std::string LowerCase(std::string text) {
  absl::AsciiStrToLower(&text);
  return text;
}

auto Position(const Resource& resource) { return std::tie(resource.name, resource.id); }

bool Matches(const Resource& resource, const ResourceQuery& query) {
  return (!query.kind || resource.kind == *query.kind) &&
         (!query.specialty || std::ranges::count(resource.specialties, *query.specialty) > 0) &&
         (!query.text ||
          LowerCase(resource.name).find(LowerCase(*query.text)) != std::string::npos) &&
         (!query.after || Position(resource) > std::tie(query.after->first, query.after->second));
}

}  // namespace

Result<void> Resources::Insert(const Resource& resource) {
  return unit_.Write([&]() -> Result<void> {
    if (Result<void> valid = CheckCapacity(resource); !valid.ok()) return valid;
    if (unit_.tables.resources.Find(resource.id) != nullptr) {
      return Error{ErrorCode::kAlreadyExists, "there is a resource " + ToString(resource.id)};
    }
    unit_.tables.resources.Put(resource.id, resource, unit_.undo);
    return {};
  });
}

Result<void> Resources::Update(const Resource& resource) {
  return unit_.Write([&]() -> Result<void> {
    if (Result<void> valid = CheckCapacity(resource); !valid.ok()) return valid;
    const Resource* before = unit_.tables.resources.Find(resource.id);
    if (before == nullptr) return Unknown(ErrorCode::kNotFound, resource.id);
    if (before->version + 1 != resource.version) {
      return Error{ErrorCode::kStaleVersion,
                   "the resource has version " + std::to_string(before->version)};
    }
    unit_.tables.resources.Put(resource.id, resource, unit_.undo);
    return {};
  });
}

Result<Resource> Resources::Get(ResourceId id) {
  if (const Resource* resource = unit_.tables.resources.Find(id)) return *resource;
  return Unknown(ErrorCode::kNotFound, id);
}

Result<std::vector<Resource>> Resources::List(const ResourceQuery& query) {
  std::vector<const Resource*> matching;
  for (const auto& [id, resource] : unit_.tables.resources) {
    if (Matches(resource, query)) matching.push_back(&resource);
  }
  const auto position = [](const Resource* resource) { return Position(*resource); };
  std::ranges::sort(matching, {}, position);
  if (matching.size() > query.limit) matching.resize(query.limit);

  std::vector<Resource> page;
  for (const Resource* resource : matching) page.push_back(*resource);
  return page;
}

Result<void> Resources::ForEach(const std::function<void(Resource&&)>& visit) {
  for (const auto& [id, resource] : unit_.tables.resources) visit(Resource(resource));
  return {};
}

Result<void> Resources::PutRule(ResourceId resource, const AvailabilityRule& rule) {
  return unit_.Write([&]() -> Result<void> {
    if (unit_.tables.resources.Find(resource) == nullptr) {
      return Unknown(ErrorCode::kUnknownResource, resource);
    }
    unit_.tables.rules.Put({resource, rule.id}, rule, unit_.undo);
    return {};
  });
}

Result<void> Resources::DeleteRule(ResourceId resource, RuleId id) {
  return unit_.Write([&]() -> Result<void> {
    if (unit_.tables.rules.Find({resource, id}) == nullptr) {
      return Error{ErrorCode::kNotFound, "the resource has no rule " + ToString(id)};
    }
    unit_.tables.rules.Erase({resource, id}, unit_.undo);
    return {};
  });
}

Result<std::vector<AvailabilityRule>> Resources::Rules(ResourceId resource) {
  std::vector<AvailabilityRule> rules;
  const auto& rows = unit_.tables.rules;
  for (auto it = rows.lower_bound({resource, RuleId()});
       it != rows.end() && it->first.first == resource; ++it) {
    rules.push_back(it->second);
  }
  return rules;
}

Result<void> Resources::PutTimeOff(const TimeOff& time_off) {
  return unit_.Write([&]() -> Result<void> {
    if (unit_.tables.resources.Find(time_off.resource) == nullptr) {
      return Unknown(ErrorCode::kUnknownResource, time_off.resource);
    }
    if (!IsProper(time_off.interval)) {
      return Error{ErrorCode::kBadInterval,
                   "time off ends after it starts, in the years 1 to 9999"};
    }
    unit_.tables.time_off.Put({time_off.resource, time_off.id}, time_off, unit_.undo);
    return {};
  });
}

Result<void> Resources::DeleteTimeOff(ResourceId resource, TimeOffId id) {
  return unit_.Write([&]() -> Result<void> {
    if (unit_.tables.time_off.Find({resource, id}) == nullptr) {
      return Error{ErrorCode::kNotFound, "the resource has no time off " + ToString(id)};
    }
    unit_.tables.time_off.Erase({resource, id}, unit_.undo);
    return {};
  });
}

Result<std::vector<TimeOff>> Resources::TimeOffOf(ResourceId resource) {
  std::vector<TimeOff> time_off;
  const auto& rows = unit_.tables.time_off;
  for (auto it = rows.lower_bound({resource, TimeOffId()});
       it != rows.end() && it->first.first == resource; ++it) {
    time_off.push_back(it->second);
  }
  std::ranges::stable_sort(time_off, {}, [](const TimeOff& row) { return row.interval.start; });
  return time_off;
}

}  // namespace clinic::memory
