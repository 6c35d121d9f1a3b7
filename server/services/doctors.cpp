#include "server/services/doctors.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "server/auth/random.hpp"
#include "server/services/rights.hpp"

namespace clinic::server {
namespace {

using std::chrono::days;

constexpr Duration kDefaultRange = days{28};
constexpr Duration kLongestRange = days{731};
constexpr std::size_t kDoctorsAtOnce = 500;

Error Unknown() { return {ErrorCode::kNotFound, "there is no such doctor"}; }

void Apply(const DoctorChange& change, Resource& doctor) {
  if (change.full_name) doctor.name = *change.full_name;
  if (change.specialties) doctor.specialties = *change.specialties;
  if (change.timezone) doctor.timezone = *change.timezone;
  if (change.default_duration) doctor.default_duration = *change.default_duration;
  if (change.slot_step) doctor.slot_step = *change.slot_step;
  if (change.buffer_before) doctor.buffer_before = *change.buffer_before;
  if (change.buffer_after) doctor.buffer_after = *change.buffer_after;
  if (change.bio) doctor.description = *change.bio;
}

}  // namespace

Instant PlaceIn(const Zone& zone, const TimeText& time) {
  const Instant* instant = std::get_if<Instant>(&time);
  return instant ? *instant : zone.ToInstant(std::get<CivilTime>(time));
}

CivilTime CivilIn(const Zone& zone, const TimeText& time) {
  const CivilTime* civil = std::get_if<CivilTime>(&time);
  return civil ? *civil : zone.ToCivil(std::get<Instant>(time));
}

std::string TagOf(const AvailabilityRule& rule) {
  std::string text = FormatCivil(rule.start) + '/' + FormatCivil(rule.end);
  if (rule.rule) text += ' ' + rule.rule->ToString();
  for (const CivilTime added : rule.rdates) text += " +" + FormatCivil(added);
  for (const CivilTime removed : rule.exdates) text += " -" + FormatCivil(removed);
  return auth::Sha256Hex(text).substr(0, 16);
}

Zone ZoneOf(const Resource& resource) {
  Result<Zone> zone = Zone::Load(resource.timezone);
  return zone.ok() ? *std::move(zone) : Zone::Utc();
}

Result<std::vector<Resource>> Doctors::List(const ResourceQuery& query) {
  ResourceQuery doctors = query;
  doctors.kind = ResourceKind::kPractitioner;
  std::vector<Resource> found;
  Result<void> read = store_.Read([&](UnitOfWork& work) -> Result<void> {
    Result<std::vector<Resource>> list = work.resources().List(doctors);
    if (!list.ok()) return std::move(list).error();
    found = *std::move(list);
    return {};
  });
  if (!read.ok()) return std::move(read).error();
  return found;
}

Result<std::vector<std::string>> Doctors::Specialties() {
  std::set<std::string> words;
  ResourceQuery page{.limit = kDoctorsAtOnce};
  while (true) {
    const Result<std::vector<Resource>> doctors = List(page);
    if (!doctors.ok()) return doctors.error();
    for (const Resource& doctor : *doctors) {
      words.insert(doctor.specialties.begin(), doctor.specialties.end());
    }
    if (doctors->size() < page.limit) return std::vector(words.begin(), words.end());
    page.after.emplace(doctors->back().name, doctors->back().id);
  }
}

Result<Resource> Doctors::Read(ResourceId id) const {
  Result<Resource> doctor = scheduler_.FindResource(id);
  if (!doctor.ok() && doctor.error().code != ErrorCode::kNotFound) return doctor;
  if (!doctor.ok() || doctor->kind != ResourceKind::kPractitioner) return Unknown();
  return doctor;
}

Result<Resource> Doctors::ReadManaged(const Caller& caller, ResourceId id) const {
  Result<Resource> doctor = Read(id);
  if (doctor.ok() && !MayManageDoctor(caller, id)) {
    return Error{ErrorCode::kForbidden, "only the doctor and the staff may do that"};
  }
  return doctor;
}

Result<Resource> Doctors::Update(const Caller& caller, ResourceId id, const DoctorChange& change,
                                 std::optional<std::uint32_t> expected_version) {
  for (;;) {
    Result<Resource> doctor = ReadManaged(caller, id);
    if (!doctor.ok()) return doctor;
    Apply(change, *doctor);
    Command command = CommandOf(caller);
    command.expected_version = expected_version.value_or(doctor->version);
    Result<Resource> updated = scheduler_.UpdateResource(*std::move(doctor), command);
    // Someone else changed it in between: unless the caller minds, both changes are kept.
    const bool stale = !updated.ok() && updated.error().code == ErrorCode::kStaleVersion;
    if (!stale || expected_version) return updated;
  }
}

Result<AvailabilityRule> Doctors::AddHours(const Caller& caller, ResourceId id, const Hours& hours,
                                           const Alongside<AvailabilityRule>& alongside) {
  const Result<Resource> doctor = ReadManaged(caller, id);
  if (!doctor.ok()) return doctor.error();
  Result<AvailabilityRule> rule = RuleFrom(hours, ZoneOf(*doctor), RuleId());
  if (!rule.ok()) return rule;
  return scheduler_.PutAvailability(id, *std::move(rule), CommandOf(caller), alongside);
}

Result<AvailabilityRule> Doctors::ReplaceHours(const Caller& caller, ResourceId id, RuleId rule,
                                               const Hours& hours,
                                               const std::optional<std::string>& expected_tag) {
  const Result<Resource> doctor = ReadManaged(caller, id);
  if (!doctor.ok()) return doctor.error();
  const Result<std::vector<AvailabilityRule>> rules = scheduler_.AvailabilityOf(id);
  if (!rules.ok()) return rules.error();
  const auto known = std::ranges::find(*rules, rule, &AvailabilityRule::id);
  if (known == rules->end()) return Error{ErrorCode::kNotFound, "there is no such rule"};
  if (expected_tag && *expected_tag != TagOf(*known)) {
    return Error{ErrorCode::kStaleVersion, "the rule was changed since"};
  }
  Result<AvailabilityRule> replaced = RuleFrom(hours, ZoneOf(*doctor), rule);
  if (!replaced.ok()) return replaced;
  if (!expected_tag) {
    return scheduler_.PutAvailability(id, *std::move(replaced), CommandOf(caller));
  }
  return scheduler_.ReplaceAvailability(id, *known, *std::move(replaced), CommandOf(caller));
}

Result<void> Doctors::DeleteHours(const Caller& caller, ResourceId id, RuleId rule) {
  const Result<Resource> doctor = ReadManaged(caller, id);
  if (!doctor.ok()) return doctor.error();
  return scheduler_.DeleteAvailability(id, rule, CommandOf(caller));
}

Result<std::vector<Booking>> Doctors::Orphaned(ResourceId id) const {
  return scheduler_.OutsideAvailability(id);
}

Result<Doctors::Availability> Doctors::AvailabilityOf(ResourceId id, std::optional<TimeText> from,
                                                      std::optional<TimeText> to) const {
  const Result<Resource> doctor = Read(id);
  if (!doctor.ok()) return doctor.error();
  const Interval range = RangeFrom(from, to, ZoneOf(*doctor));
  if (range.length() > kLongestRange) {
    return Error{ErrorCode::kTooLong, "a range is at most two years long"};
  }
  Result<std::vector<Interval>> windows = scheduler_.WindowsOf(id, range);
  if (!windows.ok()) return std::move(windows).error();
  Result<std::vector<AvailabilityRule>> rules = scheduler_.AvailabilityOf(id);
  if (!rules.ok()) return std::move(rules).error();
  return Availability{*std::move(rules), *std::move(windows)};
}

Result<TimeOff> Doctors::AddTimeOff(const Caller& caller, ResourceId id, const TimeText& start,
                                    const TimeText& end, std::string reason,
                                    const Alongside<TimeOff>& alongside) {
  const Result<Resource> doctor = ReadManaged(caller, id);
  if (!doctor.ok()) return doctor.error();
  const Zone zone = ZoneOf(*doctor);
  TimeOff time_off{.resource = id,
                   .interval = {PlaceIn(zone, start), PlaceIn(zone, end)},
                   .reason = std::move(reason)};
  return scheduler_.PutTimeOff(std::move(time_off), CommandOf(caller), alongside);
}

Result<std::vector<TimeOff>> Doctors::TimeOffOf(const Caller& caller, ResourceId id) const {
  const Result<Resource> doctor = ReadManaged(caller, id);
  if (!doctor.ok()) return doctor.error();
  return scheduler_.TimeOffOf(id);
}

Result<void> Doctors::DeleteTimeOff(const Caller& caller, ResourceId id, TimeOffId time_off) {
  const Result<Resource> doctor = ReadManaged(caller, id);
  if (!doctor.ok()) return doctor.error();
  return scheduler_.DeleteTimeOff(id, time_off, CommandOf(caller));
}

Result<std::vector<Slot>> Doctors::FindSlots(const Caller& caller, const SlotSearch& search) const {
  Zone zone = clinic_zone_;
  SlotQuery query{
      .specialty = search.specialty, .duration = search.duration, .limit = search.limit};
  // A patient is offered what they can book themselves, not what they are elsewhere at.
  if (caller.role == Role::kPatient && caller.resource) query.together = {*caller.resource};
  if (search.doctor) {
    const Result<Resource> doctor = Read(*search.doctor);
    if (!doctor.ok()) return doctor.error();
    query.any_of = {*search.doctor};
    zone = ZoneOf(*doctor);
  }
  query.range = RangeFrom(search.from, search.to, zone);
  if (query.range.end - std::max(query.range.start, scheduler_.Now()) > kLongestRange) {
    return Error{ErrorCode::kTooLong, "a range is at most two years long"};
  }
  return scheduler_.FindSlots(query);
}

bool Doctors::HasNextWeeksAtHand(const Caller& caller, ResourceId doctor) const {
  const Instant now = scheduler_.Now();
  const Interval range{now, std::min(now + kDefaultRange, kLatest)};
  if (!scheduler_.HasAtHand({&doctor, 1}, range)) return false;
  const bool is_patient = caller.role == Role::kPatient && caller.resource;
  return !is_patient || scheduler_.HasAtHand({&*caller.resource, 1}, range);
}

Interval Doctors::RangeFrom(const std::optional<TimeText>& from, const std::optional<TimeText>& to,
                            const Zone& zone) const {
  const Instant start = from ? PlaceIn(zone, *from) : scheduler_.Now();
  const Instant counted_from = std::max(start, scheduler_.Now());
  return {start, to ? PlaceIn(zone, *to) : std::min(counted_from + kDefaultRange, kLatest)};
}

Result<AvailabilityRule> Doctors::RuleFrom(const Hours& hours, const Zone& zone, RuleId id) const {
  AvailabilityRule rule{.id = id,
                        .start = CivilIn(zone, hours.start),
                        .end = CivilIn(zone, hours.end),
                        .rule = hours.repeats};
  if (!hours.repeats && (hours.until || !hours.exceptions.empty())) {
    return Error{ErrorCode::kInvalidArgument,
                 "hours that do not repeat have no end and no exceptions"};
  }
  if (hours.until) {
    RecurrenceParts parts = hours.repeats->parts();
    if (parts.count || parts.until) {
      return Error{ErrorCode::kInvalidArgument,
                   "the rule says itself when it ends; leave `until` out"};
    }
    parts.until = hours.until;
    Result<RecurrenceRule> ending = RecurrenceRule::Make(std::move(parts));
    if (!ending.ok()) return std::move(ending).error();
    rule.rule = *std::move(ending);
  }
  const Duration time_of_day = rule.start - std::chrono::floor<days>(rule.start);
  for (const CivilDay day : hours.exceptions) rule.exdates.push_back(day + time_of_day);
  return rule;
}

}  // namespace clinic::server
