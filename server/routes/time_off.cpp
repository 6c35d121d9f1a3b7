// When doctors are away, whatever their hours say.
#include <algorithm>

#include "server/json/object_reader.hpp"
#include "server/json/writer.hpp"
#include "server/routes/answers.hpp"
#include "server/routes/api.hpp"
#include "server/routes/doctor_id.hpp"
#include "server/routes/keyed.hpp"
#include "server/routes/query_reader.hpp"

namespace clinic::server {
namespace {

void Render(json::ObjectWriter& out, const TimeOff& time_off, const Zone& zone) {
  out.Field("id", time_off.id);
  out.Field("doctor_id", time_off.resource);
  out.Field("start", TimeIn(zone, time_off.interval.start));
  out.Field("end", TimeIn(zone, time_off.interval.end));
  out.Field("reason", time_off.reason.empty() ? std::nullopt : std::optional(time_off.reason));
  out.Field("timezone", zone.name());
}

http::Response Post(Api& api, const Call& call) {
  const std::optional<ResourceId> id = DoctorId(call);
  if (!id) return NoSuchDoctor(call);
  Services& services = api.services();
  return Create(api, call, [&](Creation& creation) {
    json::ObjectReader body = json::ObjectReader::Parse(call.request.body);
    const TimeText start = body.RequiredTime("start");
    const TimeText end = body.RequiredTime("end");
    const std::string reason = body.OptionalString("reason", {.max_length = 500}).value_or("");
    body.RefuseUnknown();
    if (!body.ok()) return RefuseInput(call.request, body);
    const Result<Resource> doctor = services.doctors.Read(*id);
    if (!doctor.ok()) return Refuse(call.request, doctor.error());
    const Zone zone = ZoneOf(*doctor);
    const Result<TimeOff> added = services.doctors.AddTimeOff(
        call.caller, *id, start, end, reason, creation.Keeping<TimeOff>([&](const TimeOff& made) {
          return Answer(
              201, json::WriteObject([&](json::ObjectWriter& out) { Render(out, made, zone); }));
        }));
    return added.ok() ? creation.TakeAnswer() : Refuse(call.request, added.error(), "/end");
  });
}

http::Response Get(Services& services, const Call& call) {
  const std::optional<ResourceId> id = DoctorId(call);
  if (!id) return NoSuchDoctor(call);
  QueryReader query(call.request);
  const std::size_t limit = query.Limit();
  const auto cursor = query.Cursor();
  if (!query.Finish()) return RefuseInput(call.request, query.errors());
  const Result<std::vector<TimeOff>> all = services.doctors.TimeOffOf(call.caller, *id);
  if (!all.ok()) return Refuse(call.request, all.error());
  auto first = all->begin();
  if (cursor) {
    first = std::ranges::find(*all, TimeOffId(cursor->second), &TimeOff::id);
    if (first != all->end()) ++first;
  }
  const auto last = first + std::min(static_cast<std::ptrdiff_t>(limit), all->end() - first);
  const Zone zone = ZoneOf(*services.doctors.Read(*id));
  return Answer(200, json::WriteObject([&](json::ObjectWriter& out) {
                  out.Array("items", [&](json::ArrayWriter& items) {
                    for (auto it = first; it != last; ++it) {
                      const TimeOff& time_off = *it;
                      items.Object([&](json::ObjectWriter& item) { Render(item, time_off, zone); });
                    }
                  });
                  out.Field("next_cursor",
                            last == all->end()
                                ? std::nullopt
                                : std::optional(MakeCursor("", std::prev(last)->id.uuid())));
                }));
}

http::Response Delete(Services& services, const Call& call) {
  const std::optional<ResourceId> id = DoctorId(call);
  const std::optional<TimeOffId> time_off = TimeOffId::Parse(call.path.Get("time_off_id"));
  if (!id || !time_off) return NoSuchDoctor(call);
  const Result<void> deleted = services.doctors.DeleteTimeOff(call.caller, *id, *time_off);
  return deleted.ok() ? http::Response{.status = 204} : Refuse(call.request, deleted.error());
}

}  // namespace

void AddTimeOff(Api& api) {
  Services& services = api.services();
  constexpr Access kManagers = Access::Only({Role::kDoctor, Role::kReceptionist, Role::kAdmin});
  api.Add(http::Method::kPost, "/api/doctors/{id}/time-off", kManagers,
          [&api](const Call& call) { return Post(api, call); });
  api.Add(http::Method::kGet, "/api/doctors/{id}/time-off", kManagers,
          [&services](const Call& call) { return Get(services, call); });
  api.Add(http::Method::kDelete, "/api/doctors/{id}/time-off/{time_off_id}", kManagers,
          [&services](const Call& call) { return Delete(services, call); });
}

}  // namespace clinic::server
