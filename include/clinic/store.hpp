// Where bookings live on: the port that a database implements.
//
// A Store runs units of work. Inside one, each kind of row has a small port of its own; all that is
// written through them commits together or not at all. The store refuses by itself what must never
// be: two bookings that occupy one resource beyond its capacity at the same time. It knows no other
// rule of a clinic.
//
//   store.Write([&](UnitOfWork& work) -> Result<void> {
//     if (Result<void> inserted = work.bookings().Insert(booking); !inserted.ok()) return inserted;
//     return work.outbox().Append(event);
//   });
//
// Errors of every operation, beside those that it names: kUnavailable where the database does not
// answer in time, is read-only or full; kCorrupt where it holds what cannot be true. After a write
// that was refused the whole unit of work is rolled back, and Write returns that refusal, whatever
// the work itself returned: half of a change is never kept. Attempt confines this to a part. Not
// finding what was read for is no such refusal.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "clinic/availability.hpp"
#include "clinic/booking.hpp"
#include "clinic/directory.hpp"
#include "clinic/journal.hpp"
#include "clinic/resource.hpp"
#include "clinic/result.hpp"
#include "clinic/waitlist.hpp"

namespace clinic {

/// Bookings and their history.
class BookingStore {
 public:
  virtual ~BookingStore() = default;

  /// Adds a booking with its allocations. Errors: those of Validate(booking); kAlreadyExists where
  /// the id is taken; kUnknownResource where an allocation's resource was never added; kConflict,
  /// with everything in the way by start, where the booking occupies time, does not override, and a
  /// resource's capacity would be exceeded. All as at the instant `booking.updated_at`: holds that
  /// ran out by then are in nobody's way.
  virtual Result<void> Insert(const Booking& booking) = 0;

  /// Replaces the booking of that id, allocations included. Errors: those of Validate(booking);
  /// kNotFound; kStaleVersion unless the stored version is `booking.version - 1`; then as Insert,
  /// its own old time not counting. What it occupied before it may go on occupying, also where
  /// another one was booked over it in between (TimeToClaim); but a hold that ran out, and was
  /// booked over then, has lost its time, whatever a clock that goes behind may say.
  virtual Result<void> Update(const Booking& booking) = 0;

  /// Takes a booking's allocations away until it is updated, which has to follow in the same unit
  /// of work: so bookings can change places. Error: kNotFound.
  virtual Result<void> Vacate(BookingId id) = 0;

  /// Error: kNotFound.
  virtual Result<Booking> Get(BookingId id) = 0;

  virtual Result<std::vector<Booking>> List(const BookingQuery& query) = 0;

  /// Calls `visit` with every booking, in no particular order.
  virtual Result<void> ForEach(const std::function<void(Booking&&)>& visit) = 0;

  /// Errors: kNotFound where there is no such booking; kAlreadyExists where it has a transition to
  /// that version.
  virtual Result<void> Append(const Transition& transition) = 0;

  /// The booking's transitions, by version. Empty where there is no such booking.
  virtual Result<std::vector<Transition>> History(BookingId id) = 0;
};

/// Resources, when they are available, and when they are off.
class ResourceStore {
 public:
  virtual ~ResourceStore() = default;

  /// Errors: kInvalidArgument where the capacity is less than 1; kAlreadyExists.
  virtual Result<void> Insert(const Resource& resource) = 0;

  /// Errors: kInvalidArgument where the capacity is less than 1; kNotFound; kStaleVersion unless
  /// the stored version is `resource.version - 1`.
  virtual Result<void> Update(const Resource& resource) = 0;

  /// Error: kNotFound.
  virtual Result<Resource> Get(ResourceId id) = 0;

  virtual Result<std::vector<Resource>> List(const ResourceQuery& query) = 0;

  /// Calls `visit` with every resource, in no particular order.
  virtual Result<void> ForEach(const std::function<void(Resource&&)>& visit) = 0;

  /// Adds the rule, or replaces the one of the same id. Error: kUnknownResource.
  virtual Result<void> PutRule(ResourceId resource, const AvailabilityRule& rule) = 0;

  /// Error: kNotFound where the resource has no such rule.
  virtual Result<void> DeleteRule(ResourceId resource, RuleId id) = 0;

  /// The resource's rules, by id.
  virtual Result<std::vector<AvailabilityRule>> Rules(ResourceId resource) = 0;

  /// Adds the time off, or replaces the one of the same id. Errors: kUnknownResource; kBadInterval
  /// where the interval is not proper.
  virtual Result<void> PutTimeOff(const TimeOff& time_off) = 0;

  /// Error: kNotFound where the resource has no such time off.
  virtual Result<void> DeleteTimeOff(ResourceId resource, TimeOffId id) = 0;

  /// The resource's time off, by start, then by id.
  virtual Result<std::vector<TimeOff>> TimeOffOf(ResourceId resource) = 0;
};

/// Who waits for a time to become free.
class WaitlistStore {
 public:
  virtual ~WaitlistStore() = default;

  /// Errors: those of Validate(entry); kAlreadyExists; kUnknownResource where the patient or the
  /// resource was never added.
  virtual Result<void> Insert(const WaitlistEntry& entry) = 0;

  /// Replaces the entry of that id. Errors: those of Validate(entry); kNotFound; kStaleVersion
  /// unless the stored version is `entry.version - 1`; kUnknownResource.
  virtual Result<void> Update(const WaitlistEntry& entry) = 0;

  /// Errors: kNotFound; kStaleVersion unless the stored version is `version`.
  virtual Result<void> Delete(WaitlistId id, std::uint32_t version) = 0;

  /// Error: kNotFound.
  virtual Result<WaitlistEntry> Get(WaitlistId id) = 0;

  /// Calls `visit` with every entry, in no particular order.
  virtual Result<void> ForEach(const std::function<void(WaitlistEntry&&)>& visit) = 0;
};

/// Accounts, patients and sessions.
class DirectoryStore {
 public:
  virtual ~DirectoryStore() = default;

  /// Error: kAlreadyExists where the id or the e-mail is taken.
  virtual Result<void> Insert(const Account& account) = 0;
  /// Errors: kNotFound; kStaleVersion unless the stored version is `account.version - 1`;
  /// kAlreadyExists where another account has the e-mail.
  virtual Result<void> Update(const Account& account) = 0;
  /// Error: kNotFound.
  virtual Result<Account> GetAccount(AccountId id) = 0;
  /// `email` in lower case. Error: kNotFound.
  virtual Result<Account> FindAccount(std::string_view email) = 0;
  virtual Result<std::vector<Account>> List(const AccountQuery& query) = 0;

  /// Errors: kAlreadyExists; kUnknownResource where no resource has the patient's id.
  virtual Result<void> Insert(const Patient& patient) = 0;
  /// Errors: kNotFound; kStaleVersion unless the stored version is `patient.version - 1`.
  virtual Result<void> Update(const Patient& patient) = 0;
  /// Error: kNotFound.
  virtual Result<Patient> GetPatient(ResourceId id) = 0;

  /// Errors: kAlreadyExists; kNotFound where there is no such account.
  virtual Result<void> Insert(const Session& session) = 0;
  /// Error: kNotFound where there is no such session, or no such account.
  virtual Result<void> Update(const Session& session) = 0;
  /// Error: kNotFound.
  virtual Result<Session> GetSession(SessionId id) = 0;
  virtual Result<std::vector<Session>> List(const SessionQuery& query) = 0;

  /// Ends all sessions of an account that have not ended, but for `except`. Returns which they
  /// were, in no particular order; none where there is no such account.
  virtual Result<std::vector<SessionId>> EndSessions(AccountId account, Instant at,
                                                     std::optional<SessionId> except) = 0;

  /// Deletes an account's sessions that ended or expired before `before`: what they say of a
  /// person is kept no longer than it is of use.
  virtual Result<void> ForgetSessions(AccountId account, Instant before) = 0;

  /// Call `visit` with every row, in no particular order.
  virtual Result<void> ForEach(const std::function<void(Account&&)>& visit) = 0;
  virtual Result<void> ForEach(const std::function<void(Patient&&)>& visit) = 0;
  virtual Result<void> ForEach(const std::function<void(Session&&)>& visit) = 0;
};

/// Who did what.
class AuditStore {
 public:
  virtual ~AuditStore() = default;

  /// `entry.sequence` is given by the store.
  virtual Result<void> Append(const AuditEntry& entry) = 0;

  /// The oldest `limit` entries after `sequence`, in order.
  virtual Result<std::vector<AuditEntry>> ReadAfter(std::int64_t sequence, std::size_t limit) = 0;

  /// Reads from the newest entry back until the page is full: O(entries looked at).
  virtual Result<std::vector<AuditEntry>> List(const AuditQuery& query) = 0;
};

/// What others are to be told of: the feed of changes.
///
/// Sequences rise in the order in which units of work commit: who has read up to a sequence never
/// finds a smaller one afterwards that was not there. There may be gaps. Old events may be dropped,
/// oldest first; the last one is kept.
class OutboxStore {
 public:
  virtual ~OutboxStore() = default;

  /// `event.sequence` is given by the store.
  virtual Result<void> Append(const OutboxEvent& event) = 0;

  /// The oldest `limit` events after `sequence`, in order.
  virtual Result<std::vector<OutboxEvent>> ReadAfter(std::int64_t sequence, std::size_t limit) = 0;

  /// The event of the greatest sequence; none where there never was one.
  virtual Result<std::optional<OutboxEvent>> Last() = 0;
};

/// Answers to requests that may come again.
class IdempotencyStore {
 public:
  virtual ~IdempotencyStore() = default;

  /// Error: kAlreadyExists where the actor used that key before.
  virtual Result<void> Insert(const IdempotencyRecord& record) = 0;

  /// None where the actor never used that key.
  virtual Result<std::optional<IdempotencyRecord>> Find(std::string_view actor,
                                                        std::string_view key) = 0;

  /// Calls `visit` with every record, in no particular order.
  virtual Result<void> ForEach(const std::function<void(IdempotencyRecord&&)>& visit) = 0;
};

/// What can be done inside one transaction. Used by one thread, and only inside the function that
/// it was handed to.
class UnitOfWork {
 public:
  virtual ~UnitOfWork() = default;

  virtual BookingStore& bookings() = 0;
  virtual ResourceStore& resources() = 0;
  virtual WaitlistStore& waitlist() = 0;
  virtual DirectoryStore& directory() = 0;
  virtual AuditStore& audit() = 0;
  virtual OutboxStore& outbox() = 0;
  virtual IdempotencyStore& idempotency() = 0;

  /// Runs `part` so that what it wrote is undone if it returns an error, and the rest of the unit
  /// goes on; returns what it returned. Parts do not nest.
  virtual Result<void> Attempt(const std::function<Result<void>()>& part) = 0;
};

/// Tells one follower that there may be something new in a store.
class ChangeSignal {
 public:
  virtual ~ChangeSignal() = default;

  /// Waits until something may have been committed since Wait returned last (at first, since the
  /// signal was made), by this program or another; true then. False after `at_most`, and after
  /// Wake. It is a hint, which may come for nothing and, where a connection was lost, not at all:
  /// what was committed stands in the outbox. Called by one thread. Errors: those of the store.
  virtual Result<bool> Wait(std::chrono::milliseconds at_most) = 0;

  /// Ends the Wait that is under way, or else the next one. Safe to call from any thread.
  virtual void Wake() = 0;
};

/// A database. Safe to call from any thread.
class Store {
 public:
  using Work = std::function<Result<void>(UnitOfWork&)>;

  virtual ~Store() = default;

  /// Runs `work` in a transaction that can write. Returns without error only when everything that
  /// it wrote is durable; returns work's error, and leaves nothing behind, where it returns one.
  /// May run `work` again if the database asks for it, so `work` has no effect but through its
  /// argument and what it overwrites; what an earlier run was told, of a write that it thought done
  /// too, does not count. Writers take turns.
  virtual Result<void> Write(const Work& work) = 0;

  /// Runs `work` on one consistent state of the database, without waiting for writers. Writing in
  /// it is an error (kUnavailable).
  virtual Result<void> Read(const Work& work) = 0;

  /// The session of that id and its account, as they are at some moment while this runs: what was
  /// durable when it was called counts. What every request of a server asks, so that a database
  /// may answer many at once; as it is here, it reads. Error: kNotFound.
  virtual Result<SignIn> FindSignIn(SessionId id);

  /// What FindSignIn would answer, where that is known without waiting for anything: no disk, no
  /// network, nobody who does. Nothing where it is not, and where a store keeps no sign-ins.
  virtual std::optional<SignIn> FindKeptSignIn(SessionId) { return std::nullopt; }

  /// A signal for one who follows the changes; the store outlives it.
  virtual Result<std::unique_ptr<ChangeSignal>> Watch() = 0;
};

}  // namespace clinic
