// The people of a clinic and their sign-ins: plain values, as a store keeps them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "clinic/id.hpp"
#include "clinic/time.hpp"

namespace clinic {

/// What an account may do; who may do what is the server's to say.
enum class Role : std::uint8_t { kPatient, kDoctor, kReceptionist, kAdmin };

/// A person who signs in.
struct Account {
  AccountId id{};
  std::string email{};  ///< in lower case; no two accounts share one
  std::string full_name{};
  Role role = Role::kPatient;
  std::string password_hash{};           ///< encoded with its parameters
  std::optional<ResourceId> resource{};  ///< the patient or practitioner that this person is
  bool disabled = false;
  Instant created_at{};
  std::uint32_t version = 1;

  friend bool operator==(const Account&, const Account&) = default;
};

/// A patient's profile; the patient as a thing that can be booked is the Resource of the same id.
struct Patient {
  ResourceId id{};
  std::string full_name{};
  std::string email{};
  std::string phone{};
  std::optional<CivilDay> date_of_birth{};
  std::string timezone = "UTC";
  bool notify_by_email = true;
  bool notify_by_sms = false;
  std::uint32_t version = 1;
  Instant created_at{};
  Instant updated_at{};

  friend bool operator==(const Patient&, const Patient&) = default;
};

/// One sign-in. Ends at `expires_at`, or as soon as `ended_at` is set.
struct Session {
  SessionId id{};
  AccountId account{};
  std::string refresh_token_hash{};  ///< of the one that is good now
  Instant created_at{};
  Instant expires_at{};
  std::optional<Instant> ended_at{};
  Instant refreshed_at{};    ///< when it was given its last tokens
  std::string address{};     ///< from where that was,
  std::string user_agent{};  ///< and with what: by these a person knows their sessions apart

  friend bool operator==(const Session&, const Session&) = default;
};

/// Which accounts to list. Filters that are given all apply. The order is by e-mail.
struct AccountQuery {
  std::optional<Role> role{};
  std::optional<ResourceId> resource{};
  std::optional<std::string> text{};   ///< occurs in e-mail or name, ASCII letters in either case
  std::optional<std::string> after{};  ///< an e-mail
  std::size_t limit = 50;
};

/// Which of an account's sessions to list: those that are neither ended nor, at `open_at`, expired.
/// The newest come first, then by id, the greatest first.
struct SessionQuery {
  AccountId account{};
  Instant open_at{};
  std::optional<std::pair<Instant, SessionId>> before{};  ///< when one was made, and its id
  std::size_t limit = 50;
};

/// A session, and whose it is.
struct SignIn {
  Session session{};
  Account account{};

  friend bool operator==(const SignIn&, const SignIn&) = default;
};

}  // namespace clinic
