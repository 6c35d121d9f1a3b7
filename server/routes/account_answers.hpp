// How accounts look from outside, for all routes that show one or make one.
#pragma once

#include "server/json/object_reader.hpp"
#include "server/json/writer.hpp"
#include "server/routes/answers.hpp"
#include "server/routes/api.hpp"

namespace clinic::server {

/// The policy judges the length; this only keeps absurd ones from it.
inline constexpr json::StringRules kPasswordRules{.max_length = 1000,
                                                  .controls = json::Controls::kAll};

/// The fields that a person sees of their own account.
void RenderAccount(json::ObjectWriter& out, const Account& account);

/// A new password; what the policy says against it is the field's error.
std::string ReadNewPassword(json::ObjectReader& body, std::string_view name);

/// The IANA zone in `timezone`, if there is one.
std::optional<std::string> ReadZone(json::ObjectReader& body);

/// `date_of_birth`, if there is one; nobody is born after `today`.
std::optional<CivilDay> ReadBirth(json::ObjectReader& body, const Zone& zone, Instant now);

/// The refusal of a service that makes or changes an account.
http::Response RefuseAccount(const http::Request& request, const Error& error);

/// The answer to who signed in.
http::Response AnswerTokens(const IssuedTokens& tokens, std::optional<std::string_view> scope = {});

/// What the sender's program calls itself.
std::string_view UserAgent(const http::Request& request);

}  // namespace clinic::server
