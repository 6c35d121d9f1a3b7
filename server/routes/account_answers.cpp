#include "server/routes/account_answers.hpp"

#include "server/routes/field_rules.hpp"

namespace clinic::server {

void RenderAccount(json::ObjectWriter& out, const Account& account) {
  out.Field("id", account.id);
  out.Field("email", account.email);
  out.Field("full_name", account.full_name);
  out.Field("role", ToString(account.role));
  if (account.role == Role::kPatient) out.Field("patient_id", account.resource);
  if (account.role == Role::kDoctor) out.Field("doctor_id", account.resource);
}

std::string ReadNewPassword(json::ObjectReader& body, std::string_view name) {
  const std::size_t errors = body.errors().size();
  std::string password = body.RequiredString(name, kPasswordRules);
  if (body.errors().size() > errors) return password;
  const Result<void> policy = auth::CheckPasswordPolicy(password);
  if (!policy.ok()) body.Refuse(name, policy.error().message);
  return password;
}

std::optional<std::string> ReadZone(json::ObjectReader& body) {
  std::optional<std::string> zone = body.OptionalString("timezone", kWordRules);
  if (zone && !Zone::Load(*zone).ok()) body.Refuse("timezone", "is no IANA time zone");
  return zone;
}

std::optional<CivilDay> ReadBirth(json::ObjectReader& body, const Zone& zone, Instant now) {
  const std::optional<CivilDay> birth = body.OptionalDate("date_of_birth");
  if (birth && CivilTime(*birth) > zone.ToCivil(now)) {
    body.Refuse("date_of_birth", "lies in the future");
  }
  return birth;
}

http::Response RefuseAccount(const http::Request& request, const Error& error) {
  if (error.code != ErrorCode::kAlreadyExists) return Refuse(request, error);
  return http::ToResponse({.status = 409,
                           .code = "email_taken",
                           .detail = "there is an account with this e-mail",
                           .errors = {{"/email", "has an account already"}}},
                          request);
}

http::Response AnswerTokens(const IssuedTokens& tokens, std::optional<std::string_view> scope) {
  return Answer(200, json::WriteObject([&](json::ObjectWriter& out) {
                  out.Field("access_token", tokens.access_token);
                  out.Field("token_type", "bearer");
                  out.Field("expires_in", tokens.expires_in.count());
                  out.Field("refresh_token", tokens.refresh_token);
                  if (scope) out.Field("scope", *scope);
                }));
}

std::string_view UserAgent(const http::Request& request) {
  return request.Header("User-Agent").value_or("");
}

}  // namespace clinic::server
