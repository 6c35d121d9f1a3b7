// Names of things: 128-bit UUIDs (RFC 9562), a type of its own for each kind of thing, so that a
// patient's id cannot be passed where a booking's is expected.
//
// Ids are plain values: copying, comparing and hashing are O(1) and safe from any thread.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace clinic {

/// A UUID, held as two big-endian halves, so that ids made later by UUIDv7 also compare later.
struct Uuid {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  /// True for 00000000-0000-0000-0000-000000000000, which names nothing (RFC 9562 §5.9).
  constexpr bool is_nil() const { return high == 0 && low == 0; }

  friend constexpr auto operator<=>(const Uuid&, const Uuid&) = default;

  template <typename H>
  friend H AbslHashValue(H h, const Uuid& uuid) {
    return H::combine(std::move(h), uuid.high, uuid.low);
  }
};

/// The 36 characters of RFC 9562 §4, in lower case.
std::string ToString(const Uuid& uuid);

/// Reads the 36 characters of RFC 9562 §4, in either case; nothing else is accepted (no braces, no
/// "urn:uuid:", no missing hyphens). Any version and variant is accepted, the nil UUID too.
std::optional<Uuid> ParseUuid(std::string_view text);

/// UUIDv5 (RFC 9562 §5.5): the same name in the same name space always gives the same id, so that
/// loading the same file twice names the same things.
Uuid NameBasedUuid(const Uuid& name_space, std::string_view name);

/// The name of one kind of thing. `Tag` is what keeps kinds apart, and is never instantiated.
template <typename Tag>
class Id {
 public:
  constexpr Id() = default;
  constexpr explicit Id(Uuid uuid) : uuid_(uuid) {}

  constexpr const Uuid& uuid() const { return uuid_; }
  constexpr bool is_nil() const { return uuid_.is_nil(); }

  /// As ParseUuid.
  static std::optional<Id> Parse(std::string_view text) {
    const std::optional<Uuid> uuid = ParseUuid(text);
    return uuid ? std::optional<Id>(Id(*uuid)) : std::nullopt;
  }

  friend constexpr auto operator<=>(const Id&, const Id&) = default;

  template <typename H>
  friend H AbslHashValue(H h, const Id& id) {
    return H::combine(std::move(h), id.uuid_);
  }

 private:
  Uuid uuid_;
};

template <typename Tag>
std::string ToString(const Id<Tag>& id) {
  return ToString(id.uuid());
}

/// Anything that can be double-booked: a practitioner, a patient, a room, a device.
using ResourceId = Id<struct ResourceTag>;

/// One booking: an appointment, or a hold that may become one.
using BookingId = Id<struct BookingTag>;

/// One rule of a resource's availability.
using RuleId = Id<struct RuleTag>;

/// One stretch of a resource's time off.
using TimeOffId = Id<struct TimeOffTag>;

/// A series of bookings made together.
using SeriesId = Id<struct SeriesTag>;

/// A person who signs in.
using AccountId = Id<struct AccountTag>;

/// One sign-in of an account.
using SessionId = Id<struct SessionTag>;

}  // namespace clinic
