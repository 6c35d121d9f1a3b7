// How much memory does a booking take? Everything that the calendars allocated, the allocator's own
// overhead included, divided by the bookings. They were booked in the order in which patients
// asked.
#include "bench/booked_calendars.hpp"
#include "bench/calendars.hpp"

namespace clinic::bench {

void AddMemory(Suite& suite, std::size_t practitioners) {
  const std::string row = RowName("memory_a_booking", practitioners);
  ForEachPeer([&]<typename Peer>() {
    if (practitioners > Peer::kMostPractitioners) return;
    suite.Add({.scenario = row, .peer = Peer::kName, .iterations = 1},
              [practitioners](benchmark::State& state) {
                const Clinic& clinic = ClinicOf(Filling::kBooked, practitioners);
                const double bytes = LoadedWith<Peer>(clinic).bytes_per_booking;
                for (auto _ : state) benchmark::DoNotOptimize(bytes);
                state.counters[kBytesPerBooking] = bytes;
              });
  });
}

}  // namespace clinic::bench
