// When doctors work: rules, and the windows that they give.
#include "server/json/object_reader.hpp"
#include "server/json/writer.hpp"
#include "server/routes/answers.hpp"
#include "server/routes/api.hpp"
#include "server/routes/appointment_json.hpp"
#include "server/routes/doctor_id.hpp"
#include "server/routes/keyed.hpp"
#include "server/routes/query_reader.hpp"

namespace clinic::server {
namespace {

constexpr std::string_view kWeekdays = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR";

/// `recurring`: a boolean, a word, or a rule of RFC 5545.
std::optional<RecurrenceRule> ReadRecurring(json::ObjectReader& body) {
  std::string text;
  if (body.KindOf("recurring") == json::Kind::kBoolean) {
    if (!body.RequiredBoolean("recurring")) return std::nullopt;
    text = kWeekdays;
  } else if (body.KindOf("recurring") == json::Kind::kString) {
    text = body.RequiredString("recurring", {.min_length = 1, .max_length = 1000});
    if (text == "daily") text = "FREQ=DAILY";
    if (text == "weekly") text = "FREQ=WEEKLY";
    if (text == "weekdays") text = kWeekdays;
  } else if (body.Has("recurring")) {
    body.Refuse("recurring",
                "must be true, false, \"daily\", \"weekdays\", \"weekly\" or an RRULE");
    return std::nullopt;
  } else {
    return std::nullopt;
  }
  Result<RecurrenceRule> rule = RecurrenceRule::Parse(text);
  if (rule.ok()) return *std::move(rule);
  body.Refuse("recurring", rule.error().message);
  return std::nullopt;
}

/// `until`: a day, which counts to its end, or a time.
std::optional<RecurrenceEnd> ReadUntil(json::ObjectReader& body) {
  if (!body.Has("until")) return std::nullopt;
  const std::string text = body.OptionalString("until", {.max_length = 40}).value_or("");
  if (text.empty()) return std::nullopt;
  if (const Result<CivilDay> day = ParseDate(text); day.ok()) return *day;
  const Result<TimeText> time = ParseTime(text);
  if (!time.ok()) {
    body.Refuse("until", time.error().message);
    return std::nullopt;
  }
  return std::visit([](const auto& value) { return RecurrenceEnd(value); }, *time);
}

Hours ReadHours(json::ObjectReader& body) {
  Hours hours{
      .start = body.RequiredTime("start_time"),
      .end = body.RequiredTime("end_time"),
      .repeats = ReadRecurring(body),
      .until = ReadUntil(body),
      .exceptions =
          body.OptionalDates("exceptions", {.max_items = 1000}).value_or(std::vector<CivilDay>())};
  if (!hours.repeats && body.ok()) {
    if (hours.until) body.Refuse("until", "only means something with `recurring`");
    if (!hours.exceptions.empty())
      body.Refuse("exceptions", "only mean something with `recurring`");
  }
  body.RefuseUnknown();
  return hours;
}

/// The word for a rule, or the rule itself.
void RenderRecurring(json::ObjectWriter& out, const AvailabilityRule& rule) {
  if (!rule.rule) {
    out.Field("recurring", false);
    out.Field("rrule", nullptr);
    return;
  }
  const std::string text = rule.rule->ToString();
  out.Field("recurring", text == kWeekdays       ? "weekdays"
                         : text == "FREQ=DAILY"  ? "daily"
                         : text == "FREQ=WEEKLY" ? "weekly"
                                                 : text);
  out.Field("rrule", text);
}

/// A rule has no number that rises: what it says tells its versions apart.
std::string ETagOf(const AvailabilityRule& rule) { return '"' + TagOf(rule) + '"'; }

void Render(json::ObjectWriter& out, ResourceId doctor, const AvailabilityRule& rule,
            const Zone& zone) {
  out.Field("id", rule.id);
  out.Field("doctor_id", doctor);
  out.Field("start_time", TimeIn(zone, zone.ToInstant(rule.start)));
  out.Field("end_time", TimeIn(zone, zone.ToInstant(rule.end)));
  RenderRecurring(out, rule);
  out.Array("exceptions", [&](json::ArrayWriter& days) {
    for (const CivilTime time : rule.exdates)
      days.Item(FormatDate(std::chrono::floor<std::chrono::days>(time)));
  });
  out.Array("additional_dates", [&](json::ArrayWriter& times) {
    for (const CivilTime time : rule.rdates) times.Item(FormatCivil(time));
  });
  out.Field("timezone", zone.name());
  out.Field("etag", ETagOf(rule));
}

http::Response WithETag(http::Response response, const AvailabilityRule& rule) {
  response.headers.emplace_back("ETag", ETagOf(rule));
  return response;
}

/// The field that an error about hours is about.
std::string_view PointerOf(const Error& error) {
  return error.code == ErrorCode::kBadInterval || error.code == ErrorCode::kTooLong ? "/end_time"
                                                                                    : "/recurring";
}

/// The appointments that a change of hours left outside, as JSON.
Result<std::string> RenderOrphans(Services& services, const Call& call, ResourceId doctor) {
  const Result<std::vector<Booking>> orphaned = services.doctors.Orphaned(doctor);
  if (!orphaned.ok()) return orphaned.error();
  if (Result<void> noted = services.appointments.NoteRead(call.caller, *orphaned); !noted.ok()) {
    return std::move(noted).error();
  }
  return json::WriteArray([&](json::ArrayWriter& items) {
    for (const Booking& booking : *orphaned) {
      items.Object([&](json::ObjectWriter& item) { RenderAppointment(item, services, booking); });
    }
  });
}

http::Response Post(Api& api, const Call& call) {
  const std::optional<ResourceId> id = DoctorId(call);
  if (!id) return NoSuchDoctor(call);
  Services& services = api.services();
  return Create(api, call, [&](Creation& creation) {
    json::ObjectReader body = json::ObjectReader::Parse(call.request.body);
    const Hours hours = ReadHours(body);
    if (!body.ok()) return RefuseInput(call.request, body);
    const Result<Resource> doctor = services.doctors.Read(*id);
    if (!doctor.ok()) return Refuse(call.request, doctor.error());
    const Zone zone = ZoneOf(*doctor);
    const Result<AvailabilityRule> added = services.doctors.AddHours(
        call.caller, *id, hours,
        creation.Keeping<AvailabilityRule>([&](const AvailabilityRule& rule) {
          return WithETag(Answer(201, json::WriteObject([&](json::ObjectWriter& out) {
                                   Render(out, *id, rule, zone);
                                 })),
                          rule);
        }));
    return added.ok() ? creation.TakeAnswer()
                      : Refuse(call.request, added.error(), PointerOf(added.error()));
  });
}

http::Response Get(Services& services, const Call& call) {
  const std::optional<ResourceId> id = DoctorId(call);
  if (!id) return NoSuchDoctor(call);
  QueryReader query(call.request);
  const auto from = query.Time("from");
  const auto to = query.Time("to");
  if (!query.Finish()) return RefuseInput(call.request, query.errors());
  const Result<Doctors::Availability> found = services.doctors.AvailabilityOf(*id, from, to);
  if (!found.ok()) return Refuse(call.request, found.error(), "/to");
  const Zone zone = ZoneOf(*services.doctors.Read(*id));
  return Answer(
      200, json::WriteObject([&](json::ObjectWriter& out) {
        out.Array("rules", [&](json::ArrayWriter& rules) {
          for (const AvailabilityRule& rule : found->rules) {
            rules.Object([&](json::ObjectWriter& item) { Render(item, *id, rule, zone); });
          }
        });
        out.Array("windows", [&](json::ArrayWriter& windows) {
          for (const Interval& window : found->windows) {
            windows.Object([&](json::ObjectWriter& item) {
              item.Field("start", TimeIn(zone, window.start));
              item.Field("end", TimeIn(zone, window.end));
            });
          }
        });
      }));
}

http::Response Put(Services& services, const Call& call) {
  const std::optional<ResourceId> id = DoctorId(call);
  const std::optional<RuleId> rule = RuleId::Parse(call.path.Get("rule_id"));
  if (!id || !rule) return NoSuchDoctor(call);
  json::ObjectReader body = json::ObjectReader::Parse(call.request.body);
  const Hours hours = ReadHours(body);
  if (!body.ok()) return RefuseInput(call.request, body);
  const Result<AvailabilityRule> replaced =
      services.doctors.ReplaceHours(call.caller, *id, *rule, hours, ExpectedTag(call.request));
  if (!replaced.ok()) return Refuse(call.request, replaced.error(), PointerOf(replaced.error()));
  const Result<std::string> orphans = RenderOrphans(services, call, *id);
  if (!orphans.ok()) return Refuse(call.request, orphans.error());
  const Zone zone = ZoneOf(*services.doctors.Read(*id));
  return WithETag(Answer(200, json::WriteObject([&](json::ObjectWriter& out) {
                           Render(out, *id, *replaced, zone);
                           out.Raw("orphaned_appointments", *orphans);
                         })),
                  *replaced);
}

http::Response Delete(Services& services, const Call& call) {
  const std::optional<ResourceId> id = DoctorId(call);
  const std::optional<RuleId> rule = RuleId::Parse(call.path.Get("rule_id"));
  if (!id || !rule) return NoSuchDoctor(call);
  const Result<void> deleted = services.doctors.DeleteHours(call.caller, *id, *rule);
  if (!deleted.ok()) return Refuse(call.request, deleted.error());
  const Result<std::string> orphans = RenderOrphans(services, call, *id);
  if (!orphans.ok()) return Refuse(call.request, orphans.error());
  return Answer(200, json::WriteObject([&](json::ObjectWriter& out) {
                  out.Raw("orphaned_appointments", *orphans);
                }));
}

}  // namespace

void AddAvailability(Api& api) {
  Services& services = api.services();
  constexpr Access kManagers = Access::Only({Role::kDoctor, Role::kReceptionist, Role::kAdmin});
  api.Add(http::Method::kPost, "/api/doctors/availability", Access::Only({Role::kDoctor}),
          [&api](const Call& call) { return Post(api, call); });
  api.Add(http::Method::kPost, "/api/doctors/{id}/availability", kManagers,
          [&api](const Call& call) { return Post(api, call); });
  api.Add(http::Method::kGet, "/api/doctors/{id}/availability", Access::SignedIn(),
          [&services](const Call& call) { return Get(services, call); });
  api.Add(http::Method::kPut, "/api/doctors/{id}/availability/{rule_id}", kManagers,
          [&services](const Call& call) { return Put(services, call); });
  api.Add(http::Method::kDelete, "/api/doctors/{id}/availability/{rule_id}", kManagers,
          [&services](const Call& call) { return Delete(services, call); });
}

}  // namespace clinic::server
