#include "server/add_user.hpp"

#include <memory>
#include <random>

#include "server/auth/random.hpp"
#include "server/database.hpp"
#include "server/json/object_reader.hpp"
#include "server/json/writer.hpp"
#include "server/services/accounts.hpp"

namespace clinic::server {
namespace {

/// Holds the fields to the rules that the API holds them to.
Result<void> Check(const NewUser& user) {
  json::ObjectReader fields =
      json::ObjectReader::Parse(json::WriteObject([&](json::ObjectWriter& out) {
        out.Field("email", user.email);
        out.Field("full_name", user.full_name);
      }));
  (void)fields.RequiredEmail("email");
  (void)fields.RequiredString("full_name", {.min_length = 1, .max_length = 200});
  if (fields.ok()) return {};
  const json::FieldError& error = fields.errors().front();
  return Error{ErrorCode::kInvalidArgument, error.pointer.substr(1) + " " + error.detail};
}

}  // namespace

Result<Account> AddUser(const std::string& database, const NewUser& user) {
  if (Result<void> checked = Check(user); !checked.ok()) return std::move(checked).error();
  if (const auto zone = Zone::Load(user.timezone); !zone.ok()) return zone.error();
  const Result<std::unique_ptr<Store>> store = OpenDatabase(database, IfMissing::kCreate);
  if (!store.ok()) return store.error();
  const SystemClock clock;
  UuidV7Generator ids(clock, std::random_device{}());
  const Result<std::unique_ptr<Scheduler>> scheduler = Scheduler::Open(**store, clock, ids);
  if (!scheduler.ok()) return scheduler.error();

  // Nobody signs in here: the key dies with this function.
  Result<auth::KeySet> key = auth::KeySet::Create({{.id = "none", .secret = auth::RandomToken()}});
  if (!key.ok()) return std::move(key).error();
  const auth::KeyRing keys(*std::move(key));
  const auth::TokenIssuer issuer(keys, {}, clock, ids);
  const auth::TokenVerifier verifier(keys, {}, clock);
  StoredSignIns sign_ins(**store);
  Accounts accounts(**store, **scheduler, ids, issuer, verifier, sign_ins);
  return accounts.Add({.email = user.email,
                       .password = user.password,
                       .full_name = user.full_name,
                       .role = user.role,
                       .timezone = user.timezone},
                      {.actor = "clinic add-user"});
}

}  // namespace clinic::server
