#include "adapters/postgres/sign_ins.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "adapters/not_found.hpp"
#include "adapters/postgres/directory.hpp"

namespace clinic::postgres {

Result<SignIn> SignIns::Find(SessionId id) {
  const auto entry = std::make_shared<Entry>(id);
  if (!Join(entry) || entry->Await() == Waiter::Turn::kLeads) Lead(*entry);
  if (!entry->answer) return Error{ErrorCode::kUnavailable, "the session was not looked up"};
  return *std::move(entry->answer);
}

bool SignIns::Join(const std::shared_ptr<Entry>& entry) {
  const std::lock_guard lock(mutex_);
  if (leaders_ < kMostLeaders) {
    ++leaders_;
    return false;
  }
  waiting_.push_back(entry);
  return true;
}

void SignIns::Lead(Entry& leader) {
  const Entries others = TakeWaiting();
  std::exception_ptr failure;
  try {
    Answer(leader, others);
  } catch (...) {
    failure = std::current_exception();
  }
  HandOver();
  leader.TellAll(std::span(others));
  if (failure) std::rethrow_exception(failure);
}

SignIns::Entries SignIns::TakeWaiting() {
  const std::lock_guard lock(mutex_);
  return std::exchange(waiting_, {});
}

void SignIns::HandOver() {
  std::shared_ptr<Entry> next;
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty()) {
      --leaders_;
      return;
    }
    next = std::move(waiting_.front());
    waiting_.erase(waiting_.begin());
  }
  next->LetLead();
}

void SignIns::Answer(Entry& leader, const Entries& others) {
  std::vector<SessionId> ids = {leader.id};
  for (const std::shared_ptr<Entry>& entry : others) ids.push_back(entry->id);
  std::ranges::sort(ids);
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  const auto id_of = [](const SignIn& found) { return found.session.id; };
  const Result<std::vector<SignIn>> found = Guarded([&]() -> Result<std::vector<SignIn>> {
    std::vector<SignIn> looked_up = LookUp(ids);
    std::ranges::sort(looked_up, {}, id_of);
    return looked_up;
  });
  const auto answer = [&](SessionId id) -> Result<SignIn> {
    if (!found.ok()) return found.error();
    const auto its = std::ranges::lower_bound(*found, id, {}, id_of);
    if (its == found->end() || its->session.id != id) return NoSession(id);
    return *its;
  };
  leader.answer = answer(leader.id);
  for (const std::shared_ptr<Entry>& entry : others) entry->answer = answer(entry->id);
}

// A connection that broke since it was used last takes nothing with it: another one does as well.
std::vector<SignIn> SignIns::LookUp(const std::vector<SessionId>& ids) {
  const Deadline deadline = std::chrono::steady_clock::now() + options_.wait_for_connection;
  for (;;) {
    Pool::Lease lease = pool_.Take(deadline);
    try {
      return FindSignIns(lease.connection(), ids);
    } catch (const Failure& failure) {
      if (!failure.ends_connection()) throw;
      lease.Discard();
      if (std::chrono::steady_clock::now() >= deadline) throw;
    }
  }
}

}  // namespace clinic::postgres
