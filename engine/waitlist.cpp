#include "clinic/waitlist.hpp"

namespace clinic {

Result<void> Validate(const WaitlistEntry& entry) {
  if (entry.resource.has_value() == entry.specialty.has_value()) {
    return Error{ErrorCode::kInvalidArgument, "one waits either for a resource or for a specialty"};
  }
  if (entry.resource == entry.patient) {
    return Error{ErrorCode::kInvalidArgument, "nobody waits for a time of their own"};
  }
  if (entry.specialty && entry.specialty->empty()) {
    return Error{ErrorCode::kInvalidArgument, "the specialty needs a name"};
  }
  if (entry.duration <= Duration{0}) {
    return Error{ErrorCode::kInvalidArgument, "the duration must be longer than nothing"};
  }
  if (!IsProper(entry.range)) {
    return Error{ErrorCode::kBadInterval, "the end of the range must come after its start"};
  }
  if (entry.range.length() < entry.duration) {
    return Error{ErrorCode::kBadInterval, "the range is shorter than the visit"};
  }
  return {};
}

}  // namespace clinic
