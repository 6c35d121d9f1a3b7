// The audit, for admins.
#include "clinic/time_text.hpp"
#include "server/json/writer.hpp"
#include "server/routes/answers.hpp"
#include "server/routes/api.hpp"
#include "server/routes/query_reader.hpp"

namespace clinic::server {
namespace {

void Render(json::ObjectWriter& out, const AuditEntry& entry) {
  out.Field("sequence", entry.sequence);
  out.Field("at", FormatUtc(entry.at));
  out.Field("actor", entry.actor);
  out.Field("action", entry.action);
  out.Field("subject", entry.subject);
  out.Field("patient_id", entry.patient);
  out.Field("address", entry.source);
  out.Field("request_id", entry.request);
  out.Field("detail", entry.detail);
}

http::Response List(Services& services, const Call& call) {
  const Zone& zone = services.doctors.clinic_zone();
  QueryReader query(call.request);
  AuditQuery wanted{.actor = query.Text("actor"),
                    .action = query.Text("action"),
                    .subject = query.Text("subject"),
                    .patient = query.Identifier<ResourceId>("patient_id")};
  if (const auto from = query.Time("from")) wanted.from = PlaceIn(zone, *from);
  if (const auto to = query.Time("to")) wanted.to = PlaceIn(zone, *to);
  const std::size_t limit = query.Limit();
  wanted.limit = limit + 1;
  if (const auto cursor = query.NumberCursor()) wanted.before = cursor->first;
  if (!query.Finish()) return RefuseInput(call.request, query.errors());
  Result<std::vector<AuditEntry>> entries = services.audit.List(call.caller, wanted);
  if (!entries.ok()) return Refuse(call.request, entries.error());
  const bool more = entries->size() > limit;
  if (more) entries->pop_back();
  return Answer(200, json::WriteObject([&](json::ObjectWriter& out) {
                  out.Array("items", [&](json::ArrayWriter& items) {
                    for (const AuditEntry& entry : *entries) {
                      items.Object([&](json::ObjectWriter& item) { Render(item, entry); });
                    }
                  });
                  out.Field("next_cursor", more ? std::optional(MakeCursor(
                                                      std::to_string(entries->back().sequence), {}))
                                                : std::nullopt);
                }));
}

}  // namespace

void AddAudit(Api& api) {
  Services& services = api.services();
  api.Add(http::Method::kGet, "/api/audit", Access::Only({Role::kAdmin}),
          [&services](const Call& call) { return List(services, call); });
}

}  // namespace clinic::server
