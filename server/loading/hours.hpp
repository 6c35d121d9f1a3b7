// Working windows, put as the rules that an engine keeps.
#pragma once

#include <span>
#include <vector>

#include "clinic/availability.hpp"
#include "server/import/slots.hpp"

namespace clinic::loading {

/// Rules whose windows are exactly the given ones, which are of one practitioner and ordered by
/// start: one rule for all that begin and end at the same time of day. Days that are whole weeks of
/// the same weekdays, from the first to the last, become a weekly rule; others are listed one by
/// one. The rules have the ids of HoursId. O(n log n). Pure.
std::vector<AvailabilityRule> RulesFor(ResourceId practitioner,
                                       std::span<const calendar_file::WorkingWindow> windows);

}  // namespace clinic::loading
