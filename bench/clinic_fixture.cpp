#include "bench/clinic_fixture.hpp"

#include "bench/suite.hpp"

namespace clinic::bench {
namespace {

void BookYear(Scheduler& scheduler, std::size_t practitioner, const Year& year) {
  std::vector<BookRequest> requests;
  requests.reserve(year.size());
  for (const Booking& booking : year) {
    requests.push_back({.resources = {PractitionerId(practitioner)},
                        .interval = booking.interval(),
                        .waive = Waivers::Import()});
  }
  for (const Result<clinic::Booking>& booked : scheduler.BookEach(requests)) {
    Require(booked.ok(), "loading", "clinic");
  }
}

}  // namespace

ResourceId PractitionerId(std::size_t number) { return ResourceId(Uuid{1, number + 1}); }

Resource Practitioner(std::size_t number) {
  return {.id = PractitionerId(number),
          .kind = ResourceKind::kPractitioner,
          .name = "Practitioner " + std::to_string(number),
          .hours = Resource::Hours::kByRules,
          .specialties = {kSpecialty}};
}

AvailabilityRule OfficeHours() {
  const CivilTime monday{kYearStart.time_since_epoch()};
  return {.start = monday + std::chrono::hours{9},
          .end = monday + std::chrono::hours{17},
          .rule = *RecurrenceRule::Parse("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR")};
}

ClinicFixture::ClinicFixture(const std::vector<Year>& years) {
  for (std::size_t i = 0; i < years.size(); ++i) {
    Require(scheduler_.AddResource(Practitioner(i)).ok(), "loading", "clinic");
    Require(scheduler_.PutAvailability(PractitionerId(i), OfficeHours()).ok(), "loading", "clinic");
    BookYear(scheduler_, i, years[i]);
  }
}

}  // namespace clinic::bench
