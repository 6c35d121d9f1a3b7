// What a program that is built by pkg-config alone can do: everything that needs no store.
#include <clinic/clinic.hpp>

int main() {
  clinic::SystemClock clock;
  clinic::UuidV7Generator ids(clock, /*seed=*/1);
  clinic::Scheduler scheduler(clock, ids);
  const auto room =
      scheduler.AddResource({.kind = clinic::ResourceKind::kRoom, .timezone = "Europe/Paris"});
  const clinic::Interval hour{clock.Now(), clock.Now() + std::chrono::hours{1}};
  return room.ok() && scheduler.Book({.resources = {room->id}, .interval = hour}).ok() ? 0 : 1;
}
