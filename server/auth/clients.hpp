// The programs that ask for tokens on people's behalf: OAuth 2.0's clients (RFC 6749 §2).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "clinic/result.hpp"

namespace clinic::auth {

/// Which of them are let in. Immutable; safe to use from any thread.
class Clients {
 public:
  /// Nobody is registered: every program is let in, whatever it calls itself (§2.1, public
  /// clients).
  Clients() = default;

  /// Those that are registered, and no others: "ID", for a public client, or "ID:SECRET". Errors:
  /// kInvalidArgument where an id is empty or longer than 100 bytes, is given twice, or a secret
  /// has fewer than 16 bytes; the message holds no secret.
  static Result<Clients> Register(const std::vector<std::string>& clients);

  /// Whether a program that calls itself `id` and shows that secret, or none, is let in. Takes the
  /// same time however much of the secret is right.
  bool Admit(std::string_view id, std::string_view secret) const;

 private:
  struct Client {
    std::string id;
    std::string secret_hash;  // empty for a public client
  };

  std::vector<Client> clients_;
};

}  // namespace clinic::auth
