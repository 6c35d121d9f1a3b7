#include "server/services/kept_sign_ins.hpp"

#include <absl/cleanup/cleanup.h>

#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "server/services/caller.hpp"

namespace clinic::server {
namespace {

constexpr std::chrono::milliseconds kTryAgainAfter{50};
constexpr std::string_view kNobody = "-";

/// Words, with a space between: "ACCOUNT ROLE RESOURCE CREATED EXPIRES ACCOUNT-CREATED".
std::string Write(const SignIn& sign_in) {
  const auto& [session, account] = sign_in;
  std::ostringstream text;
  text << ToString(account.id) << ' ' << ToString(account.role) << ' '
       << (account.resource ? ToString(*account.resource) : std::string(kNobody)) << ' '
       << session.created_at.time_since_epoch().count() << ' '
       << session.expires_at.time_since_epoch().count() << ' '
       << account.created_at.time_since_epoch().count();
  return text.str();
}

/// Nothing where that cannot be read, as where another version of the program wrote it.
std::optional<SignIn> Read(SessionId id, const std::string& text) {
  std::istringstream words(text);
  std::string account;
  std::string role;
  std::string resource;
  std::int64_t created = 0;
  std::int64_t expires = 0;
  std::int64_t account_created = 0;
  words >> account >> role >> resource >> created >> expires >> account_created;
  const auto account_id = AccountId::Parse(account);
  const auto known_role = ParseRole(role);
  const std::optional<ResourceId> resource_id = ResourceId::Parse(resource);
  const bool is_resource = resource_id || resource == kNobody;
  if (words.fail() || !account_id || !known_role || !is_resource) return std::nullopt;
  const auto at = [](std::int64_t seconds) { return Instant(Duration(seconds)); };
  return SignIn{.session = {.id = id,
                            .account = *account_id,
                            .created_at = at(created),
                            .expires_at = at(expires)},
                .account = {.id = *account_id,
                            .role = *known_role,
                            .resource = resource_id,
                            .created_at = at(account_created)}};
}

}  // namespace

Result<SignIn> KeptSignIns::Find(SessionId id) {
  redis::Copies::Sight sight = copies_.Look(ToString(id));
  if (sight.copy) {
    if (std::optional<SignIn> kept = Read(id, *sight.copy)) return *std::move(kept);
  }
  Result<SignIn> found = store_.FindSignIn(id);
  if (found.ok() && sight.vacancy && GoesOn(*found)) {
    copies_.Keep(*std::move(sight.vacancy), Write(*found));
  }
  return found;
}

Result<void> KeptSignIns::Ended(std::span<const SessionId> sessions) {
  if (sessions.empty()) return {};
  std::vector<std::string> names;
  for (const SessionId id : sessions) names.push_back(ToString(id));
  const auto gone = std::chrono::steady_clock::now() + redis::Copies::kGone;
  if (copies_.Recall(names).ok()) return {};
  const absl::Cleanup done = [this] { --waiting_; };
  if (++waiting_ > kMostWaiting) {
    return Error{ErrorCode::kUnavailable, "the session has ended, and some seconds on everywhere"};
  }
  while (std::chrono::steady_clock::now() < gone) {
    std::this_thread::sleep_for(kTryAgainAfter);
    if (copies_.Recall(names).ok()) break;
  }
  return {};
}

}  // namespace clinic::server
