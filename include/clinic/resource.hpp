// What can be booked: plain values, as they go in and out of the engine and the store.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "clinic/id.hpp"
#include "clinic/interval.hpp"
#include "clinic/result.hpp"

namespace clinic {

/// Anything that can be double-booked, and the rules for booking it.
struct Resource {
  /// When a resource can be booked at all.
  enum class Hours : std::uint8_t {
    kAlways,   ///< at any time: patients, most rooms
    kByRules,  ///< in the windows of its availability rules, minus its time off
  };

  ResourceId id{};
  ResourceKind kind = ResourceKind::kPractitioner;
  std::string name{};
  std::string timezone = "UTC";  ///< IANA name; its rules are written in that zone's civil time
  Hours hours = Hours::kAlways;
  std::int32_t capacity = 1;  ///< how many bookings may overlap; at least 1

  /// With Hours::kByRules, a booking starts a whole number of these after the start of its window.
  Duration slot_step = std::chrono::minutes{5};
  Duration default_duration = std::chrono::minutes{30};
  Duration buffer_before{0};  ///< kept free for this resource before each of its bookings
  Duration buffer_after{0};   ///< and after

  std::vector<std::string> specialties{};  ///< what it can be found by: "cardiology"
  std::string description{};               ///< for people, such as a practitioner's biography
  std::uint32_t version = 1;
  Instant created_at{};
  Instant updated_at{};

  friend bool operator==(const Resource&, const Resource&) = default;
};

/// A stretch in which a resource is not available, whatever its rules say.
struct TimeOff {
  TimeOffId id{};
  ResourceId resource{};
  Interval interval{};
  std::string reason{};

  friend bool operator==(const TimeOff&, const TimeOff&) = default;
};

/// Which resources to list. Filters that are given all apply. The order is by name, then by id.
struct ResourceQuery {
  std::optional<ResourceKind> kind{};
  std::optional<std::string> specialty{};
  std::optional<std::string> text{};  ///< occurs in the name, ASCII letters in either case
  std::optional<std::pair<std::string, ResourceId>> after{};
  std::size_t limit = 50;
};

}  // namespace clinic
