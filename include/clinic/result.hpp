// Errors as values: what every operation that can be refused returns.
//
// No exception leaves the library. An operation returns a Result<T>: the value, or an Error that says
// what stood in the way in a form that a program can act on and a person can read.
#pragma once

#include <cassert>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "clinic/id.hpp"
#include "clinic/interval.hpp"

namespace clinic {

/// Why something was refused, in order of precedence: where several apply, the first is reported.
enum class ErrorCode {
  kInvalidArgument,      ///< malformed: a rule, a zone, a name that cannot be read
  kUnauthenticated,      ///< nobody has signed in, or not as who they say
  kForbidden,            ///< signed in, and not allowed to
  kNotFound,             ///< no such booking, rule, account, ...
  kUnknownResource,      ///< no such practitioner, patient, room or device
  kBadInterval,          ///< empty, inverted, or outside [kEarliest, kLatest]
  kAlreadyExists,        ///< the id is taken, by something else than what is asked for
  kStaleVersion,         ///< changed by someone else since it was read
  kIllegalTransition,    ///< the workflow has no such way out of the state it is in
  kHoldExpired,          ///< the hold ran out before it was confirmed
  kInThePast,            ///< it starts before now
  kTooLong,              ///< longer than a booking may be
  kBeyondHorizon,        ///< further ahead than bookings are taken
  kOutsideAvailability,  ///< not in the working hours, or in time off
  kOffGrid,              ///< inside the working hours, but not at a start that is offered
  kConflict,             ///< the time is taken on at least one of the resources
  kUnbounded,            ///< a rule that never matches, or gives more than may be asked for
  kUnavailable,          ///< the store, or what it stands on, does not answer
  kCorrupt,              ///< the store answers, and what it holds cannot be true
};

/// The stable word for an error, as the REST API and the command line print it ("conflict").
std::string_view ToString(ErrorCode code);

/// What a resource is, in FHIR's words.
enum class ResourceKind { kPractitioner, kPatient, kRoom, kDevice };

/// The stable word for a kind ("practitioner").
std::string_view ToString(ResourceKind kind);

/// One thing that stands in the way of a booking.
struct Conflict {
  ResourceId resource;
  ResourceKind kind = ResourceKind::kPractitioner;
  BookingId booking;  ///< whose time it is; not for the eyes of other patients
  Interval interval;  ///< the time taken, buffers included

  friend bool operator==(const Conflict&, const Conflict&) = default;
};

/// A refusal: why, what stands in the way, and what could be had instead.
struct Error {
  ErrorCode code = ErrorCode::kInvalidArgument;
  std::string message;                    ///< for people; complete without the fields below
  std::vector<Conflict> conflicts{};      ///< kConflict: everything in the way, by start
  std::vector<Interval> alternatives{};   ///< kConflict and what precedes it: nearest bookable times
  std::vector<std::string> allowed{};     ///< kIllegalTransition: the actions that are possible
  std::optional<std::size_t> position{};  ///< of several changes asked for at once: which one
};

/// A T, or the Error that was met instead.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}       // NOLINT: implicit
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}   // NOLINT: implicit

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  /// The value. Requires ok(). A result that is about to end gives it away by value, so that a range
  /// loop over a part of it holds on to something that lives.
  const T& value() const& { assert(ok()); return *std::get_if<0>(&state_); }
  T& value() & { assert(ok()); return *std::get_if<0>(&state_); }
  T value() && { assert(ok()); return std::move(*std::get_if<0>(&state_)); }
  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  T operator*() && { return std::move(*this).value(); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }

  /// The error. Requires !ok().
  const Error& error() const& { assert(!ok()); return *std::get_if<1>(&state_); }
  Error error() && { assert(!ok()); return std::move(*std::get_if<1>(&state_)); }

 private:
  std::variant<T, Error> state_;
};

/// The result of something that gives nothing back but can be refused.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: implicit

  bool ok() const { return !error_; }
  explicit operator bool() const { return ok(); }

  /// The error. Requires !ok().
  const Error& error() const& { assert(!ok()); return *error_; }
  Error error() && { assert(!ok()); return std::move(*error_); }

 private:
  std::optional<Error> error_;
};

}  // namespace clinic
