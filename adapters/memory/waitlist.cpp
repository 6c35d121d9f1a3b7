#include "adapters/memory/waitlist.hpp"

namespace clinic::memory {
namespace {

Error NoEntry(WaitlistId id) { return {ErrorCode::kNotFound, "nobody waits as " + ToString(id)}; }

}  // namespace

Result<void> Waitlist::Insert(const WaitlistEntry& entry) {
  return unit_.Write([&]() -> Result<void> {
    if (Result<void> valid = Validate(entry); !valid.ok()) return valid;
    if (unit_.tables.waitlist.Find(entry.id) != nullptr) {
      return Error{ErrorCode::kAlreadyExists, "somebody waits as " + ToString(entry.id)};
    }
    if (Result<void> known = Check(entry); !known.ok()) return known;
    unit_.tables.waitlist.Put(entry.id, entry, unit_.undo);
    return {};
  });
}

Result<void> Waitlist::Update(const WaitlistEntry& entry) {
  return unit_.Write([&]() -> Result<void> {
    if (Result<void> valid = Validate(entry); !valid.ok()) return valid;
    if (unit_.tables.waitlist.Find(entry.id) == nullptr) return NoEntry(entry.id);
    if (Result<void> known = Check(entry); !known.ok()) return known;
    unit_.tables.waitlist.Put(entry.id, entry, unit_.undo);
    return {};
  });
}

Result<void> Waitlist::Delete(WaitlistId id) {
  return unit_.Write([&]() -> Result<void> {
    if (unit_.tables.waitlist.Find(id) == nullptr) return NoEntry(id);
    unit_.tables.waitlist.Erase(id, unit_.undo);
    return {};
  });
}

Result<void> Waitlist::ForEach(const std::function<void(WaitlistEntry&&)>& visit) {
  for (const auto& [id, entry] : unit_.tables.waitlist) visit(WaitlistEntry(entry));
  return {};
}

Result<void> Waitlist::Check(const WaitlistEntry& entry) const {
  const bool known = unit_.tables.resources.Find(entry.patient) != nullptr &&
                     (!entry.resource || unit_.tables.resources.Find(*entry.resource) != nullptr);
  if (known) return {};
  return Error{ErrorCode::kUnknownResource, "the waitlist names a resource that was never added"};
}

}  // namespace clinic::memory
