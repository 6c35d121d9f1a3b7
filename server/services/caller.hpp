// Who asks, and on whose behalf: what every service is told first.
#pragma once

#include <optional>
#include <string>

#include "clinic/directory.hpp"
#include "clinic/scheduler.hpp"

namespace clinic::server {

/// Where a request came from, known before anyone has signed in.
struct Origin {
  std::string address{};
  std::string request{};  ///< the request's id
};

/// A person who has signed in.
struct Caller {
  AccountId account{};
  SessionId session{};
  Role role = Role::kPatient;
  std::optional<ResourceId> resource{};  ///< the patient or practitioner that they are
  Origin origin{};

  /// Books for anyone, over anyone's calendar.
  bool is_staff() const { return role == Role::kReceptionist || role == Role::kAdmin; }

  bool is(ResourceId id) const { return resource == id; }
};

/// The word for a role ("receptionist"), and the role for a word.
std::string_view ToString(Role role);
std::optional<Role> ParseRole(std::string_view word);

/// What the history and the audit are told of a caller's change.
inline Command CommandOf(const Caller& caller, std::string reason = {}) {
  return {.actor = ToString(caller.account),
          .source = caller.origin.address,
          .request = caller.origin.request,
          .reason = std::move(reason)};
}

/// The audit entry for something that a caller did.
AuditEntry AuditOf(const Caller& caller, Instant at, std::string action, std::string subject,
                   std::optional<ResourceId> patient);

}  // namespace clinic::server
