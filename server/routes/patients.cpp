// A patient's own profile.
#include "server/json/object_reader.hpp"
#include "server/json/writer.hpp"
#include "server/routes/answers.hpp"
#include "server/routes/api.hpp"
#include "server/routes/field_rules.hpp"

namespace clinic::server {
namespace {

http::Response Show(const Patient& patient) {
  return AnswerVersioned(
      200, json::WriteObject([&](json::ObjectWriter& out) {
        out.Field("id", patient.id);
        out.Field("full_name", patient.full_name);
        out.Field("email", patient.email);
        out.Field("phone", patient.phone.empty() ? std::nullopt : std::optional(patient.phone));
        out.Field("date_of_birth", patient.date_of_birth
                                       ? std::optional(FormatDate(*patient.date_of_birth))
                                       : std::nullopt);
        out.Field("timezone", patient.timezone);
        out.Object("notification_preferences", [&](json::ObjectWriter& preferences) {
          preferences.Field("email", patient.notify_by_email);
          preferences.Field("sms", patient.notify_by_sms);
        });
        out.Field("created_at", FormatUtc(patient.created_at));
        out.Field("updated_at", FormatUtc(patient.updated_at));
      }),
      patient.version);
}

/// The caller's own profile; the nil id, which nobody has, for an account without one.
ResourceId Own(const Call& call) { return call.caller.resource.value_or(ResourceId()); }

http::Response ReadOwn(Services& services, const Call& call) {
  const Result<Patient> patient = services.patients.Read(call.caller, Own(call));
  return patient.ok() ? Show(*patient) : Refuse(call.request, patient.error());
}

http::Response ChangeOwn(Services& services, const Call& call) {
  json::ObjectReader body = json::ObjectReader::Parse(call.request.body);
  PatientChange change;
  if (body.Has("full_name")) change.full_name = body.RequiredString("full_name", kNameRules);
  if (body.Has("phone")) change.phone = body.OptionalString("phone", kPhoneRules).value_or("");
  if (body.Has("date_of_birth")) {
    change.date_of_birth = body.OptionalDate("date_of_birth");
    if (*change.date_of_birth &&
        CivilTime(**change.date_of_birth) >
            services.doctors.clinic_zone().ToCivil(services.scheduler.Now()))
      body.Refuse("date_of_birth", "lies in the future");
  }
  if (body.Has("timezone")) {
    change.timezone = body.RequiredString("timezone", kWordRules);
    if (body.ok() && !Zone::Load(*change.timezone).ok())
      body.Refuse("timezone", "is no IANA time zone");
  }
  if (body.Has("notification_preferences")) {
    json::ObjectReader preferences = body.RequiredObject("notification_preferences");
    change.notify_by_email = preferences.OptionalBoolean("email");
    change.notify_by_sms = preferences.OptionalBoolean("sms");
    preferences.RefuseUnknown();
  }
  body.RefuseUnknown();
  if (!body.ok()) return RefuseInput(call.request, body);
  const Result<Patient> patient =
      services.patients.Update(call.caller, Own(call), change, ExpectedVersion(call.request));
  return patient.ok() ? Show(*patient) : Refuse(call.request, patient.error());
}

}  // namespace

void AddPatients(Api& api) {
  Services& services = api.services();
  api.Add(http::Method::kGet, "/api/patients/me", Access::Only({Role::kPatient}),
          [&services](const Call& call) { return ReadOwn(services, call); });
  api.Add(http::Method::kPatch, "/api/patients/me", Access::Only({Role::kPatient}),
          [&services](const Call& call) { return ChangeOwn(services, call); });
}

}  // namespace clinic::server
