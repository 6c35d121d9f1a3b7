// Therapy on Tuesdays at nine by the doctor's clock: what can be had is booked, the rest is told.
//
// Prints:
//   2024-03-05T14:00:00Z booked
//   2024-03-12T13:00:00Z conflict
//   2024-03-19T13:00:00Z booked
//   2024-03-26T13:00:00Z booked
//   cancelled from the third week on: 2
#include <clinic/clinic.hpp>
#include <iostream>

using namespace std::chrono_literals;

int main() {
  const clinic::Instant nine = clinic::ParseInstant("2024-03-05T09:00-05:00").value();
  clinic::SimulatedClock clock(nine - 24h);
  clinic::UuidV7Generator ids(clock, /*seed=*/1);
  clinic::Scheduler scheduler(clock, ids);
  const auto doctor =
      scheduler.AddResource({.name = "Dr. Osei", .timezone = "America/New_York"}).value();
  const auto patient = scheduler.AddResource({.kind = clinic::ResourceKind::kPatient}).value();
  // Somebody else has a part of the second Tuesday; the clocks have gone forward by then.
  const clinic::Instant second = nine + 24h * 7 - 1h;
  const auto taken =
      scheduler.Book({.resources = {doctor.id}, .interval = {second + 30min, second + 60min}});
  if (!taken.ok()) return 1;

  const clinic::SeriesRequest therapy{
      .first = {.resources = {doctor.id, patient.id}, .interval = {nine, nine + 50min}},
      .rule = clinic::RecurrenceRule::Parse("FREQ=WEEKLY;COUNT=4").value(),
      .policy = clinic::SeriesRequest::Policy::kSkipConflicts};
  const auto series = clinic::BookSeries(scheduler, therapy);
  for (const auto& [visit, booking] : series->occurrences)
    std::cout << clinic::FormatUtc(visit.start) << ' '
              << (booking.ok() ? "booked" : clinic::ToString(booking.error().code)) << '\n';
  const auto cancelled = clinic::CancelSeries(
      scheduler, {.series = series->id, .resource = patient.id, .from = second + 24h});
  std::cout << "cancelled from the third week on: " << cancelled->size() << '\n';
}
