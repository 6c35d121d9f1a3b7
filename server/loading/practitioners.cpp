// Practitioners, and when they work.
#include <set>
#include <utility>

#include "server/loading/hours.hpp"
#include "server/loading/identity.hpp"
#include "server/loading/steps.hpp"

namespace clinic::loading {
namespace {

using calendar_file::WorkingWindow;

std::set<std::string_view> Names(const Calendar& calendar) {
  std::set<std::string_view> names;
  for (const WorkingWindow& window : calendar.windows) names.insert(window.practitioner);
  for (const auto& appointment : calendar.appointments) names.insert(appointment.practitioner);
  return names;
}

Resource Describe(std::string_view name, const Step& step) {
  Resource practitioner{.id = PractitionerId(name),
                        .kind = ResourceKind::kPractitioner,
                        .name = std::string(name),
                        .timezone = step.zone.name(),
                        .hours = Resource::Hours::kByRules};
  const auto known = step.calendar.slot_lengths.find(name);
  const bool is_known = known != step.calendar.slot_lengths.end();
  const auto length = is_known ? std::optional(known->second) : step.calendar.fallback_length;
  if (length) practitioner.slot_step = practitioner.default_duration = *length;
  return practitioner;
}

// What the files say otherwise of a practitioner who is there.
void NoteDifferences(const Resource& there, const Resource& described, const Step& step) {
  const auto note = [&](const std::string& what) {
    step.report.notes.push_back("practitioner " + there.name + " " + what + " here: kept so");
  };
  if (there.timezone != described.timezone) note("is in the time zone " + there.timezone);
  const bool says_length = step.calendar.slot_lengths.contains(described.name);
  if (says_length && there.slot_step != described.slot_step) {
    note("has slots of " + std::to_string(there.slot_step.count() / 60) + " minutes");
  }
}

}  // namespace

Result<void> LoadPractitioners(const Step& step) {
  std::vector<Resource> missing;
  for (const std::string_view name : Names(step.calendar)) {
    Resource described = Describe(name, step);
    if (const Result<Resource> there = step.scheduler.FindResource(described.id); there.ok()) {
      NoteDifferences(*there, described, step);
      ++step.report.practitioners.already_there;
    } else {
      missing.push_back(std::move(described));
    }
  }
  if (missing.empty()) return {};
  for (const Result<Resource>& added : step.scheduler.AddResources(missing, Step::By())) {
    if (!added.ok()) return added.error();
    ++step.report.practitioners.loaded;
  }
  return {};
}

Result<void> LoadHours(const Step& step) {
  const std::vector<WorkingWindow>& windows = step.calendar.windows;
  for (auto first = windows.begin(); first != windows.end();) {
    const auto last = std::find_if(first, windows.end(), [&](const WorkingWindow& window) {
      return window.practitioner != first->practitioner;
    });
    const ResourceId id = PractitionerId(first->practitioner);
    const Result<std::vector<AvailabilityRule>> there = step.scheduler.AvailabilityOf(id);
    if (!there.ok()) return there.error();
    for (const AvailabilityRule& rule : RulesFor(id, {first, last})) {
      if (std::ranges::find(*there, rule.id, &AvailabilityRule::id) != there->end()) {
        ++step.report.hours.already_there;
        continue;
      }
      const auto put = step.scheduler.PutAvailability(id, rule, Step::By());
      if (!put.ok()) return put.error();
      ++step.report.hours.loaded;
    }
    first = last;
  }
  return {};
}

}  // namespace clinic::loading
