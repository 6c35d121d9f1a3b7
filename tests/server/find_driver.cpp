// Looks into an imported database as it was on a day: which slots are offered, and whether they can
// be booked.
//
//   find_driver DATABASE NOW find PRACTITIONER...   prints "PRACTITIONER START END" for every slot
//   that
//                                                   is found from NOW on, week by week, for a year
//   find_driver DATABASE NOW book                   reads such lines, books each for a patient of
//   its
//                                                   own, and prints "booked" or why it was refused
//
// NOW is an instant; times are instants in UTC.
#include <iostream>
#include <span>
#include <sstream>
#include <string>

#include "adapters/sqlite/sqlite_store.hpp"
#include "clinic/clinic.hpp"
#include "server/loading/identity.hpp"

namespace {

using namespace clinic;
using loading::PractitionerId;

std::string Text(Instant instant) { return FormatRfc3339(instant, Duration{0}); }

int Find(const Scheduler& scheduler, std::span<char*> practitioners) {
  constexpr auto kWeek = std::chrono::weeks{1};
  for (const std::string practitioner : practitioners) {
    for (int week = 0; week < 53; ++week) {
      const Instant from = scheduler.Now() + kWeek * week;
      const auto slots = scheduler.FindSlots({.any_of = {PractitionerId(practitioner)},
                                              .range = {from, from + kWeek},
                                              .limit = 100'000});
      if (!slots.ok()) {
        std::cerr << slots.error().message << "\n";
        return 1;
      }
      for (const Slot& slot : *slots) {
        std::cout << practitioner << " " << Text(slot.interval.start) << " "
                  << Text(slot.interval.end) << "\n";
      }
    }
  }
  return 0;
}

int Book(Scheduler& scheduler) {
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string practitioner, start, end;
    words >> practitioner >> start >> end;
    const auto patient = scheduler.AddResource({.kind = ResourceKind::kPatient, .name = "New"});
    if (!patient.ok()) return 1;
    const auto booked =
        scheduler.Book({.resources = {PractitionerId(practitioner), patient->id},
                        .interval = {ParseInstant(start).value(), ParseInstant(end).value()}});
    std::cout << (booked.ok() ? "booked" : booked.error().message) << "\n";
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::span<char*> arguments(argv, static_cast<std::size_t>(argc));
  const Result<Instant> now = argc < 4 ? Result<Instant>(Error{}) : ParseInstant(arguments[2]);
  if (!now.ok()) {
    std::cerr << "usage: find_driver DATABASE NOW find PRACTITIONER... | book\n";
    return 2;
  }
  const auto store = SqliteStore::Open(arguments[1], {.create_if_missing = false});
  if (!store.ok()) {
    std::cerr << store.error().message << "\n";
    return 1;
  }
  const SimulatedClock clock(*now);
  UuidV7Generator ids(clock, 1);
  const auto scheduler = Scheduler::Open(**store, clock, ids);
  if (!scheduler.ok()) {
    std::cerr << scheduler.error().message << "\n";
    return 1;
  }
  const std::string command = arguments[3];
  return command == "book" ? Book(**scheduler) : Find(**scheduler, arguments.subspan(4));
}
