// A day is rearranged in a branch, looked at, and made true in one piece, or not at all.
//
// Prints:
//   in the branch: 09:00 -> 10:00
//   in the branch: 11:00 -> 09:00
//   meanwhile, outside: 09:00
//   committed: 2 changes
//   another one, too late: the booking was changed since: it has version 2
#include <clinic/clinic.hpp>
#include <iostream>

using namespace std::chrono_literals;

int main() {
  clinic::SimulatedClock clock(clinic::ParseInstant("2024-03-08T08:00Z").value());
  clinic::UuidV7Generator ids(clock, /*seed=*/1);
  clinic::Scheduler scheduler(clock, ids);
  const auto today = clock.Now() - 8h;
  const auto room =
      scheduler.AddResource({.kind = clinic::ResourceKind::kRoom, .name = "Room 1"})->id;
  const auto at = [&](auto hour) { return clinic::Interval{today + hour, today + hour + 30min}; };
  const auto time = [](auto t) { return clinic::FormatRfc3339(t, 0s).substr(11, 5); };
  const auto first = scheduler.Book({.resources = {room}, .interval = at(9h)})->id;
  const auto last = scheduler.Book({.resources = {room}, .interval = at(11h)})->id;

  const clinic::Branch plan = scheduler.MakeBranch().value();
  const clinic::Branch late = scheduler.MakeBranch().value();
  if (!plan->Reschedule(first, {.interval = at(10h)}).ok()) return 1;
  if (!plan->Reschedule(last, {.interval = at(9h)}).ok()) return 1;
  for (const auto& [before, after] : plan.Differences()) {
    std::cout << "in the branch: " << time(before->interval.start) << " -> "
              << time(after.interval.start) << '\n';
  }
  std::cout << "meanwhile, outside: " << time(scheduler.Find(first)->interval.start) << '\n';
  std::cout << "committed: " << scheduler.Commit(plan)->size() << " changes\n";
  if (!late->Cancel(last).ok()) return 1;
  std::cout << "another one, too late: " << scheduler.Commit(late).error().message << '\n';
}
