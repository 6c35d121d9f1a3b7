#include "adapters/sqlite/sign_ins.hpp"

#include <utility>

#include "adapters/sqlite/directory.hpp"
#include "adapters/sqlite/errors.hpp"

namespace clinic::sqlite {

Result<SignIn> SignIns::Find(SessionId id) {
  const std::optional<CommitMark> before = marks_.Now();
  if (before) {
    if (const auto kept = FindKept(id, *before)) return *kept;
  }
  Result<SignIn> found = LookUp(id);
  // Only what was read from the state of that mark, and from no later one.
  if (found.ok() && before && marks_.Now() == before) Keep(*found, *before);
  return found;
}

std::optional<SignIn> SignIns::FindKept(SessionId id) {
  const std::optional<CommitMark> now = marks_.Now();
  const auto kept = now ? FindKept(id, *now) : nullptr;
  return kept ? std::optional(*kept) : std::nullopt;
}

Result<SignIn> SignIns::LookUp(SessionId id) {
  return Guarded([&]() -> Result<SignIn> {
    std::unique_ptr<Connection> connection = pool_.Take();
    Result<SignIn> found = FindSignIn(*connection, id);
    if (!found.ok() && found.error().code == ErrorCode::kCorrupt) connection->ForgetPages();
    pool_.PutBack(std::move(connection));
    return found;
  });
}

std::shared_ptr<const SignIn> SignIns::FindKept(SessionId id, const CommitMark& mark) {
  const std::lock_guard lock(mutex_);
  const auto found = kept_.find(id);
  return found != kept_.end() && found->second.mark == mark ? found->second.sign_in : nullptr;
}

void SignIns::Keep(const SignIn& sign_in, const CommitMark& mark) {
  const SessionId id = sign_in.session.id;
  auto kept = std::make_shared<const SignIn>(sign_in);
  const std::lock_guard lock(mutex_);
  if (kept_.size() >= kMost) kept_.clear();
  kept_.insert_or_assign(id, Kept{mark, std::move(kept)});
}

}  // namespace clinic::sqlite
