// Making an account from outside the server: how a clinic gets its first admin.
#pragma once

#include <string>

#include "clinic/directory.hpp"
#include "clinic/result.hpp"

namespace clinic::server {

struct NewUser {
  std::string email{};
  std::string password{};
  std::string full_name{};
  Role role = Role::kAdmin;
  std::string timezone = "UTC";  ///< of a doctor or a patient, who is made with the account
};

/// Adds the account to a database, which is made where it is not there; servers over it know it at
/// once. Errors: kInvalidArgument where the address, the name, the password or the zone is none;
/// kAlreadyExists where the e-mail has an account; kUnavailable; those of OpenDatabase.
Result<Account> AddUser(const std::string& database, const NewUser& user);

}  // namespace clinic::server
