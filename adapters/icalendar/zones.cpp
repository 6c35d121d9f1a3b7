#include "adapters/icalendar/zones.hpp"

#include <utility>

#include "adapters/icalendar/property.hpp"

namespace clinic::icalendar {

ZoneNames::ZoneNames(const std::vector<Component>& zones) {
  for (const Component& zone : zones) {
    std::string zone_id;
    std::string location;
    for (const ContentLine& line : zone.properties) {
      const std::string name = NameOf(line.text);
      if (name == "TZID") zone_id = ReadText(line);
      if (name == "X-LIC-LOCATION") location = ReadText(line);
    }
    if (!zone_id.empty()) locations_.try_emplace(std::move(zone_id), std::move(location));
  }
}

Result<Zone> ZoneNames::Find(const std::string& zone_id) const {
  const Result<Zone> by_its_name = Zone::Load(zone_id);
  if (by_its_name.ok()) return by_its_name;
  const std::string what = "with the TZID \"" + zone_id + "\", which is no IANA time zone";
  const auto found = locations_.find(zone_id);
  if (found == locations_.end()) {
    return Error{ErrorCode::kInvalidArgument, what + ", and the calendar has no VTIMEZONE for it"};
  }
  if (found->second.empty()) {
    return Error{ErrorCode::kInvalidArgument,
                 what + ", and its VTIMEZONE says not which it is (X-LIC-LOCATION)"};
  }
  const Result<Zone> by_location = Zone::Load(found->second);
  if (by_location.ok()) return by_location;
  return Error{ErrorCode::kInvalidArgument, what + ", and neither is the X-LIC-LOCATION \"" +
                                                found->second + "\" of its VTIMEZONE"};
}

}  // namespace clinic::icalendar
