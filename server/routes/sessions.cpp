// A person's own sessions: where they are signed in, and ending that.
#include "clinic/time_text.hpp"
#include "server/json/writer.hpp"
#include "server/routes/answers.hpp"
#include "server/routes/api.hpp"
#include "server/routes/query_reader.hpp"

namespace clinic::server {
namespace {

void Render(json::ObjectWriter& out, const Session& session, const Caller& caller) {
  out.Field("id", session.id);
  out.Field("current", session.id == caller.session);
  out.Field("created_at", FormatUtc(session.created_at));
  out.Field("last_used_at", FormatUtc(session.refreshed_at));
  out.Field("expires_at", FormatUtc(session.expires_at));
  out.Field("address", session.address);
  out.Field("user_agent", session.user_agent);
}

std::string CursorBehind(const Session& session) {
  return MakeCursor(std::to_string(session.created_at.time_since_epoch().count()),
                    session.id.uuid());
}

http::Response List(Services& services, const Call& call) {
  QueryReader query(call.request);
  const std::size_t limit = query.Limit();
  std::optional<std::pair<Instant, SessionId>> before;
  if (const auto cursor = query.NumberCursor()) {
    before.emplace(Instant(Duration(cursor->first)), SessionId(cursor->second));
  }
  if (!query.Finish()) return RefuseInput(call.request, query.errors());
  Result<std::vector<Session>> sessions =
      services.accounts.Sessions(call.caller, before, limit + 1);
  if (!sessions.ok()) return Refuse(call.request, sessions.error());
  const bool more = sessions->size() > limit;
  if (more) sessions->pop_back();
  return Answer(
      200, json::WriteObject([&](json::ObjectWriter& out) {
        out.Array("items", [&](json::ArrayWriter& items) {
          for (const Session& session : *sessions) {
            items.Object([&](json::ObjectWriter& item) { Render(item, session, call.caller); });
          }
        });
        out.Field("next_cursor",
                  more ? std::optional(CursorBehind(sessions->back())) : std::nullopt);
      }));
}

http::Response End(Services& services, const Call& call) {
  const std::optional<SessionId> id = SessionId::Parse(call.path.Get("id"));
  const Result<void> ended =
      id ? services.accounts.EndSession(call.caller, *id)
         : Result<void>(Error{ErrorCode::kNotFound, "there is no such session"});
  return ended.ok() ? http::Response{.status = 204} : Refuse(call.request, ended.error());
}

}  // namespace

void AddSessions(Api& api) {
  Services& services = api.services();
  api.Add(http::Method::kGet, "/api/auth/sessions", Access::SignedIn(),
          [&services](const Call& call) { return List(services, call); });
  api.Add(http::Method::kDelete, "/api/auth/sessions/{id}", Access::SignedIn(),
          [&services](const Call& call) { return End(services, call); });
}

}  // namespace clinic::server
