// Appointments: booking them, and what happens to them.
#include "server/json/object_reader.hpp"
#include "server/routes/answers.hpp"
#include "server/routes/api.hpp"
#include "server/routes/appointment_json.hpp"
#include "server/routes/keyed.hpp"
#include "server/routes/query_reader.hpp"

namespace clinic::server {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr Duration kDefaultHold = minutes{5};

http::Response NoSuchAppointment(const Call& call) {
  return Refuse(call.request, {ErrorCode::kNotFound, "there is no such appointment"});
}

http::Response Show(const Services& services, const Booking& booking, int status) {
  http::Response response = AnswerVersioned(status, json::WriteObject([&](json::ObjectWriter& out) {
                                              RenderAppointment(out, services, booking);
                                            }),
                                            booking.version);
  if (status == 201) {
    response.headers.emplace_back("Location", "/api/appointments/" + ToString(booking.id));
  }
  return response;
}

/// The zone to show a refused time in: the doctor's.
Zone ZoneOfDoctor(const Services& services, std::optional<ResourceId> doctor) {
  if (doctor) {
    if (const Result<Resource> found = services.doctors.Read(*doctor); found.ok()) {
      return ZoneOf(*found);
    }
  }
  return services.doctors.clinic_zone();
}

std::optional<Duration> ReadDuration(json::ObjectReader& body) {
  const auto length = body.OptionalInteger("duration_minutes", {.min = 1, .max = 1440});
  return length ? std::optional<Duration>(minutes(*length)) : std::nullopt;
}

AppointmentRequest ReadRequest(json::ObjectReader& body, const Caller& caller) {
  AppointmentRequest request{
      .doctor = body.RequiredId<ResourceId>("doctor_id"),
      .scheduled_time = body.RequiredTime("scheduled_time"),
      .reason = body.RequiredString("reason", {.min_length = 1, .max_length = 500}),
      .duration = ReadDuration(body),
      .patient = body.OptionalId<ResourceId>("patient_id"),
      .room = body.OptionalId<ResourceId>("room_id")};
  const bool hold = body.OptionalBoolean("hold").value_or(false);
  const auto ttl = body.OptionalInteger("hold_ttl_seconds", {.min = 1, .max = 86'400});
  if (ttl && !hold) body.Refuse("hold_ttl_seconds", "only means something with `hold`");
  if (hold) request.hold_ttl = ttl ? Duration(seconds(*ttl)) : kDefaultHold;
  request.override_rules = body.OptionalBoolean("override").value_or(false);
  if (!request.patient && caller.role != Role::kPatient && body.ok()) {
    body.Refuse("patient_id", "is required: say whom the appointment is for");
  }
  body.RefuseUnknown();
  return request;
}

http::Response Book(Api& api, const Call& call) {
  Services& services = api.services();
  return Create(api, call, [&](Creation& creation) {
    json::ObjectReader body = json::ObjectReader::Parse(call.request.body);
    const AppointmentRequest request = ReadRequest(body, call.caller);
    if (!body.ok()) return RefuseInput(call.request, body);
    const Result<Booking> booked = services.appointments.Book(
        call.caller, request, creation.Keeping<Booking>([&](const Booking& booking) {
          return Show(services, booking, 201);
        }));
    if (booked.ok()) return creation.TakeAnswer();
    return RefuseBooking(call.request, booked.error(), ZoneOfDoctor(services, request.doctor));
  });
}

http::Response List(Services& services, const Call& call) {
  QueryReader query(call.request);
  AppointmentFilter filter{.from = query.Time("from"),
                           .to = query.Time("to"),
                           .doctor = query.Identifier<ResourceId>("doctor_id"),
                           .patient = query.Identifier<ResourceId>("patient_id"),
                           .status = query.Text("status")};
  filter.limit = query.Limit();
  if (const auto cursor = query.Cursor()) {
    const Result<Instant> start = ParseInstant(cursor->first);
    if (start.ok()) filter.after.emplace(*start, BookingId(cursor->second));
    if (!start.ok()) query.Refuse("cursor", "must be the next_cursor of an earlier answer");
  }
  if (filter.status && !Workflow::Fhir().Find(*filter.status))
    query.Refuse("status", "is no status");
  if (!query.Finish()) return RefuseInput(call.request, query.errors());
  const Result<AppointmentPage> page = services.appointments.List(call.caller, filter);
  if (!page.ok()) return Refuse(call.request, page.error(), "/to");
  return Answer(200, json::WriteObject([&](json::ObjectWriter& out) {
                  out.Array("items", [&](json::ArrayWriter& items) {
                    for (const Booking& booking : page->items) {
                      items.Object([&](json::ObjectWriter& item) {
                        RenderAppointment(item, services, booking);
                      });
                    }
                  });
                  std::optional<std::string> next;
                  if (page->more) {
                    const Booking& last = page->items.back();
                    next = MakeCursor(FormatUtc(last.interval.start), last.id.uuid());
                  }
                  out.Field("next_cursor", next);
                }));
}

http::Response ReadOne(Services& services, const Call& call) {
  const std::optional<BookingId> id = BookingId::Parse(call.path.Get("id"));
  if (!id) return NoSuchAppointment(call);
  const Result<Booking> booking = services.appointments.Read(call.caller, *id);
  return booking.ok() ? Show(services, *booking, 200) : Refuse(call.request, booking.error());
}

http::Response History(Services& services, const Call& call) {
  const std::optional<BookingId> id = BookingId::Parse(call.path.Get("id"));
  if (!id) return NoSuchAppointment(call);
  const Result<std::vector<Transition>> history = services.appointments.History(call.caller, *id);
  if (!history.ok()) return Refuse(call.request, history.error());
  return Answer(
      200, json::WriteObject([&](json::ObjectWriter& out) {
        out.Array("items", [&](json::ArrayWriter& items) {
          for (const Transition& step : *history) {
            items.Object([&](json::ObjectWriter& item) {
              item.Field("action", step.action);
              item.Field("from", step.from.empty() ? std::nullopt : std::optional(step.from));
              item.Field("to", step.to);
              item.Field("at", FormatUtc(step.at));
              item.Field("by", step.by);
              item.Field("reason", step.reason.empty() ? std::nullopt : std::optional(step.reason));
            });
          }
        });
        out.Field("next_cursor", nullptr);
      }));
}

http::Response TakeAction(Services& services, const Call& call, std::string_view action) {
  const std::optional<BookingId> id = BookingId::Parse(call.path.Get("id"));
  if (!id) return NoSuchAppointment(call);
  std::string reason;
  if (!call.request.body.empty()) {
    json::ObjectReader body = json::ObjectReader::Parse(call.request.body);
    reason = body.OptionalString("reason", {.max_length = 500}).value_or("");
    body.RefuseUnknown();
    if (!body.ok()) return RefuseInput(call.request, body);
  }
  const Result<Booking> changed = services.appointments.TakeAction(
      call.caller, *id, action, std::move(reason), ExpectedVersion(call.request));
  return changed.ok()
             ? Show(services, *changed, 200)
             : RefuseBooking(call.request, changed.error(), services.doctors.clinic_zone());
}

http::Response Reschedule(Services& services, const Call& call) {
  const std::optional<BookingId> id = BookingId::Parse(call.path.Get("id"));
  if (!id) return NoSuchAppointment(call);
  json::ObjectReader body = json::ObjectReader::Parse(call.request.body);
  const RescheduleTo to{.scheduled_time = body.RequiredTime("scheduled_time"),
                        .doctor = body.OptionalId<ResourceId>("doctor_id"),
                        .duration = ReadDuration(body)};
  body.RefuseUnknown();
  if (!body.ok()) return RefuseInput(call.request, body);
  const Result<Booking> moved =
      services.appointments.Reschedule(call.caller, *id, to, ExpectedVersion(call.request));
  if (moved.ok()) return Show(services, *moved, 200);
  const Result<Booking> stays = services.scheduler.Find(*id);
  const Zone zone = to.doctor || !stays.ok()
                        ? ZoneOfDoctor(services, to.doctor)
                        : ZoneOf(services, services.appointments.PartiesOf(*stays));
  return RefuseBooking(call.request, moved.error(), zone);
}

}  // namespace

Zone ZoneOf(const Services& services, const Parties& parties) {
  return parties.doctor ? ZoneOf(*parties.doctor) : services.doctors.clinic_zone();
}

void RenderAppointment(json::ObjectWriter& out, const Services& services, const Booking& booking) {
  const Parties parties = services.appointments.PartiesOf(booking);
  const Zone zone = ZoneOf(services, parties);
  out.Field("id", booking.id);
  out.Field("patient_id", parties.patient);
  out.Field("doctor_id", parties.doctor ? std::optional(parties.doctor->id) : std::nullopt);
  out.Field("room_id", parties.room);
  out.Field("scheduled_time", TimeIn(zone, booking.interval.start));
  out.Field("end_time", TimeIn(zone, booking.interval.end));
  out.Field("timezone", zone.name());
  out.Field("duration_minutes",
            std::chrono::duration_cast<minutes>(booking.interval.length()).count());
  out.Field("status", booking.status);
  out.Field("reason", booking.reason);
  out.Field("series_id", booking.series);
  out.Field("version", booking.version);
  const bool held = booking.expires_at && booking.occupies;
  out.Field("expires_at", held ? std::optional(TimeIn(zone, *booking.expires_at)) : std::nullopt);
  out.Field("created_at", FormatUtc(booking.created_at));
  out.Field("updated_at", FormatUtc(booking.updated_at));
}

void AddAppointments(Api& api) {
  Services& services = api.services();
  api.Add(http::Method::kPost, "/api/appointments", Access::SignedIn(),
          [&api](const Call& call) { return Book(api, call); });
  api.Add(http::Method::kGet, "/api/appointments", Access::SignedIn(),
          [&services](const Call& call) { return List(services, call); });
  api.Add(http::Method::kGet, "/api/appointments/{id}", Access::SignedIn(),
          [&services](const Call& call) { return ReadOne(services, call); });
  api.Add(http::Method::kGet, "/api/appointments/{id}/history", Access::SignedIn(),
          [&services](const Call& call) { return History(services, call); });
  api.Add(http::Method::kPost, "/api/appointments/{id}/reschedule", Access::SignedIn(),
          [&services](const Call& call) { return Reschedule(services, call); });
  // A patient may keep or give up their own; the visit itself is for those who work there.
  constexpr Access kAtTheClinic = Access::Only({Role::kDoctor, Role::kReceptionist, Role::kAdmin});
  constexpr std::pair<std::string_view, Access> kActions[] = {
      {"confirm", Access::SignedIn()}, {"cancel", Access::SignedIn()}, {"arrive", kAtTheClinic},
      {"check-in", kAtTheClinic},      {"complete", kAtTheClinic},     {"no-show", kAtTheClinic}};
  for (const auto& [action, access] : kActions) {
    api.Add(http::Method::kPost, "/api/appointments/{id}/" + std::string(action), access,
            [&services, action = action](const Call& call) {
              return TakeAction(services, call, action);
            });
  }
}

}  // namespace clinic::server
