#include "clinic/result.hpp"

namespace clinic {

std::string_view ToString(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
      return "invalid_argument";
    case ErrorCode::kUnauthenticated:
      return "unauthenticated";
    case ErrorCode::kForbidden:
      return "forbidden";
    case ErrorCode::kNotFound:
      return "not_found";
    case ErrorCode::kUnknownResource:
      return "unknown_resource";
    case ErrorCode::kBadInterval:
      return "bad_interval";
    case ErrorCode::kAlreadyExists:
      return "already_exists";
    case ErrorCode::kStaleVersion:
      return "stale_version";
    case ErrorCode::kIllegalTransition:
      return "illegal_transition";
    case ErrorCode::kHoldExpired:
      return "hold_expired";
    case ErrorCode::kInThePast:
      return "in_the_past";
    case ErrorCode::kTooLong:
      return "too_long";
    case ErrorCode::kBeyondHorizon:
      return "beyond_horizon";
    case ErrorCode::kOutsideAvailability:
      return "outside_availability";
    case ErrorCode::kOffGrid:
      return "off_grid";
    case ErrorCode::kConflict:
      return "conflict";
    case ErrorCode::kUnbounded:
      return "unbounded";
    case ErrorCode::kUnavailable:
      return "unavailable";
    case ErrorCode::kCorrupt:
      return "corrupt";
  }
  return "unknown";
}

std::string_view ToString(ResourceKind kind) {
  switch (kind) {
    case ResourceKind::kPractitioner:
      return "practitioner";
    case ResourceKind::kPatient:
      return "patient";
    case ResourceKind::kRoom:
      return "room";
    case ResourceKind::kDevice:
      return "device";
  }
  return "unknown";
}

}  // namespace clinic
