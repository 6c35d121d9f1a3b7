// Registering, signing in and out.
#include "server/json/object_reader.hpp"
#include "server/json/writer.hpp"
#include "server/routes/answers.hpp"
#include "server/routes/api.hpp"
#include "server/routes/field_rules.hpp"
#include "server/routes/keyed.hpp"

namespace clinic::server {
namespace {

// The policy judges the length; this only keeps absurd ones from it.
constexpr json::StringRules kPassword{.max_length = 1000, .controls = json::Controls::kAll};

std::string Render(const Account& account) {
  return json::WriteObject([&](json::ObjectWriter& out) {
    out.Field("id", account.id);
    out.Field("email", account.email);
    out.Field("full_name", account.full_name);
    out.Field("role", ToString(account.role));
    if (account.role == Role::kPatient) out.Field("patient_id", account.resource);
    if (account.role == Role::kDoctor) out.Field("doctor_id", account.resource);
  });
}

http::Response Register(Services& services, const Call& call, Creation& creation) {
  json::ObjectReader body = json::ObjectReader::Parse(call.request.body);
  const Registration registration{.email = body.RequiredEmail("email"),
                                  .password = body.RequiredString("password", kPassword),
                                  .full_name = body.RequiredString("full_name", kNameRules),
                                  .phone = body.OptionalString("phone", kPhoneRules).value_or(""),
                                  .date_of_birth = body.OptionalDate("date_of_birth"),
                                  .timezone = body.OptionalString("timezone", kWordRules)
                                                  .value_or(services.doctors.clinic_zone().name())};
  if (registration.date_of_birth &&
      CivilTime(*registration.date_of_birth) >
          services.doctors.clinic_zone().ToCivil(services.scheduler.Now())) {
    body.Refuse("date_of_birth", "lies in the future");
  }
  if (body.ok()) {
    const Result<void> policy = auth::CheckPasswordPolicy(registration.password);
    if (!policy.ok()) body.Refuse("password", policy.error().message);
    if (!Zone::Load(registration.timezone).ok()) body.Refuse("timezone", "is no IANA time zone");
  }
  body.RefuseUnknown();
  if (!body.ok()) return RefuseInput(call.request, body);
  const Result<Account> account = services.accounts.Register(
      registration, call.caller.origin,
      creation.Keeping<Account>([](const Account& made) { return Answer(201, Render(made)); }));
  if (account.ok()) return creation.answer();
  if (account.error().code == ErrorCode::kAlreadyExists) {
    return http::ToResponse({.status = 409,
                             .code = "email_taken",
                             .detail = "there is an account with this e-mail",
                             .errors = {{"/email", "has an account already"}}},
                            call.request);
  }
  return Refuse(call.request, account.error());
}

http::Response LogIn(Services& services, const Call& call) {
  json::ObjectReader body = json::ObjectReader::Parse(call.request.body);
  const std::string email = body.RequiredString("email", {.min_length = 1, .max_length = 254});
  const std::string password = body.RequiredString("password", kPassword);
  body.RefuseUnknown();
  if (!body.ok()) return RefuseInput(call.request, body);
  const Result<IssuedTokens> tokens = services.accounts.LogIn(email, password, call.caller.origin);
  if (!tokens.ok() && tokens.error().code == ErrorCode::kUnauthenticated) {
    return http::ToResponse({.status = 401,
                             .code = "invalid_credentials",
                             .detail = tokens.error().message,
                             .headers = {{"WWW-Authenticate", "Bearer"}}},
                            call.request);
  }
  if (!tokens.ok()) return Refuse(call.request, tokens.error());
  return Answer(200, json::WriteObject([&](json::ObjectWriter& out) {
                  out.Field("access_token", tokens->access_token);
                  out.Field("token_type", "bearer");
                  out.Field("expires_in", tokens->expires_in.count());
                  out.Field("refresh_token", tokens->refresh_token);
                }));
}

http::Response LogOut(Services& services, const Call& call) {
  const Result<void> ended = services.accounts.LogOut(call.caller);
  return ended.ok() ? http::Response{.status = 204} : Refuse(call.request, ended.error());
}

http::Response Me(Services& services, const Call& call) {
  const Result<Account> account = services.accounts.Me(call.caller);
  return account.ok() ? Answer(200, Render(*account)) : Refuse(call.request, account.error());
}

}  // namespace

void AddAuthentication(Api& api) {
  Services& services = api.services();
  api.Add(http::Method::kPost, "/api/auth/register", Access::Anyone(), [&api](const Call& call) {
    return Create(api, call,
                  [&](Creation& creation) { return Register(api.services(), call, creation); });
  });
  api.Add(http::Method::kPost, "/api/auth/login", Access::Anyone(),
          [&services](const Call& call) { return LogIn(services, call); });
  api.Add(http::Method::kPost, "/api/auth/logout", Access::SignedIn(),
          [&services](const Call& call) { return LogOut(services, call); });
  api.Add(http::Method::kGet, "/api/auth/me", Access::SignedIn(),
          [&services](const Call& call) { return Me(services, call); });
}

}  // namespace clinic::server
