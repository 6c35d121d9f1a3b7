// The calendars of a clinic, loaded into a peer.
#pragma once

#include <malloc.h>

#include <cstddef>

#include "bench/peers.hpp"
#include "bench/suite.hpp"
#include "bench/workload.hpp"

namespace clinic::bench {

/// Bytes that are allocated at this moment, the allocator's own overhead included.
inline std::size_t AllocatedBytes() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

template <typename Peer>
struct Loaded {
  Peer calendars;
  double bytes_per_booking;  // with everything that the peer allocated
};

/// The bookings of a clinic, in the order in which they were made.
template <typename Peer>
Loaded<Peer> Load(const Clinic& clinic) {
  const std::size_t before = AllocatedBytes();
  Peer calendars(clinic.years.size());
  for (std::size_t i = 0; i < clinic.years.size(); ++i) {
    std::uint32_t id = 0;
    for (const Booking& booking : clinic.years[i]) {
      Require(calendars.Book(static_cast<std::uint32_t>(i), booking.interval(), ++id), "loading",
              Peer::kName);
    }
  }
  const auto bytes = static_cast<double>(AllocatedBytes() - before);
  return {std::move(calendars), bytes / static_cast<double>(clinic.bookings())};
}

/// The same, kept until another clinic is asked for. Whoever changes them puts everything back.
template <typename Peer>
Loaded<Peer>& LoadedWith(const Clinic& clinic) {
  static Latest<Loaded<Peer>> kept;
  return kept.Of(clinic.name, [&] { return Load<Peer>(clinic); });
}

}  // namespace clinic::bench
