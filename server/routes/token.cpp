// The token endpoint of OAuth 2.0 (RFC 6749 §3.2) for the password and the refresh grant (§4.3,
// §6): what sign-in dialogs and client libraries speak.
//
// Clients are registered by the operator, or not at all: then all are public (§2.1), and what they
// say of themselves is not heeded. There is one scope, "clinic": all that the account may do.
#include <algorithm>
#include <array>

#include "server/auth/base64url.hpp"
#include "server/http/target.hpp"
#include "server/routes/account_answers.hpp"
#include "server/routes/limiting.hpp"

namespace clinic::server {
namespace {

constexpr std::string_view kScope = "clinic";
constexpr std::string_view kBasic = "basic ";
constexpr std::size_t kLongestField = 4096;

/// An answer in the shape of RFC 6749 §5.2.
http::Response RefuseGrant(std::string_view error, std::string_view description, int status = 400) {
  http::Response response = Answer(status, json::WriteObject([&](json::ObjectWriter& out) {
                                     out.Field("error", error);
                                     out.Field("error_description", description);
                                   }));
  return response;
}

/// Everything that is said here must not be kept by anyone on the way (§5.1).
http::Response Unkept(http::Response response) {
  response.headers.emplace_back("Cache-Control", "no-store");
  response.headers.emplace_back("Pragma", "no-cache");
  return response;
}

/// A form's fields by name; one without a value counts as left out (§3.2).
class Form {
 public:
  /// The refusal where it is no form, or says something twice.
  std::optional<http::Response> Read(std::string_view body) {
    if (http::ParseForm(body, fields_)) {
      return RefuseGrant("invalid_request", "the body is no form in UTF-8");
    }
    std::ranges::sort(fields_);
    const auto name = [](const auto& field) -> const std::string& { return field.first; };
    if (std::ranges::adjacent_find(fields_, {}, name) != fields_.end()) {
      return RefuseGrant("invalid_request", "a parameter is given more than once");
    }
    return std::nullopt;
  }

  std::optional<std::string_view> Get(std::string_view name) const {
    for (const auto& [candidate, value] : fields_) {
      if (candidate == name && !value.empty()) return value;
    }
    return std::nullopt;
  }

 private:
  http::NameValues fields_;
};

/// What a client says of itself (§2.3.1).
struct Credentials {
  std::string id{};
  std::string secret{};
};

/// Those of an Authorization header with the scheme Basic (RFC 7617), if there is one; empty where
/// they cannot be read. Both are form-encoded in it.
std::optional<Credentials> BasicCredentials(const http::Request& request) {
  const std::string_view header = request.Header("Authorization").value_or("");
  if (header.size() < kBasic.size()) return std::nullopt;
  if (!http::EqualsIgnoringCase(header.substr(0, kBasic.size()), kBasic)) return std::nullopt;
  const std::string text = auth::DecodeBase64(header.substr(kBasic.size())).value_or("");
  const std::size_t colon = text.find(':');
  http::NameValues pair;
  if (colon == std::string::npos ||
      http::ParseForm(text.substr(0, colon) + "=" + text.substr(colon + 1), pair) ||
      pair.size() != 1) {
    return Credentials{};
  }
  return Credentials{pair.front().first, pair.front().second};
}

/// The refusal of a client that is not let in.
std::optional<http::Response> CheckClient(const auth::Clients& clients,
                                          const http::Request& request, const Form& form) {
  const std::optional<Credentials> basic = BasicCredentials(request);
  const std::string in_body(form.Get("client_secret").value_or(""));
  if (basic && !basic->secret.empty() && !in_body.empty()) {
    return RefuseGrant("invalid_request", "a client says who it is in one way only");
  }
  // Sign-in dialogs send an empty Basic beside what the body says.
  const bool by_basic = basic && !basic->id.empty();
  const std::string id = by_basic ? basic->id : std::string(form.Get("client_id").value_or(""));
  if (clients.Admit(id, by_basic ? basic->secret : in_body)) return std::nullopt;
  http::Response refused = RefuseGrant("invalid_client", "no such client, or another secret", 401);
  if (basic) {
    refused.headers.emplace_back("WWW-Authenticate", R"(Basic realm="clinic", charset="UTF-8")");
  }
  return refused;
}

/// The one scope, as often as one likes (§3.3).
bool IsKnownScope(std::string_view scope) {
  while (!scope.empty()) {
    const std::size_t space = std::min(scope.find(' '), scope.size());
    const std::string_view word = scope.substr(0, space);
    if (!word.empty() && word != kScope) return false;
    scope.remove_prefix(std::min(space + 1, scope.size()));
  }
  return true;
}

http::Response AnswerGrant(const http::Request& request, const Result<IssuedTokens>& tokens,
                           std::string_view why_not) {
  if (tokens.ok()) return AnswerTokens(*tokens, kScope);
  if (tokens.error().code == ErrorCode::kUnauthenticated) {
    return RefuseGrant("invalid_grant", why_not);
  }
  return Refuse(request, tokens.error());
}

http::Response GrantByPassword(Services& services, const Call& call, const Form& form) {
  const auto username = form.Get("username");
  const auto password = form.Get("password");
  if (!username || !password) {
    return RefuseGrant("invalid_request", "username and password are needed");
  }
  if (username->size() > kLongestField || password->size() > kLongestField) {
    return RefuseGrant("invalid_request", "username or password is too long");
  }
  if (auto refused = LimitSignIn(services, call, *username)) return *std::move(refused);
  return AnswerGrant(
      call.request,
      services.accounts.LogIn(*username, *password, call.caller.origin, UserAgent(call.request)),
      "the username or the password is wrong");
}

http::Response GrantByRefreshToken(Services& services, const Call& call, const Form& form) {
  const auto token = form.Get("refresh_token");
  if (!token) return RefuseGrant("invalid_request", "refresh_token is needed");
  return AnswerGrant(call.request,
                     services.accounts.Refresh(*token, call.caller.origin, UserAgent(call.request)),
                     "the refresh token is not valid, or was used before");
}

http::Response Grant(Services& services, const Call& call) {
  Form form;
  if (auto refused = form.Read(call.request.body)) return *std::move(refused);
  if (auto refused = CheckClient(services.clients, call.request, form)) return *std::move(refused);
  const auto grant_type = form.Get("grant_type");
  if (!grant_type) return RefuseGrant("invalid_request", "grant_type is needed");
  if (*grant_type != "password" && *grant_type != "refresh_token") {
    return RefuseGrant("unsupported_grant_type", "grant_type is password or refresh_token");
  }
  if (!IsKnownScope(form.Get("scope").value_or(""))) {
    return RefuseGrant("invalid_scope", "the only scope is clinic");
  }
  return *grant_type == "password" ? GrantByPassword(services, call, form)
                                   : GrantByRefreshToken(services, call, form);
}

}  // namespace

void AddToken(Api& api) {
  Services& services = api.services();
  api.Add(
      http::Method::kPost, "/api/auth/token", Access::Anyone(),
      [&services](const Call& call) { return Unkept(Grant(services, call)); }, kForm);
}

}  // namespace clinic::server
