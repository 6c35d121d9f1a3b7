// Any two rooms of three, and one who makes way when somebody needs a certain kind of room.
//
// Prints:
//   Alice: Room 2; Room 3;
//   Bob needs the laser: Room 3;
//   Alice: Room 1; Room 2;
#include <clinic/clinic.hpp>
#include <iostream>

using namespace std::chrono_literals;

int main() {
  clinic::SimulatedClock clock(clinic::ParseInstant("2024-03-08T08:00Z").value());
  clinic::UuidV7Generator ids(clock, /*seed=*/1);
  clinic::Scheduler scheduler(clock, ids);
  std::vector<clinic::ResourceId> rooms;
  for (const char* name : {"Room 1", "Room 2", "Room 3"}) {
    clinic::Resource room{.kind = clinic::ResourceKind::kRoom, .name = name};
    room.specialties = {"room", rooms.size() == 2 ? "laser" : "plain"};
    rooms.push_back(scheduler.AddResource(room)->id);
  }
  const auto show = [&](const char* who, clinic::BookingId id) {
    const clinic::Booking booking = *scheduler.Find(id);
    std::cout << who << ':';
    for (const clinic::Allocation& taken : booking.allocations)
      std::cout << ' ' << scheduler.FindResource(taken.resource)->name << ';';
    std::cout << '\n';
  };
  const clinic::Interval nine{clock.Now() + 1h, clock.Now() + 2h};
  const auto cleaning = scheduler.Book({.resources = {rooms[0]}, .interval = nine});
  const auto alice = scheduler.Book({.pools = {{"room", 2}}, .interval = nine});
  show("Alice", alice->id);
  if (!scheduler.Cancel(cleaning->id).ok()) return 1;
  const auto bob = scheduler.Book({.pools = {{"laser"}}, .interval = nine});
  show("Bob needs the laser", bob->id);
  show("Alice", alice->id);
}
