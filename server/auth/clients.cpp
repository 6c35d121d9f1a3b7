#include "server/auth/clients.hpp"

#include <sodium.h>

#include <algorithm>

#include "server/auth/random.hpp"

namespace clinic::auth {
namespace {

constexpr std::size_t kLongestId = 100;
constexpr std::size_t kShortestSecret = 16;

Error Refusal(const std::string& message) { return {ErrorCode::kInvalidArgument, message}; }

}  // namespace

Result<Clients> Clients::Register(const std::vector<std::string>& clients) {
  Clients registered;
  for (const std::string& text : clients) {
    const std::size_t colon = text.find(':');
    const std::string id = text.substr(0, colon);
    const std::string secret = colon == std::string::npos ? "" : text.substr(colon + 1);
    if (id.empty() || id.size() > kLongestId) {
      return Refusal("a client is ID or ID:SECRET, its id of 1 to 100 bytes");
    }
    if (std::ranges::find(registered.clients_, id, &Client::id) != registered.clients_.end()) {
      return Refusal("the client \"" + id + "\" is given twice");
    }
    if (colon != std::string::npos && secret.size() < kShortestSecret) {
      return Refusal("the secret of the client \"" + id + "\" has fewer than 16 bytes");
    }
    registered.clients_.push_back({id, secret.empty() ? "" : Sha256Hex(secret)});
  }
  return registered;
}

bool Clients::Admit(std::string_view id, std::string_view secret) const {
  if (clients_.empty()) return true;
  const auto client = std::ranges::find(clients_, id, &Client::id);
  if (client == clients_.end()) return false;
  if (client->secret_hash.empty()) return secret.empty();
  const std::string shown = Sha256Hex(secret);
  return sodium_memcmp(shown.data(), client->secret_hash.data(), shown.size()) == 0;
}

}  // namespace clinic::auth
