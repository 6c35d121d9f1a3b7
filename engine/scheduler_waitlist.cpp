// The waitlist: who joins and who leaves, and what is written down of it.
#include <algorithm>
#include <utility>

#include "engine/scheduler_impl.hpp"

namespace clinic {

using internal::WaitlistChange;
using internal::WaitlistEntryPtr;

namespace {

Error NobodyWaits(WaitlistId id) {
  return {ErrorCode::kNotFound, "nobody waits as " + ToString(id)};
}

/// What the feed calls what the audit calls `action`.
std::string_view EventOf(std::string_view action) {
  if (action == "join") return "joined";
  if (action == "offer") return "offered";
  if (action == "decline") return "declined";
  if (action == "serve") return "served";
  return "left";
}

}  // namespace

Result<WaitlistEntry> Scheduler::Impl::JoinWaitlist(WaitlistEntry entry, const Command& command,
                                                    const Alongside<WaitlistEntry>& alongside) {
  if (IsBranch()) return Error{ErrorCode::kInvalidArgument, "a branch has no waitlist of its own"};
  if (entry.id.is_nil()) entry.id = WaitlistId(ids_.NewUuid());
  entry.since = Now();
  entry.offer.reset();
  entry.declined.clear();
  entry.version = 1;
  if (Result<void> checked = CheckWaiting(entry); !checked.ok()) return std::move(checked).error();
  if (!waitlist_.Reserve(entry.id)) {
    return Error{ErrorCode::kAlreadyExists, "somebody waits as " + ToString(entry.id) + " already"};
  }
  Result<void> joined;
  if (!workflow_.held()) {
    joined = Error{ErrorCode::kIllegalTransition, "the workflow has no holds to offer"};
  } else if (entry.range.end - entry.duration <= entry.since) {
    joined = Error{ErrorCode::kInThePast, "the range leaves no time for the visit"};
  } else if (entry.duration > options_.longest_booking) {
    joined = Error{ErrorCode::kTooLong, "no booking takes that long"};
  } else {
    joined = Commit([&](UnitOfWork& work) -> Result<void> {
      Result<void> written = work.waitlist().Insert(entry);
      if (written.ok()) written = AnnounceEntry(work, entry, entry.version, "join", command);
      return written.ok() && alongside ? alongside(work, entry) : written;
    });
  }
  if (!joined.ok()) {
    waitlist_.Remove(entry.id);
    return std::move(joined).error();
  }
  waitlist_.PutBack(entry);
  return entry;
}

Result<void> Scheduler::Impl::CheckWaiting(const WaitlistEntry& entry) const {
  Result<void> valid = Validate(entry);
  if (!valid.ok() && valid.error().code == ErrorCode::kInvalidArgument) return valid;
  for (const ResourceId id : {entry.patient, entry.resource.value_or(entry.patient)}) {
    if (FindState(id)) continue;
    return Error{ErrorCode::kUnknownResource, "there is no resource " + ToString(id)};
  }
  return valid;
}

Result<void> Scheduler::Impl::LeaveWaitlist(WaitlistId id, const Command& command) {
  for (;;) {
    // A hold that ran out has to be written down before its entry can leave as one that waits.
    Result<std::size_t> expired = ExpireHolds();
    if (!expired.ok()) return std::move(expired).error();
    if (const WaitlistEntryPtr waits = waitlist_.AwaitAndTakeOut(id)) {
      return LeaveLine(*waits, command);
    }
    const WaitlistEntryPtr entry = waitlist_.Find(id);
    if (!entry) return NobodyWaits(id);
    if (!entry->offer) continue;
    // Meanwhile the hold may have run out, or been let go of, here or by another program; and one
    // that is just being offered is there in a moment.
    Result<void> left = LetGoOfOffer(entry, command);
    const bool has_ended = !left.ok() && (left.error().code == ErrorCode::kHoldExpired ||
                                          left.error().code == ErrorCode::kNotFound);
    if (!has_ended) return left;
    if (Result<void> fresh = CatchUp(); !fresh.ok()) return fresh;
  }
}

Result<void> Scheduler::Impl::LeaveLine(const WaitlistEntry& entry, const Command& command) {
  const WaitlistChange change{
      .before = std::make_shared<const WaitlistEntry>(entry), .after = {}, .action = "leave"};
  Result<void> left = Commit([&](UnitOfWork& work) { return RecordEntry(work, change, command); });
  if (left.ok()) {
    SettleEntry(change);
  } else {
    waitlist_.PutBack(entry);
  }
  return left;
}

Result<void> Scheduler::Impl::LetGoOfOffer(const WaitlistEntryPtr& entry, const Command& command) {
  const std::lock_guard change(ChangeLock(*entry->offer));
  if (waitlist_.OfferedAs(*entry->offer) != entry) return NobodyWaits(entry->id);
  Result<Step> step = PrepareTransition({*entry->offer, std::string(action::kRelease)});
  if (!step.ok()) return std::move(step).error();
  step->waitlist = std::make_shared<const WaitlistChange>(WaitlistChange{entry, {}, "leave"});
  const Result<Booking> released = Finish(*std::move(step), command, {});
  return released.ok() ? Result<void>() : released.error();
}

Result<WaitlistEntry> Scheduler::Impl::FindWaitlistEntry(WaitlistId id) const {
  const WaitlistEntryPtr entry = waitlist_.Find(id);
  if (!entry) return NobodyWaits(id);
  return *entry;
}

std::shared_ptr<const WaitlistChange> Scheduler::Impl::AfterOffer(const Booking& after) const {
  const WaitlistEntryPtr before = waitlist_.OfferedAs(after.id);
  if (!before) return nullptr;
  WaitlistChange change{.before = before, .after = {}, .action = "serve"};
  if (after.occupies) {
    if (workflow_.IsHeld(*workflow_.Find(after.status))) return nullptr;
    return std::make_shared<const WaitlistChange>(std::move(change));
  }
  WaitlistEntry& entry = change.after.emplace(*before);
  entry.offer.reset();
  entry.version += 1;
  std::erase_if(entry.declined,
                [&](const DeclinedVisit& v) { return v.interval.end <= after.updated_at; });
  for (const Allocation& allocation : after.allocations) {
    if (allocation.resource == entry.patient) continue;
    entry.declined.push_back({allocation.resource, after.interval});
  }
  change.action = "decline";
  return std::make_shared<const WaitlistChange>(std::move(change));
}

void Scheduler::Impl::SettleEntry(const WaitlistChange& change) {
  if (change.after) {
    waitlist_.PutBack(*change.after);
  } else {
    waitlist_.Remove(change.before->id);
  }
}

Result<void> Scheduler::Impl::RecordEntry(UnitOfWork& work, const WaitlistChange& change,
                                          const Command& command) const {
  const WaitlistEntry& before = *change.before;
  Result<void> written = change.after ? work.waitlist().Update(*change.after)
                                      : work.waitlist().Delete(before.id, before.version);
  if (!written.ok()) return written;
  return AnnounceEntry(work, before, before.version + 1, change.action, command);
}

Result<void> Scheduler::Impl::AnnounceEntry(UnitOfWork& work, const WaitlistEntry& entry,
                                            std::uint32_t version, std::string_view action,
                                            const Command& command) const {
  Result<void> written = work.outbox().Append({.type = "waitlist." + std::string(EventOf(action)),
                                               .subject = entry.id.uuid(),
                                               .version = version,
                                               .at = Now()});
  if (!written.ok()) return written;
  return Audit(work, "waitlist." + std::string(action), ToString(entry.id), entry.patient, command);
}

Result<bool> Scheduler::Impl::WriteWaitlist(UnitOfWork& work,
                                            const std::shared_ptr<const WaitlistChange>& change,
                                            const Command& command) const {
  if (!change) return true;
  Result<void> recorded = work.Attempt([&] { return RecordEntry(work, *change, command); });
  if (recorded.ok()) return true;
  if (recorded.error().code == ErrorCode::kUnavailable) return std::move(recorded).error();
  return false;
}

Result<void> Scheduler::Impl::WriteOffers(UnitOfWork& work, std::span<const Step> offers,
                                          const Command& command,
                                          std::vector<bool>& refused) const {
  const Command offering{.actor = "system",
                         .source = command.source,
                         .request = command.request,
                         .reason = "first on the waitlist for a time that was freed"};
  for (std::size_t i = 0; i < offers.size(); ++i) {
    const Booking& hold = offers[i].after;
    Result<void> recorded = work.Attempt([&]() -> Result<void> {
      Result<void> written = Record(work, hold, offers[i].action, "", offering);
      return written.ok() ? RecordEntry(work, *offers[i].waitlist, offering) : written;
    });
    refused[i] = !recorded.ok();
    if (refused[i] && recorded.error().code == ErrorCode::kUnavailable) return recorded;
  }
  return {};
}

bool Scheduler::Impl::OfferHasEnded(const WaitlistEntry& entry) const {
  // A hold that ran out meanwhile still stands, until ExpireHolds.
  const auto hold = bookings_.Find(*entry.offer);
  return hold && !workflow_.IsHeld(*workflow_.Find(hold->status));
}

Result<void> Scheduler::Impl::LoadWaitlist(UnitOfWork& work) {
  Result<void> failed;
  Result<void> read = work.waitlist().ForEach([&](WaitlistEntry&& entry) {
    const bool sound = CheckWaiting(entry).ok() && waitlist_.Reserve(entry.id);
    if (!sound) {
      failed = Error{ErrorCode::kCorrupt, "the waitlist's entry " + ToString(entry.id) +
                                              " names what is not there, or is there twice"};
      return;
    }
    if (entry.offer && (OfferHasEnded(entry) || !bookings_.Contains(*entry.offer))) {
      entry.offer.reset();
    }
    waitlist_.PutBack(entry);
  });
  return read.ok() ? failed : read;
}

}  // namespace clinic
