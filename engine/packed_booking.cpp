// The block, in this order: the status; flags; then the numbers, in groups of seven bits, the
// lowest first, each byte but the last with its highest bit set. Differences wrap around, so that
// whatever was packed comes out again, and those that may be negative are folded: 0, -1, 1, -2, ...
#include "engine/packed_booking.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

namespace clinic::internal {
namespace {

enum Flag : std::uint8_t {
  kOccupies = 1,
  kOverrides = 2,
  kExpires = 4,
  kInSeries = 8,
  kOnPools = 16
};

std::uint64_t Count(Instant instant) {
  return static_cast<std::uint64_t>(instant.time_since_epoch().count());
}

Instant ToInstant(std::uint64_t count) {
  return Instant(Duration(static_cast<std::int64_t>(count)));
}

std::uint64_t Fold(std::uint64_t difference) {
  return difference << 1 ^ (difference >> 63 != 0 ? ~std::uint64_t{0} : 0);
}

std::uint64_t Unfold(std::uint64_t folded) { return folded >> 1 ^ (~(folded & 1) + 1); }

/// Learns how long a block will be.
struct Measure {
  std::size_t size = 0;

  void Byte(std::uint8_t) { ++size; }
  void Number(std::uint64_t number) {
    for (++size; number >= 0x80; number >>= 7) ++size;
  }
  void Raw(const void*, std::size_t length) { size += length; }
};

struct Writer {
  std::byte* at;

  void Byte(std::uint8_t byte) { *at++ = std::byte{byte}; }
  void Number(std::uint64_t number) {
    for (; number >= 0x80; number >>= 7) Byte(static_cast<std::uint8_t>(number | 0x80));
    Byte(static_cast<std::uint8_t>(number));
  }
  void Raw(const void* data, std::size_t length) {
    std::memcpy(at, data, length);
    at += length;
  }
};

struct Reader {
  const std::byte* at;

  std::uint8_t Byte() { return static_cast<std::uint8_t>(*at++); }
  std::uint64_t Number() {
    std::uint64_t number = 0;
    for (int shift = 0;; shift += 7) {
      const std::uint8_t byte = Byte();
      number |= std::uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80) return number;
    }
  }
  void Text(std::string& text) {
    const auto length = static_cast<std::size_t>(Number());
    text.assign(reinterpret_cast<const char*>(at), length);
    at += length;
  }
  template <typename AnyId>
  AnyId Id() {
    Uuid uuid;
    std::memcpy(&uuid, at, sizeof(uuid));
    at += sizeof(uuid);
    return AnyId(uuid);
  }
};

template <typename Out>
void EncodeText(const std::string& text, Out& out) {
  out.Number(text.size());
  out.Raw(text.data(), text.size());
}

template <typename Out>
void Encode(const Booking& booking, std::uint8_t status, Out& out) {
  const std::uint64_t start = Count(booking.interval.start);
  const std::uint64_t end = Count(booking.interval.end);
  const std::uint64_t created = Count(booking.created_at);
  const std::uint64_t updated = Count(booking.updated_at);
  const bool pooled = std::ranges::any_of(
      booking.allocations, [](const Allocation& allocation) { return !allocation.pool.empty(); });
  out.Byte(status);
  out.Byte(static_cast<std::uint8_t>((booking.occupies ? kOccupies : 0) |
                                     (booking.overrides ? kOverrides : 0) |
                                     (booking.expires_at ? kExpires : 0) |
                                     (booking.series ? kInSeries : 0) | (pooled ? kOnPools : 0)));
  out.Number(Fold(start));
  out.Number(Fold(end - start));
  out.Number(booking.version);
  out.Number(Fold(start - created));
  out.Number(Fold(updated - created));
  if (booking.expires_at) out.Number(Fold(Count(*booking.expires_at) - updated));
  if (booking.series) out.Raw(&booking.series->uuid(), sizeof(Uuid));
  out.Number(booking.allocations.size());
  for (const Allocation& allocation : booking.allocations) {
    out.Raw(&allocation.resource.uuid(), sizeof(Uuid));
    out.Number(Fold(start - Count(allocation.occupied.start)));
    out.Number(Fold(Count(allocation.occupied.end) - end));
    if (pooled) EncodeText(allocation.pool, out);
  }
  EncodeText(booking.reason, out);
}

}  // namespace

PackedBooking::PackedBooking(const Booking& booking, std::uint8_t status) {
  Measure measure;
  Encode(booking, status, measure);
  bytes_ = std::make_unique_for_overwrite<std::byte[]>(measure.size);
  Writer writer{bytes_.get()};
  Encode(booking, status, writer);
}

Booking PackedBooking::Unpack(BookingId id, std::string status) const {
  Reader in{bytes_.get() + 1};
  const std::uint8_t flags = in.Byte();
  const std::uint64_t start = Unfold(in.Number());
  const std::uint64_t end = start + Unfold(in.Number());
  Booking booking;
  booking.id = id;
  booking.interval = {ToInstant(start), ToInstant(end)};
  booking.status = std::move(status);
  booking.occupies = (flags & kOccupies) != 0;
  booking.overrides = (flags & kOverrides) != 0;
  booking.version = static_cast<std::uint32_t>(in.Number());
  const std::uint64_t created = start - Unfold(in.Number());
  const std::uint64_t updated = created + Unfold(in.Number());
  booking.created_at = ToInstant(created);
  booking.updated_at = ToInstant(updated);
  if ((flags & kExpires) != 0) booking.expires_at = ToInstant(updated + Unfold(in.Number()));
  if ((flags & kInSeries) != 0) booking.series = in.Id<SeriesId>();
  booking.allocations.resize(in.Number());
  for (Allocation& allocation : booking.allocations) {
    allocation.resource = in.Id<ResourceId>();
    allocation.occupied.start = ToInstant(start - Unfold(in.Number()));
    allocation.occupied.end = ToInstant(end + Unfold(in.Number()));
    if ((flags & kOnPools) != 0) in.Text(allocation.pool);
  }
  in.Text(booking.reason);
  return booking;
}

}  // namespace clinic::internal
