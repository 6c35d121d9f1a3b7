// The scheduler: everything that a clinic books, behind one object.
//
//   clinic::SystemClock clock;
//   clinic::UuidV7Generator ids(clock, seed);
//   clinic::Scheduler scheduler(clock, ids);
//   scheduler.AddResource(doctor);
//   auto booked = scheduler.Book({.resources = {doctor.id, patient.id}, .interval = {start, end}});
//   if (!booked.ok()) Show(booked.error().conflicts, booked.error().alternatives);
//
// Made with a clock alone, a scheduler lives in memory. Opened over a Store, it answers from memory
// and writes through: whatever it acknowledges is durable, and opening the store again gives the
// same scheduler.
//
// The rules of booking. A booking takes one interval on several resources, all of them or none. It
// can be booked where each of its resources says so (clinic/schedule.hpp); FindSlots offers exactly
// the times that Book accepts. A hold is a booking that runs out by itself; from the instant
// `expires_at` on its time is free.
//
// A pool is all the resources that have one specialty. Who asks for n of a pool gets any n of its
// members, and the booking is accepted wherever *some* assignment of members exists: where too few
// are free, other bookings that asked for a pool are given other members of theirs, at their time
// ("reassign" in their history). Never reassigned is what was asked for by name, was booked over
// something on purpose, has begun, is neither held nor in the state that Book begins in, or is just
// being written. In general the question is NP-complete (engine/pool_assignment.hpp): it is given
// up after 20,000 steps, or 500 bookings that could be reassigned, and the booking refused.
//
// Errors are reported in the order of ErrorCode: where several apply, the first one. A refusal for
// kOutsideAvailability, kOffGrid or kConflict names the nearest times that can be booked instead.
//
// Several schedulers, in one program or on several machines, may stand over one store. Each answers
// from a memory of its own, which CatchUp brings up to date with what the others did; the store
// alone decides who gets a time. Whatever is refused for something that may have changed meanwhile
// is asked again after catching up, so a refusal names what stands in the way now, and what one
// scheduler acknowledged can be changed through another at once. Only what succeeds in reading may
// be as old as the last CatchUp.
//
// Thread-safe: any thread may call anything at any time, and callers never lock. Bookings on
// different resources do not wait for each other, and no reader waits for a disk, but to be told
// that something is not there. What is written alongside must not call the scheduler.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "clinic/availability.hpp"
#include "clinic/booking.hpp"
#include "clinic/change.hpp"
#include "clinic/clock.hpp"
#include "clinic/id_generator.hpp"
#include "clinic/resource.hpp"
#include "clinic/result.hpp"
#include "clinic/slot_query.hpp"
#include "clinic/store.hpp"
#include "clinic/waitlist.hpp"
#include "clinic/workflow.hpp"

namespace clinic {

struct SchedulerOptions {
  Duration longest_booking = std::chrono::hours{24};
  Duration longest_hold = std::chrono::hours{24};
  Duration default_hold = std::chrono::minutes{5};  ///< of a hold that a transition leads to
  /// Of a hold that the waitlist is offered; at most until the visit begins.
  Duration waitlist_hold = std::chrono::minutes{15};
  Duration horizon = std::chrono::days{731};  ///< how far ahead of now a booking may end
  std::size_t alternatives = 3;               ///< how many a refusal names at most
  const Workflow* workflow = &Workflow::Fhir();
  /// How many threads Open may keep at work, the caller's included. They are gone when it returns.
  std::size_t load_threads = 1;
};

/// Who asks for a change, and from where: goes into the history and the audit.
struct Command {
  std::string actor = "system";
  std::string source{};   ///< an address
  std::string request{};  ///< a request's id
  std::string reason{};   ///< why, in the actor's words
  /// The change is refused with kStaleVersion unless the booking has this version.
  std::optional<std::uint32_t> expected_version{};
};

/// What else is to be written in a change's own transaction; is told what the change made. Not
/// called in a scheduler without a store. Its error undoes the change.
template <typename T>
using Alongside = std::function<Result<void>(UnitOfWork&, const T&)>;

class Branch;

class Scheduler {
 public:
  /// A scheduler in memory. The clock, the generator and the workflow must outlive it.
  Scheduler(const Clock& clock, IdGenerator& ids, SchedulerOptions options = {});

  /// A scheduler over a store, which must outlive it. Errors: those of the store; kCorrupt where a
  /// booking has a status that the workflow does not know.
  static Result<std::unique_ptr<Scheduler>> Open(Store& store, const Clock& clock, IdGenerator& ids,
                                                 SchedulerOptions options = {});

  ~Scheduler();
  Scheduler(Scheduler&&) noexcept;
  Scheduler& operator=(Scheduler&&) noexcept;

  // --- Resources
  // -----------------------------------------------------------------------------------

  /// Adds a resource; its id is made where it is nil. Errors: kInvalidArgument where a number is
  /// out of its range or the zone unknown; kAlreadyExists.
  Result<Resource> AddResource(Resource resource, const Command& command = {},
                               const Alongside<Resource>& alongside = {});

  /// Adds each of the resources, as AddResource, in one transaction; one that is refused does not
  /// refuse its neighbours, but where the transaction fails none is added. `alongside` is told of
  /// each; its error refuses that one. The results stand in the order of the resources.
  std::vector<Result<Resource>> AddResources(std::span<const Resource> resources,
                                             const Command& command = {},
                                             const Alongside<Resource>& alongside = {});

  /// Replaces a resource of the same id; its version rises. Bookings stay as they are. Errors:
  /// kUnknownResource; kStaleVersion; kInvalidArgument as AddResource, or where the capacity
  /// changes.
  Result<Resource> UpdateResource(Resource resource, const Command& command = {},
                                  const Alongside<Resource>& alongside = {});

  /// Error: kUnknownResource.
  Result<Resource> FindResource(ResourceId id) const;

  /// The resources that have a specialty, by id. O(what is found).
  std::vector<Resource> ResourcesWithSpecialty(const std::string& specialty) const;

  /// Adds a rule to a resource's availability, or replaces the one of the same id; an id is made
  /// where it is nil. Errors: kUnknownResource; kInvalidArgument and kUnbounded as ExpandWindows.
  Result<AvailabilityRule> PutAvailability(ResourceId id, AvailabilityRule rule,
                                           const Command& command = {},
                                           const Alongside<AvailabilityRule>& alongside = {});

  /// Puts `after`, with its id, in the place of `before`, where that still is as it is given: who
  /// read a rule does not overwrite what somebody else made of it. Errors: as PutAvailability;
  /// kNotFound where there is no such rule any more; kStaleVersion where it is another one by now.
  Result<AvailabilityRule> ReplaceAvailability(ResourceId id, const AvailabilityRule& before,
                                               AvailabilityRule after, const Command& command = {});

  /// Errors: kUnknownResource; kNotFound.
  Result<void> DeleteAvailability(ResourceId id, RuleId rule, const Command& command = {});

  /// Adds time off, or replaces that of the same id; an id is made where it is nil. Errors:
  /// kUnknownResource; kBadInterval.
  Result<TimeOff> PutTimeOff(TimeOff time_off, const Command& command = {},
                             const Alongside<TimeOff>& alongside = {});

  /// Errors: kUnknownResource; kNotFound.
  Result<void> DeleteTimeOff(ResourceId id, TimeOffId time_off, const Command& command = {});

  /// A resource's rules, and its time off. Error: kUnknownResource.
  Result<std::vector<AvailabilityRule>> AvailabilityOf(ResourceId id) const;
  Result<std::vector<TimeOff>> TimeOffOf(ResourceId id) const;

  /// The windows of a resource's availability that overlap `range`, cut to it, time off taken out.
  /// Errors: kUnknownResource; kBadInterval; kUnbounded.
  Result<std::vector<Interval>> WindowsOf(ResourceId id, const Interval& range) const;

  /// The bookings of a resource that occupy time from now on and no longer lie in its availability.
  /// Error: kUnknownResource.
  Result<std::vector<Booking>> OutsideAvailability(ResourceId id) const;

  // --- Bookings
  // ------------------------------------------------------------------------------------

  /// Books. Errors: kInvalidArgument where there are no resources and pools or one is given twice,
  /// there are more than 64 in all, or the status is not an initial one; kUnknownResource, also
  /// where the pools have fewer members than are asked for; kBadInterval; kAlreadyExists;
  /// kInThePast; kTooLong; kBeyondHorizon; kOutsideAvailability; kOffGrid; kConflict; kUnavailable,
  /// also where others were faster again and again while a pool's members were chosen.
  Result<Booking> Book(const BookRequest& request, const Command& command = {},
                       const Alongside<Booking>& alongside = {});

  /// Books each of the requests, in one transaction; one that is refused does not refuse its
  /// neighbours, but where the transaction fails none is booked; what one of them had reassigned
  /// stays where it is for those after it. The results stand in the order of the requests;
  /// `alongside` is told of all of them.
  std::vector<Result<Booking>> BookEach(
      std::span<const BookRequest> requests, const Command& command = {},
      const Alongside<std::vector<Result<Booking>>>& alongside = {});

  /// Books until now + `ttl`. Errors: kInvalidArgument where the ttl is not longer than nothing or
  /// too long; those of Book; kIllegalTransition where the workflow has no holds.
  Result<Booking> Hold(const BookRequest& request, Duration ttl, const Command& command = {},
                       const Alongside<Booking>& alongside = {});

  /// Makes a hold a booking; lets go of a hold; ends a booking. As Transition.
  Result<Booking> Confirm(BookingId id, const Command& command = {});
  Result<Booking> Release(BookingId id, const Command& command = {});
  Result<Booking> Cancel(BookingId id, const Command& command = {});

  /// Takes an action of the workflow. Errors: kNotFound; kStaleVersion; kIllegalTransition, with
  /// the actions that are possible; kHoldExpired; kConflict where the new state takes up time that
  /// was free in the old one and is taken by now; kUnavailable.
  Result<Booking> Transition(BookingId id, std::string_view action, const Command& command = {},
                             const Alongside<Booking>& alongside = {});

  /// Moves a booking. Where it is refused the old time stays booked. Errors: kNotFound;
  /// kStaleVersion; kIllegalTransition unless it is held, or in the state that Book begins in;
  /// kHoldExpired; those of Book.
  Result<Booking> Reschedule(BookingId id, const RescheduleRequest& request,
                             const Command& command = {}, const Alongside<Booking>& alongside = {});

  /// Makes several changes at once, all of them or none, in one transaction. Every time that is
  /// given up is free for what is taken, so that two bookings can change places. No booking comes
  /// up twice. The results stand in the order of the changes. Errors: kInvalidArgument where a
  /// booking comes up twice; else that of the first change that is refused, as Book, Reschedule and
  /// Transition, with its position (Error::position) where there are several. O(changes x log n).
  Result<std::vector<Booking>> Apply(std::span<const Change> changes, const Command& command = {},
                                     const Alongside<std::vector<Booking>>& alongside = {});

  /// Adds time off, as PutTimeOff, and makes changes, as Apply, in one transaction: both or
  /// neither. Nothing is booked in that time while the transaction is under way. Errors: those of
  /// PutTimeOff; those of Apply.
  Result<std::vector<Booking>> ApplyWithTimeOff(
      const TimeOff& time_off, std::span<const Change> changes, const Command& command = {},
      const Alongside<std::vector<Booking>>& alongside = {});

  // --- Branches (clinic/branch.hpp)
  // ----------------------------------------------------------------

  /// A trial version of this scheduler, as it is now. O(1). Error: kInvalidArgument in a branch.
  Result<Branch> MakeBranch() const;

  /// Makes true what was tried in a branch, all of it or nothing, in one transaction; the branch
  /// stays as it is. Returns what differs, by id. What happened to a booking in several steps
  /// becomes one, which the history calls "commit". Only bookings can be committed: resources and
  /// their hours that were changed in the branch are not. Errors: kInvalidArgument where it is not
  /// a branch of this scheduler; kStaleVersion where it was overtaken, that is where a booking that
  /// it changed, or a calendar in which it changed something, was changed here since it was made;
  /// else those of Apply. O(differences x log n).
  Result<std::vector<Booking>> Commit(const Branch& branch, const Command& command = {},
                                      const Alongside<std::vector<Booking>>& alongside = {});

  /// Error: kNotFound.
  Result<Booking> Find(BookingId id) const;

  /// The bookings that take up time of a resource in `range`, buffers included, by start, then by
  /// id. Errors: kUnknownResource; kBadInterval. O(log n + what is found).
  Result<std::vector<Booking>> BookingsOf(ResourceId id, const Interval& range) const;

  /// The earliest start t >= from at which a visit of that length can be booked on all of the
  /// resources at once and ends by `until`; none where there is none, or it has passed. Errors:
  /// kInvalidArgument where there are no resources, one is given twice, or the length is not longer
  /// than nothing; kUnknownResource; kTooLong; kUnbounded. O(log n) a resource, times the gaps that
  /// one of them has and another has not.
  Result<std::optional<Instant>> EarliestStart(std::span<const ResourceId> resources, Instant from,
                                               Duration length, Instant until) const;

  /// Whether Book would accept the request now. Errors: as Book.
  Result<void> Check(const BookRequest& request) const;

  /// What BookEach would answer now: each request is judged as if those before it that can be had
  /// were booked. Locks all of their resources at once while it judges.
  std::vector<Result<void>> CheckEach(std::span<const BookRequest> requests) const;

  /// The first times that can be booked, in the order of the query's ranking. Errors:
  /// kInvalidArgument where neither resources nor a specialty nor pools are given, or a duration, a
  /// window of the week or a zone makes no sense; kUnknownResource; kBadInterval; kTooLong. An
  /// unknown specialty gives no times. With pools alone a duration is needed, and a zone where
  /// windows of the week are given; the ranking has no meaning. Asks those who are named each; of a
  /// specialty with many members only those who can come first (engine/README.md): with d days
  /// before the time that is found, O(d) and for each that is asked as EarliestStart, once the days
  /// have been looked at before. Ranked by kTightest it may look at all times of the range.
  Result<std::vector<Slot>> FindSlots(const SlotQuery& query) const;

  /// Whether FindSlots of these resources, in this range, would ask neither the store nor a rule,
  /// nor wait for anybody, nor take long: all of them are known here, their hours are expanded that
  /// far, those without hours have 32 bookings at most, in whose gaps others have to be asked
  /// again, and nobody is at work on one of them. A moment later it may be otherwise. Never waits.
  /// O(resources).
  bool HasAtHand(std::span<const ResourceId> resources, const Interval& range) const;

  /// Why FindSlots finds nothing; empty where it finds something. Each thing that alone is in the
  /// way is an explanation, in the order of Blocker::Kind; where there is none, one explanation
  /// that names several. Errors: as FindSlots; kInvalidArgument where only pools are asked for.
  /// Looks at copies of the schedules, and so at one state of each. O(n) in the bookings of all
  /// that are asked, three days around the range, times the things that can be in the way.
  Result<std::vector<Explanation>> WhatBlocks(const SlotQuery& query) const;

  // --- Waitlist (clinic/waitlist.hpp)
  // ------------------------------------------------------------------------------

  /// Joins the waitlist; an id is made where it is nil. What is free already is not offered:
  /// whoever can book does. Errors: those of Validate(entry), and kInvalidArgument in a branch,
  /// which has no waitlist of its own; kUnknownResource; kAlreadyExists; kIllegalTransition where
  /// the workflow has no holds; kInThePast where the range leaves no time for the visit any more;
  /// kTooLong; kUnavailable. O(log n), times twice the logarithm of the days in the range.
  ///
  /// From then on, whenever a change (Transition, Reschedule, Apply, Commit) frees time, it offers
  /// that to who comes first, in its own transaction, with an event "waitlist.offered". An offer
  /// that cannot be made does not keep the change from happening. The time of a hold that runs out
  /// is offered by the next ExpireHolds, if it is still free then. Changed opening hours are not
  /// offered. Of n who wait this costs O(log n) for each day and each length of a visit, and for
  /// each entry that would come first but for its own range or its patient's calendar.
  Result<WaitlistEntry> JoinWaitlist(WaitlistEntry entry, const Command& command = {},
                                     const Alongside<WaitlistEntry>& alongside = {});

  /// Leaves the waitlist; a hold that is offered is let go of, and offered to the next. Errors:
  /// kNotFound, also for one whose offer was confirmed; kIllegalTransition where the workflow does
  /// not let go of holds; kUnavailable.
  Result<void> LeaveWaitlist(WaitlistId id, const Command& command = {});

  /// Error: kNotFound.
  Result<WaitlistEntry> FindWaitlistEntry(WaitlistId id) const;

  /// Who waits, by age, then by id. O(log n + what is found).
  std::vector<WaitlistEntry> Waitlist(const WaitlistQuery& query = {}) const;

  /// Writes down the end of the holds that ran out; their time is free already, by the clock, and
  /// is offered to the waitlist now. Returns how many. Error: kUnavailable, after which they are
  /// written down the next time.
  Result<std::size_t> ExpireHolds();

  /// Takes up what other schedulers over the same store have committed by the time of the call:
  /// bookings, resources and their hours, the waitlist. Does nothing where there is no store, or
  /// nothing new. Waits for changes of the same bookings that are being written down here. Errors:
  /// those of the store, after which it can be called again; kCorrupt where the store's events do
  /// not go on where they were left, that is where it was reset or restored from a backup, or where
  /// one of them tells of what cannot be: then this scheduler knows the store no more, and another
  /// one has to be opened. O(events log events).
  Result<void> CatchUp();

  /// The instant by which time is judged.
  Instant Now() const;

  /// An id that was never made before, by the generator that this scheduler makes its ids with.
  Uuid NewUuid();

 private:
  friend class Branch;
  class Impl;
  explicit Scheduler(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace clinic
