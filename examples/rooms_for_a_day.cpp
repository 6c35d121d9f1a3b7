// How few rooms a day can do with, who is in which, and the moment at which it could not be fewer.
//
// Prints:
//   Alice in room 1
//   Bob in room 2
//   Carol in room 2
//   David in room 1
//   Erin in room 3
//   3 rooms, because of 2024-03-05T10:15:00Z: Carol David Erin
#include <clinic/clinic.hpp>
#include <iostream>

using namespace std::chrono_literals;

int main() {
  const std::string names[] = {"Alice", "Bob", "Carol", "David", "Erin"};
  const clinic::Instant nine = clinic::ParseInstant("2024-03-05T09:00Z").value();
  const clinic::Interval visits[] = {{nine, nine + 60min},
                                     {nine + 15min, nine + 45min},
                                     {nine + 60min, nine + 90min},
                                     {nine + 70min, nine + 100min},
                                     {nine + 75min, nine + 120min}};
  // A room is cleaned for ten minutes between two visits.
  const auto needed = clinic::FewestRooms(visits, /*set_up=*/10min);
  for (std::size_t i = 0; i < std::size(visits); ++i)
    std::cout << names[i] << " in room " << needed->room_of[i] + 1 << '\n';
  std::cout << needed->count << " rooms, because of " << clinic::FormatUtc(*needed->busiest) << ':';
  for (const std::size_t visit : needed->together) std::cout << ' ' << names[visit];
  std::cout << '\n';
}
