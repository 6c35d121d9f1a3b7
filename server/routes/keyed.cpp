#include "server/routes/keyed.hpp"

#include <algorithm>

#include "server/auth/random.hpp"
#include "server/routes/answers.hpp"

namespace clinic::server {
namespace {

constexpr std::size_t kLongestKey = 255;

bool IsKey(std::string_view key) {
  return !key.empty() && key.size() <= kLongestKey &&
         std::ranges::all_of(key, [](char c) { return '!' <= c && c <= '~'; });
}

std::string LocationOf(const http::Response& response) {
  for (const auto& [name, value] : response.headers) {
    if (name == "Location") return value;
  }
  return {};
}

KeptAnswer ToKept(const http::Response& response) {
  return {response.status, LocationOf(response), response.body};
}

http::Response FromKept(const KeptAnswer& kept) {
  http::Response response = Answer(kept.status, kept.body);
  if (kept.status >= 400) response.content_type = "application/problem+json";
  if (!kept.location.empty()) response.headers.emplace_back("Location", kept.location);
  response.headers.emplace_back("Idempotent-Replayed", "true");
  response.code = "replayed";
  return response;
}

http::Response RefuseKey(const http::Request& request, KeyRefusal refusal) {
  switch (refusal) {
    case KeyRefusal::kUsedForAnother:
      return http::ToResponse({.status = 422,
                               .code = "idempotency_key_reused",
                               .detail = "the Idempotency-Key was used for another request"},
                              request);
    case KeyRefusal::kStillRunning:
      return http::ToResponse({.status = 409,
                               .code = "idempotency_key_in_use",
                               .detail = "the first request with this key is still running"},
                              request);
    case KeyRefusal::kUnavailable:
      break;
  }
  return Refuse(request, {ErrorCode::kUnavailable, "the store does not answer"});
}

}  // namespace

Result<void> Creation::Keep(UnitOfWork& work) const { return (*keep_)(work, ToKept(answer_)); }

http::Response Create(Api& api, const Call& call,
                      const std::function<http::Response(Creation&)>& serve) {
  const std::optional<std::string_view> key = call.request.Header("Idempotency-Key");
  if (!key) {
    Creation creation(nullptr);
    return serve(creation);
  }
  if (!IsKey(*key)) {
    return http::ToResponse({.status = 400,
                             .code = "malformed",
                             .detail = "an Idempotency-Key has 1 to 255 visible ASCII characters"},
                            call.request);
  }
  // A body may hold a password: without the server's secret nobody can try guesses on what is kept.
  const std::string fingerprint =
      auth::Sha256Hex(api.services().secret + std::string(http::ToString(call.request.method)) +
                      ' ' + call.request.path + '\n' + call.request.body);
  // Strangers who choose the same key have nothing in common but that.
  const bool stranger = call.caller.account.is_nil();
  const KeyedRequest request{
      .actor = stranger ? "anonymous " + fingerprint : ToString(call.caller.account),
      .key = std::string(*key),
      .fingerprint = fingerprint,
      .keeps_refusals = !stranger};
  http::Response served;
  const auto outcome = api.services().idempotency.Run(request, [&](const Idempotency::Keep& keep) {
    Creation creation(&keep);
    served = serve(creation);
    return ToKept(served);
  });
  if (const auto* refusal = std::get_if<KeyRefusal>(&outcome))
    return RefuseKey(call.request, *refusal);
  const auto& answered = std::get<Idempotency::Outcome>(outcome);
  return answered.replayed ? FromKept(answered.answer) : std::move(served);
}

}  // namespace clinic::server
