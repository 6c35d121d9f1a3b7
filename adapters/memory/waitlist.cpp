#include "adapters/memory/waitlist.hpp"

#include "adapters/not_found.hpp"

namespace clinic::memory {
namespace {}  // namespace

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
    if (Result<void> current = CheckVersion(entry.id, entry.version - 1); !current.ok()) {
      return current;
    }
    if (Result<void> known = Check(entry); !known.ok()) return known;
    unit_.tables.waitlist.Put(entry.id, entry, unit_.undo);
    return {};
  });
}

Result<void> Waitlist::Delete(WaitlistId id, std::uint32_t version) {
  return unit_.Write([&]() -> Result<void> {
    if (Result<void> current = CheckVersion(id, version); !current.ok()) return current;
    unit_.tables.waitlist.Erase(id, unit_.undo);
    return {};
  });
}

Result<WaitlistEntry> Waitlist::Get(WaitlistId id) {
  const WaitlistEntry* entry = unit_.tables.waitlist.Find(id);
  return entry == nullptr ? Result<WaitlistEntry>(NoEntry(id)) : *entry;
}

Result<void> Waitlist::ForEach(const std::function<void(WaitlistEntry&&)>& visit) {
  for (const auto& [id, entry] : unit_.tables.waitlist) visit(WaitlistEntry(entry));
  return {};
}

Result<void> Waitlist::CheckVersion(WaitlistId id, std::uint32_t version) const {
  const WaitlistEntry* entry = unit_.tables.waitlist.Find(id);
  if (entry == nullptr) return NoEntry(id);
  if (entry->version == version) return {};
  return Error{ErrorCode::kStaleVersion,
               "the entry was changed since: it has version " + std::to_string(entry->version)};
}

Result<void> Waitlist::Check(const WaitlistEntry& entry) const {
  const bool known = unit_.tables.resources.Find(entry.patient) != nullptr &&
                     (!entry.resource || unit_.tables.resources.Find(*entry.resource) != nullptr);
  if (known) return {};
  return Error{ErrorCode::kUnknownResource, "the waitlist names a resource that was never added"};
}

}  // namespace clinic::memory
