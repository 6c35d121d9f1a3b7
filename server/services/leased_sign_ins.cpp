#include "server/services/leased_sign_ins.hpp"

#include <thread>
#include <utility>

namespace clinic::server {
namespace {

SignIn NeededBy(const SignIn& sign_in) {
  const auto& [session, account] = sign_in;
  return {.session = {.id = session.id,
                      .account = session.account,
                      .created_at = session.created_at,
                      .expires_at = session.expires_at},
          .account = {.id = account.id,
                      .role = account.role,
                      .resource = account.resource,
                      .created_at = account.created_at}};
}

}  // namespace

Result<SignIn> LeasedSignIns::Find(SessionId id) {
  if (std::optional<SignIn> kept = Use(id)) return *std::move(kept);
  const Clock::time_point asked_at = Clock::now();
  Result<SignIn> found = beyond_->Find(id);
  if (found.ok() && GoesOn(*found)) {
    Keep(*found, asked_at);
  } else {
    const std::lock_guard lock(mutex_);
    leases_.erase(id);
  }
  return found;
}

std::optional<SignIn> LeasedSignIns::FindKept(SessionId id) {
  {
    const std::lock_guard lock(mutex_);
    if (const Lease* lease = FindLease(id, Clock::now())) return lease->sign_in;
  }
  return beyond_->FindKept(id);
}

Result<void> LeasedSignIns::Ended(std::span<const SessionId> sessions) {
  if (sessions.empty()) return {};
  Result<void> told = beyond_->Ended(sessions);
  std::this_thread::sleep_for(limits_.lease);
  return told;
}

std::optional<SignIn> LeasedSignIns::Use(SessionId id) {
  const std::lock_guard lock(mutex_);
  const Clock::time_point now = Clock::now();
  Lease* const lease = FindLease(id, now);
  if (lease == nullptr) return std::nullopt;
  const bool is_late = now >= lease->asked_at + limits_.lease / 2;
  if (is_late && !std::exchange(lease->is_being_renewed, true)) return std::nullopt;
  return lease->sign_in;
}

LeasedSignIns::Lease* LeasedSignIns::FindLease(SessionId id, Clock::time_point now) {
  const auto found = leases_.find(id);
  return found == leases_.end() || IsOver(found->second, now) ? nullptr : &found->second;
}

void LeasedSignIns::Keep(const SignIn& sign_in, Clock::time_point asked_at) {
  const std::lock_guard lock(mutex_);
  if (leases_.size() >= limits_.most) MakeRoom();
  Lease& lease = leases_[sign_in.session.id];
  if (lease.asked_at < asked_at) lease = {NeededBy(sign_in), asked_at};
}

void LeasedSignIns::MakeRoom() {
  const Clock::time_point now = Clock::now();
  absl::erase_if(leases_, [&](const auto& lease) { return IsOver(lease.second, now); });
  if (leases_.size() >= limits_.most) leases_.clear();
}

}  // namespace clinic::server
