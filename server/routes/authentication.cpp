// Registering, signing in and out, and one's own password.
#include "server/routes/account_answers.hpp"
#include "server/routes/field_rules.hpp"
#include "server/routes/keyed.hpp"
#include "server/routes/limiting.hpp"

namespace clinic::server {
namespace {

http::Response Register(Services& services, const Call& call, Creation& creation) {
  const Zone& zone = services.doctors.clinic_zone();
  json::ObjectReader body = json::ObjectReader::Parse(call.request.body);
  const NewAccount account{.email = body.RequiredEmail("email"),
                           .password = ReadNewPassword(body, "password"),
                           .full_name = body.RequiredString("full_name", kNameRules),
                           .timezone = ReadZone(body).value_or(zone.name()),
                           .phone = body.OptionalString("phone", kPhoneRules).value_or(""),
                           .date_of_birth = ReadBirth(body, zone, services.scheduler.Now())};
  body.RefuseUnknown();
  if (!body.ok()) return RefuseInput(call.request, body);
  const Origin& origin = call.caller.origin;
  const Result<Account> made = services.accounts.Add(
      account, {.actor = "", .source = origin.address, .request = origin.request},
      creation.Keeping<Account>([](const Account& added) {
        return Answer(
            201, json::WriteObject([&](json::ObjectWriter& out) { RenderAccount(out, added); }));
      }));
  return made.ok() ? creation.TakeAnswer() : RefuseAccount(call.request, made.error());
}

http::Response LogIn(Services& services, const Call& call) {
  json::ObjectReader body = json::ObjectReader::Parse(call.request.body);
  const std::string email = body.RequiredString("email", {.min_length = 1, .max_length = 254});
  const std::string password = body.RequiredString("password", kPasswordRules);
  body.RefuseUnknown();
  if (!body.ok()) return RefuseInput(call.request, body);
  if (auto refused = LimitSignIn(services, call, email)) return *std::move(refused);
  const Result<IssuedTokens> tokens =
      services.accounts.LogIn(email, password, call.caller.origin, UserAgent(call.request));
  if (tokens.ok()) return AnswerTokens(*tokens);
  if (tokens.error().code != ErrorCode::kUnauthenticated) {
    return Refuse(call.request, tokens.error());
  }
  return http::ToResponse({.status = 401,
                           .code = "invalid_credentials",
                           .detail = tokens.error().message,
                           .headers = {{"WWW-Authenticate", "Bearer"}}},
                          call.request);
}

http::Response LogOut(Services& services, const Call& call) {
  const Result<void> ended = services.accounts.LogOut(call.caller);
  return ended.ok() ? http::Response{.status = 204} : Refuse(call.request, ended.error());
}

http::Response Me(Services& services, const Call& call) {
  const Result<Account> account = services.accounts.Me(call.caller);
  if (!account.ok()) return Refuse(call.request, account.error());
  return Answer(200,
                json::WriteObject([&](json::ObjectWriter& out) { RenderAccount(out, *account); }));
}

http::Response ChangePassword(Services& services, const Call& call) {
  json::ObjectReader body = json::ObjectReader::Parse(call.request.body);
  const std::string current = body.RequiredString("current_password", kPasswordRules);
  const std::string wanted = ReadNewPassword(body, "new_password");
  body.RefuseUnknown();
  if (!body.ok()) return RefuseInput(call.request, body);
  // Whoever found a token does not get to guess the password with it.
  const std::string self = ToString(call.caller.account);
  if (auto refused = LimitSignIn(services, call, self)) return *std::move(refused);
  const Result<void> changed = services.accounts.ChangePassword(call.caller, current, wanted);
  if (changed.ok()) return {.status = 204};
  if (changed.error().code != ErrorCode::kUnauthenticated) {
    return Refuse(call.request, changed.error());
  }
  // Not a 401: the token is good, and a client that throws it away helps nobody.
  return http::ToResponse({.status = 422,
                           .code = "invalid_credentials",
                           .detail = "the current password is another one",
                           .errors = {{"/current_password", "is not the password"}}},
                          call.request);
}

}  // namespace

void AddAuthentication(Api& api) {
  Services& services = api.services();
  api.Add(http::Method::kPost, "/api/auth/register", Access::Anyone(), [&api](const Call& call) {
    if (auto refused = LimitRegistration(api.services(), call)) return *std::move(refused);
    return Create(api, call,
                  [&](Creation& creation) { return Register(api.services(), call, creation); });
  });
  api.Add(http::Method::kPost, "/api/auth/login", Access::Anyone(),
          [&services](const Call& call) { return LogIn(services, call); });
  api.Add(http::Method::kPost, "/api/auth/logout", Access::SignedIn(),
          [&services](const Call& call) { return LogOut(services, call); });
  api.Add(http::Method::kPost, "/api/auth/password", Access::SignedIn(),
          [&services](const Call& call) { return ChangePassword(services, call); });
  api.Add(http::Method::kGet, "/api/auth/me", Access::SignedIn(),
          [&services](const Call& call) { return Me(services, call); });
}

}  // namespace clinic::server
