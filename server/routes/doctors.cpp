// The directory of doctors.
#include "server/json/object_reader.hpp"
#include "server/json/writer.hpp"
#include "server/routes/answers.hpp"
#include "server/routes/api.hpp"
#include "server/routes/doctor_id.hpp"
#include "server/routes/field_rules.hpp"
#include "server/routes/query_reader.hpp"

namespace clinic::server {
namespace {

using std::chrono::minutes;

std::int64_t Minutes(Duration duration) {
  return std::chrono::duration_cast<minutes>(duration).count();
}

void Render(json::ObjectWriter& out, const Resource& doctor) {
  out.Field("id", doctor.id);
  out.Field("full_name", doctor.name);
  out.Array("specialties", [&](json::ArrayWriter& specialties) {
    for (const std::string& specialty : doctor.specialties) specialties.Item(specialty);
  });
  out.Field("timezone", doctor.timezone);
  out.Field("default_duration_minutes", Minutes(doctor.default_duration));
  out.Field("slot_step_minutes", Minutes(doctor.slot_step));
  out.Field("buffer_before_minutes", Minutes(doctor.buffer_before));
  out.Field("buffer_after_minutes", Minutes(doctor.buffer_after));
  out.Field("bio", doctor.description.empty() ? std::nullopt : std::optional(doctor.description));
}

http::Response Show(const Resource& doctor) {
  return AnswerVersioned(200,
                         json::WriteObject([&](json::ObjectWriter& out) { Render(out, doctor); }),
                         doctor.version);
}

/// A page of the directory, as a document.
Result<std::string> MakePage(Doctors& doctors, ResourceQuery wanted) {
  const std::size_t limit = wanted.limit++;
  Result<std::vector<Resource>> found = doctors.List(wanted);
  if (!found.ok()) return std::move(found).error();
  const bool more = found->size() > limit;
  if (more) found->pop_back();
  return json::WriteObject([&](json::ObjectWriter& out) {
    out.Array("items", [&](json::ArrayWriter& items) {
      for (const Resource& doctor : *found) {
        items.Object([&](json::ObjectWriter& item) { Render(item, doctor); });
      }
    });
    out.Field("next_cursor",
              more ? std::optional(MakeCursor(found->back().name, found->back().id.uuid()))
                   : std::nullopt);
  });
}

/// Names a query among all of them: what differs in anything has another name.
std::string NameOf(const ResourceQuery& query) {
  const auto quoted = [](const std::optional<std::string>& text) {
    return text ? std::to_string(text->size()) + ":" + *text : std::string("-");
  };
  std::string name = "doctors " + std::to_string(query.limit) + " " + quoted(query.specialty) +
                     " " + quoted(query.text);
  if (query.after) name += " " + ToString(query.after->second) + query.after->first;
  return name;
}

http::Response AnswerKept(const Call& call, Result<std::string> document) {
  return document.ok() ? Answer(200, *std::move(document)) : Refuse(call.request, document.error());
}

http::Response List(Services& services, const Call& call) {
  QueryReader query(call.request);
  ResourceQuery wanted{.specialty = query.Text("specialty"), .text = query.Text("q")};
  wanted.limit = query.Limit();
  if (const auto cursor = query.Cursor())
    wanted.after.emplace(cursor->first, ResourceId(cursor->second));
  if (!query.Finish()) return RefuseInput(call.request, query.errors());
  return AnswerKept(call, services.directory.Get(
                              NameOf(wanted), [&] { return MakePage(services.doctors, wanted); }));
}

http::Response Specialties(Services& services, const Call& call) {
  QueryReader query(call.request);
  if (!query.Finish()) return RefuseInput(call.request, query.errors());
  return AnswerKept(call, services.directory.Get("specialties", [&]() -> Result<std::string> {
    const Result<std::vector<std::string>> words = services.doctors.Specialties();
    if (!words.ok()) return words.error();
    return json::WriteObject([&](json::ObjectWriter& out) {
      out.Array("items", [&](json::ArrayWriter& items) {
        for (const std::string& word : *words) items.Item(word);
      });
      out.Field("next_cursor", std::optional<std::string>());
    });
  }));
}

http::Response ReadOne(Services& services, const Call& call) {
  const std::optional<ResourceId> id = DoctorId(call);
  if (!id) return NoSuchDoctor(call);
  const Result<Resource> doctor = services.doctors.Read(*id);
  return doctor.ok() ? Show(*doctor) : Refuse(call.request, doctor.error());
}

std::optional<Duration> OptionalMinutes(json::ObjectReader& body, std::string_view name,
                                        std::int64_t lowest) {
  if (!body.Has(name)) return std::nullopt;
  return minutes(body.RequiredInteger(name, {.min = lowest, .max = 1440}));
}

http::Response Change(Services& services, const Call& call) {
  const std::optional<ResourceId> id = DoctorId(call);
  if (!id) return NoSuchDoctor(call);
  json::ObjectReader body = json::ObjectReader::Parse(call.request.body);
  DoctorChange change;
  if (body.Has("full_name")) change.full_name = body.RequiredString("full_name", kNameRules);
  if (body.Has("specialties")) {
    change.specialties = body.RequiredStrings("specialties", {.max_items = 20}, kWordRules);
  }
  if (body.Has("timezone")) {
    change.timezone = body.RequiredString("timezone", kWordRules);
    if (body.ok() && !Zone::Load(*change.timezone).ok())
      body.Refuse("timezone", "is no IANA time zone");
  }
  change.default_duration = OptionalMinutes(body, "default_duration_minutes", 1);
  change.slot_step = OptionalMinutes(body, "slot_step_minutes", 1);
  change.buffer_before = OptionalMinutes(body, "buffer_before_minutes", 0);
  change.buffer_after = OptionalMinutes(body, "buffer_after_minutes", 0);
  if (body.Has("bio")) change.bio = body.OptionalString("bio", {.max_length = 4000}).value_or("");
  body.RefuseUnknown();
  if (!body.ok()) return RefuseInput(call.request, body);
  const Result<Resource> doctor =
      services.doctors.Update(call.caller, *id, change, ExpectedVersion(call.request));
  return doctor.ok() ? Show(*doctor) : Refuse(call.request, doctor.error());
}

}  // namespace

void AddDoctors(Api& api) {
  Services& services = api.services();
  api.Add(http::Method::kGet, "/api/doctors", Access::SignedIn(),
          [&services](const Call& call) { return List(services, call); });
  api.Add(http::Method::kGet, "/api/specialties", Access::SignedIn(),
          [&services](const Call& call) { return Specialties(services, call); });
  api.Add(http::Method::kGet, "/api/doctors/{id}", Access::SignedIn(),
          [&services](const Call& call) { return ReadOne(services, call); });
  api.Add(http::Method::kPatch, "/api/doctors/{id}", Access::Only({Role::kDoctor, Role::kAdmin}),
          [&services](const Call& call) { return Change(services, call); });
}

}  // namespace clinic::server
