// Accounts, as admins look after them.
#include "clinic/time_text.hpp"
#include "server/routes/account_answers.hpp"
#include "server/routes/field_rules.hpp"
#include "server/routes/keyed.hpp"
#include "server/routes/query_reader.hpp"

namespace clinic::server {
namespace {

constexpr json::Choice<Role> kRoles[] = {{"patient", Role::kPatient},
                                         {"doctor", Role::kDoctor},
                                         {"receptionist", Role::kReceptionist},
                                         {"admin", Role::kAdmin}};

void Render(json::ObjectWriter& out, const Account& account) {
  RenderAccount(out, account);
  out.Field("disabled", account.disabled);
  out.Field("created_at", FormatUtc(account.created_at));
}

http::Response Show(const Account& account) {
  return AnswerVersioned(200,
                         json::WriteObject([&](json::ObjectWriter& out) { Render(out, account); }),
                         account.version);
}

/// Refuses the fields that say something of another kind of person, or twice of the same.
void RefuseWhatDoesNotFit(json::ObjectReader& body, Role role, bool is_known) {
  const auto refuse = [&](std::initializer_list<std::string_view> names, std::string_view detail) {
    for (const std::string_view name : names) {
      if (body.Has(name)) body.Refuse(name, std::string(detail));
    }
  };
  if (role != Role::kDoctor) refuse({"doctor_id", "specialties", "bio"}, "is a doctor's");
  if (role != Role::kPatient) {
    refuse({"patient_id", "phone", "date_of_birth"}, "is a patient's");
  }
  if (role == Role::kReceptionist || role == Role::kAdmin) {
    refuse({"timezone"}, "is a doctor's or a patient's");
  } else if (is_known) {
    refuse({"timezone", "specialties", "bio", "phone", "date_of_birth"},
           "is known of who is there already");
  }
}

NewAccount ReadNew(json::ObjectReader& body, const Zone& zone, Instant now) {
  NewAccount account{.email = body.RequiredEmail("email"),
                     .password = ReadNewPassword(body, "password"),
                     .full_name = body.RequiredString("full_name", kNameRules)};
  const std::size_t errors = body.errors().size();
  account.role = body.RequiredChoice("role", kRoles);
  const bool knows_role = body.errors().size() == errors;
  const auto doctor = body.OptionalId<ResourceId>("doctor_id");
  const auto patient = body.OptionalId<ResourceId>("patient_id");
  account.resource = doctor ? doctor : patient;
  account.timezone = ReadZone(body).value_or(zone.name());
  account.specialties = body.OptionalStrings("specialties", {.max_items = 20}, kWordRules)
                            .value_or(std::vector<std::string>());
  account.bio = body.OptionalString("bio", {.max_length = 4000}).value_or("");
  account.phone = body.OptionalString("phone", kPhoneRules).value_or("");
  account.date_of_birth = ReadBirth(body, zone, now);
  if (knows_role) RefuseWhatDoesNotFit(body, account.role, account.resource.has_value());
  body.RefuseUnknown();
  return account;
}

http::Response Add(Services& services, const Call& call, Creation& creation) {
  json::ObjectReader body = json::ObjectReader::Parse(call.request.body);
  const NewAccount account =
      ReadNew(body, services.doctors.clinic_zone(), services.scheduler.Now());
  if (!body.ok()) return RefuseInput(call.request, body);
  const Result<Account> made = services.accounts.Add(
      account, CommandOf(call.caller), creation.Keeping<Account>([](const Account& added) {
        http::Response response = Show(added);
        response.status = 201;
        response.headers.emplace_back("Location", "/api/users/" + ToString(added.id));
        return response;
      }));
  return made.ok() ? creation.TakeAnswer() : RefuseAccount(call.request, made.error());
}

http::Response List(Services& services, const Call& call) {
  QueryReader query(call.request);
  AccountQuery wanted{.text = query.Text("q")};
  if (const auto word = query.Text("role")) {
    wanted.role = ParseRole(*word);
    if (!wanted.role) query.Refuse("role", "must be patient, doctor, receptionist or admin");
  }
  const std::size_t limit = query.Limit();
  wanted.limit = limit + 1;
  if (auto cursor = query.Cursor()) wanted.after = std::move(cursor->first);
  if (!query.Finish()) return RefuseInput(call.request, query.errors());
  Result<std::vector<Account>> accounts = services.accounts.List(call.caller, wanted);
  if (!accounts.ok()) return Refuse(call.request, accounts.error());
  const bool more = accounts->size() > limit;
  if (more) accounts->pop_back();
  return Answer(200, json::WriteObject([&](json::ObjectWriter& out) {
                  out.Array("items", [&](json::ArrayWriter& items) {
                    for (const Account& account : *accounts) {
                      items.Object([&](json::ObjectWriter& item) { Render(item, account); });
                    }
                  });
                  out.Field("next_cursor",
                            more ? std::optional(MakeCursor(accounts->back().email,
                                                            accounts->back().id.uuid()))
                                 : std::nullopt);
                }));
}

http::Response NoSuchAccount(const Call& call) {
  return Refuse(call.request, {ErrorCode::kNotFound, "there is no such account"});
}

http::Response ReadOne(Services& services, const Call& call) {
  const std::optional<AccountId> id = AccountId::Parse(call.path.Get("id"));
  if (!id) return NoSuchAccount(call);
  const Result<Account> account = services.accounts.Read(call.caller, *id);
  return account.ok() ? Show(*account) : Refuse(call.request, account.error());
}

http::Response Change(Services& services, const Call& call) {
  const std::optional<AccountId> id = AccountId::Parse(call.path.Get("id"));
  if (!id) return NoSuchAccount(call);
  json::ObjectReader body = json::ObjectReader::Parse(call.request.body);
  AccountChange change;
  if (body.Has("email")) change.email = body.RequiredEmail("email");
  if (body.Has("full_name")) change.full_name = body.RequiredString("full_name", kNameRules);
  if (body.Has("role")) change.role = body.RequiredChoice("role", kRoles);
  if (body.Has("disabled")) change.disabled = body.RequiredBoolean("disabled");
  if (body.Has("password")) change.password = ReadNewPassword(body, "password");
  body.RefuseUnknown();
  if (!body.ok()) return RefuseInput(call.request, body);
  const Result<Account> account =
      services.accounts.Change(call.caller, *id, change, ExpectedVersion(call.request));
  return account.ok() ? Show(*account) : RefuseAccount(call.request, account.error());
}

}  // namespace

void AddUsers(Api& api) {
  Services& services = api.services();
  constexpr Access kAdmins = Access::Only({Role::kAdmin});
  api.Add(http::Method::kPost, "/api/users", kAdmins, [&api](const Call& call) {
    return Create(api, call,
                  [&](Creation& creation) { return Add(api.services(), call, creation); });
  });
  api.Add(http::Method::kGet, "/api/users", kAdmins,
          [&services](const Call& call) { return List(services, call); });
  api.Add(http::Method::kGet, "/api/users/{id}", kAdmins,
          [&services](const Call& call) { return ReadOne(services, call); });
  api.Add(http::Method::kPatch, "/api/users/{id}", kAdmins,
          [&services](const Call& call) { return Change(services, call); });
}

}  // namespace clinic::server
