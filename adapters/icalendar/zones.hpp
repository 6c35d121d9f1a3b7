// Which zone a TZID of a calendar means.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "adapters/icalendar/components.hpp"
#include "clinic/result.hpp"
#include "clinic/zone.hpp"

namespace clinic::icalendar {

/// The zones of one calendar. Not thread-safe.
class ZoneNames {
 public:
  /// Of the VTIMEZONEs, only what they are called is read.
  explicit ZoneNames(const std::vector<Component>& zones);

  /// The zone of a TZID: the one that the IANA database calls so, else the one that the VTIMEZONE
  /// says it is (X-LIC-LOCATION). kInvalidArgument where there is neither, with a message that goes
  /// on where a time stops: 'with a TZID that ...'.
  Result<Zone> Find(const std::string& zone_id) const;

 private:
  std::map<std::string, std::string> locations_;  // by TZID; empty where the zone names none
};

}  // namespace clinic::icalendar
