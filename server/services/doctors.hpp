// Doctors: who they are, when they work, and which of their times can be booked.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "clinic/scheduler.hpp"
#include "clinic/store.hpp"
#include "clinic/time_text.hpp"
#include "server/services/caller.hpp"

namespace clinic::server {

/// What to change of a doctor; what is not given stays.
struct DoctorChange {
  std::optional<std::string> full_name{};
  std::optional<std::vector<std::string>> specialties{};
  std::optional<std::string> timezone{};
  std::optional<Duration> default_duration{};
  std::optional<Duration> slot_step{};
  std::optional<Duration> buffer_before{};
  std::optional<Duration> buffer_after{};
  std::optional<std::string> bio{};
};

/// Hours as a person writes them.
struct Hours {
  TimeText start{};
  TimeText end{};
  std::optional<RecurrenceRule> repeats{};  ///< nothing: once
  std::optional<RecurrenceEnd> until{};     ///< when it stops repeating, inclusive
  std::vector<CivilDay> exceptions{};       ///< days on which it does not repeat
};

struct SlotSearch {
  std::optional<ResourceId> doctor{};      ///< this one's times, or
  std::optional<std::string> specialty{};  ///< those of everyone with this specialty
  std::optional<TimeText> from{};          ///< now where not given
  std::optional<TimeText> to{};  ///< four weeks after `from`, or after now, where not given
  std::optional<Duration> duration{};
  std::size_t limit = 50;
};

/// Safe to call from any thread.
class Doctors {
 public:
  /// `clinic_timezone` is where times without an offset are meant that belong to no doctor.
  Doctors(Store& store, Scheduler& scheduler, Zone clinic_zone)
      : store_(store), scheduler_(scheduler), clinic_zone_(std::move(clinic_zone)) {}

  /// Error: kUnavailable.
  Result<std::vector<Resource>> List(const ResourceQuery& query);

  /// What doctors can be found by, in the order of the words. Error: kUnavailable.
  Result<std::vector<std::string>> Specialties();

  /// Error: kNotFound.
  Result<Resource> Read(ResourceId id) const;

  /// Errors: kForbidden; kNotFound; kStaleVersion; kInvalidArgument.
  Result<Resource> Update(const Caller& caller, ResourceId id, const DoctorChange& change,
                          std::optional<std::uint32_t> expected_version);

  /// Adds hours to a doctor's availability. Errors: kForbidden; kNotFound; kInvalidArgument where
  /// the recurrence does not fit; those of Validate(AvailabilityRule).
  Result<AvailabilityRule> AddHours(const Caller& caller, ResourceId id, const Hours& hours,
                                    const Alongside<AvailabilityRule>& alongside);

  /// Puts other hours in a rule's place. Errors: as AddHours; kNotFound where there is no such
  /// rule; kStaleVersion where its TagOf is not the expected one.
  Result<AvailabilityRule> ReplaceHours(const Caller& caller, ResourceId id, RuleId rule,
                                        const Hours& hours,
                                        const std::optional<std::string>& expected_tag);

  /// Errors: kForbidden; kNotFound.
  Result<void> DeleteHours(const Caller& caller, ResourceId id, RuleId rule);

  /// Appointments that no longer lie in the doctor's hours. Error: kNotFound.
  Result<std::vector<Booking>> Orphaned(ResourceId id) const;

  /// The doctor's rules, and the windows that they give in a range. Errors: kNotFound;
  /// kBadInterval; kTooLong where the range is longer than two years.
  struct Availability {
    std::vector<AvailabilityRule> rules;
    std::vector<Interval> windows;
  };
  Result<Availability> AvailabilityOf(ResourceId id, std::optional<TimeText> from,
                                      std::optional<TimeText> to) const;

  /// Errors: kForbidden; kNotFound; kBadInterval.
  Result<TimeOff> AddTimeOff(const Caller& caller, ResourceId id, const TimeText& start,
                             const TimeText& end, std::string reason,
                             const Alongside<TimeOff>& alongside);
  Result<std::vector<TimeOff>> TimeOffOf(const Caller& caller, ResourceId id) const;
  Result<void> DeleteTimeOff(const Caller& caller, ResourceId id, TimeOffId time_off);

  /// Times that the caller can book. Errors: kNotFound for an unknown doctor; kBadInterval;
  /// kTooLong, also where the range is longer than two years.
  Result<std::vector<Slot>> FindSlots(const Caller& caller, const SlotSearch& search) const;

  /// Whether all is at hand that FindSlots needs for a doctor's next four weeks
  /// (Scheduler::HasAtHand).
  bool HasNextWeeksAtHand(const Caller& caller, ResourceId doctor) const;

  const Zone& clinic_zone() const { return clinic_zone_; }

 private:
  Result<Resource> ReadManaged(const Caller& caller, ResourceId id) const;
  Result<AvailabilityRule> RuleFrom(const Hours& hours, const Zone& zone, RuleId id) const;
  Interval RangeFrom(const std::optional<TimeText>& from, const std::optional<TimeText>& to,
                     const Zone& zone) const;

  Store& store_;
  Scheduler& scheduler_;
  Zone clinic_zone_;
};

/// A time as it was written, placed in a zone where it had no offset.
Instant PlaceIn(const Zone& zone, const TimeText& time);

/// What the clocks in a zone show then.
CivilTime CivilIn(const Zone& zone, const TimeText& time);

/// Tells the states of a rule apart: the same for the same content, and no other's.
std::string TagOf(const AvailabilityRule& rule);

/// A resource's zone. Requires a resource that the scheduler accepted.
Zone ZoneOf(const Resource& resource);

}  // namespace clinic::server
