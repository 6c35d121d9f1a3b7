// The whole of the engine in one header, for a program that links it:
//
//   find_package(clinic REQUIRED)
//   target_link_libraries(program PRIVATE clinic::clinic)
//
// Start at Scheduler (clinic/scheduler.hpp): it is the object that books and finds. All else is
// what goes in and out of it, or a part of it that is of use by itself: recurrence rules, zones,
// calendars, the search for double bookings. A file that needs one part only includes that part's
// header.
#pragma once

#include "clinic/absence.hpp"
#include "clinic/appointment_status.hpp"
#include "clinic/availability.hpp"
#include "clinic/booking.hpp"
#include "clinic/branch.hpp"
#include "clinic/calendar.hpp"
#include "clinic/capacity.hpp"
#include "clinic/change.hpp"
#include "clinic/clock.hpp"
#include "clinic/copy_store.hpp"
#include "clinic/directory.hpp"
#include "clinic/gap_tree.hpp"
#include "clinic/id.hpp"
#include "clinic/id_generator.hpp"
#include "clinic/interval.hpp"
#include "clinic/journal.hpp"
#include "clinic/overlaps.hpp"
#include "clinic/reassignment.hpp"
#include "clinic/reassignment_costs.hpp"
#include "clinic/recurrence.hpp"
#include "clinic/recurrence_rule.hpp"
#include "clinic/resource.hpp"
#include "clinic/result.hpp"
#include "clinic/rooms_needed.hpp"
#include "clinic/schedule.hpp"
#include "clinic/scheduler.hpp"
#include "clinic/sequence.hpp"
#include "clinic/series.hpp"
#include "clinic/slot_query.hpp"
#include "clinic/store.hpp"
#include "clinic/time.hpp"
#include "clinic/time_text.hpp"
#include "clinic/timeline.hpp"
#include "clinic/waitlist.hpp"
#include "clinic/workflow.hpp"
#include "clinic/workflow_table.hpp"
#include "clinic/zone.hpp"
