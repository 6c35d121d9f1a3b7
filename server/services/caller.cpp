#include "server/services/caller.hpp"

#include <array>

namespace clinic::server {
namespace {

constexpr auto kRoles = std::to_array<std::pair<Role, std::string_view>>({
    {Role::kPatient, "patient"},
    {Role::kDoctor, "doctor"},
    {Role::kReceptionist, "receptionist"},
    {Role::kAdmin, "admin"},
});

}  // namespace

std::string_view ToString(Role role) {
  for (const auto& [candidate, word] : kRoles) {
    if (candidate == role) return word;
  }
  return "unknown";
}

std::optional<Role> ParseRole(std::string_view word) {
  for (const auto& [role, candidate] : kRoles) {
    if (candidate == word) return role;
  }
  return std::nullopt;
}

AuditEntry AuditOf(const Caller& caller, Instant at, std::string action, std::string subject,
                   std::optional<ResourceId> patient) {
  return {.at = at,
          .actor = ToString(caller.account),
          .action = std::move(action),
          .subject = std::move(subject),
          .patient = patient,
          .source = caller.origin.address,
          .request = caller.origin.request};
}

}  // namespace clinic::server
