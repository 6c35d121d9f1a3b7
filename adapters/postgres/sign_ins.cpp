#include "adapters/postgres/sign_ins.hpp"

#include <algorithm>
#include <utility>

#include "adapters/not_found.hpp"
#include "adapters/postgres/directory.hpp"

namespace clinic::postgres {

Result<SignIn> SignIns::Find(SessionId id) {
  const auto entry = std::make_shared<Entry>(id);
  if (!Join(entry) || entry->Await() == Waiter::Turn::kLeads) Lead(entry);
  return *std::move(entry->answer);
}

bool SignIns::Join(const std::shared_ptr<Entry>& entry) {
  const std::lock_guard lock(mutex_);
  if (somebody_leads_) {
    waiting_.push_back(entry);
    return true;
  }
  somebody_leads_ = true;
  return false;
}

void SignIns::Lead(const std::shared_ptr<Entry>& leader) {
  Entries entries = {leader};
  {
    const std::lock_guard lock(mutex_);
    entries.insert(entries.end(), waiting_.begin(), waiting_.end());
    waiting_.clear();
  }
  Answer(entries);
  std::shared_ptr<Entry> next;
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty()) {
      somebody_leads_ = false;
    } else {
      next = std::move(waiting_.front());
      waiting_.erase(waiting_.begin());
    }
  }
  if (next) next->Waiter::Lead();
  Waiter::TellAll(entries);
}

void SignIns::Answer(const Entries& entries) {
  std::vector<SessionId> ids;
  for (const std::shared_ptr<Entry>& entry : entries) ids.push_back(entry->id);
  std::ranges::sort(ids);
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  const auto id_of = [](const SignIn& found) { return found.session.id; };
  const Result<std::vector<SignIn>> found = Guarded([&]() -> Result<std::vector<SignIn>> {
    std::vector<SignIn> looked_up = LookUp(ids);
    std::ranges::sort(looked_up, {}, id_of);
    return looked_up;
  });
  for (const std::shared_ptr<Entry>& entry : entries) {
    if (!found.ok()) {
      entry->answer = found.error();
      continue;
    }
    const auto its = std::ranges::lower_bound(*found, entry->id, {}, id_of);
    if (its != found->end() && its->session.id == entry->id) {
      entry->answer = *its;
    } else {
      entry->answer = NoSession(entry->id);
    }
  }
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
