// The inside of the scheduler. How it works is told in README.md beside this file.
#pragma once

#include <absl/container/btree_map.h>

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "clinic/branch.hpp"
#include "clinic/scheduler.hpp"
#include "engine/booking_registry.hpp"
#include "engine/hold_queue.hpp"
#include "engine/lock_in_order.hpp"
#include "engine/resource_directory.hpp"
#include "engine/scheduler_step.hpp"
#include "engine/versions.hpp"
#include "engine/waiting_line.hpp"

namespace clinic {

class Scheduler::Impl {
 public:
  Impl(Store* store, const Clock& clock, IdGenerator& ids, SchedulerOptions options);
  /// A branch of `origin`, which outlives it.
  explicit Impl(Impl& origin);
  ~Impl();

  Instant Now() const { return clock_.Now(); }
  Uuid NewUuid() { return ids_.NewUuid(); }

  Result<void> Load();     // scheduler_load.cpp
  Result<void> CatchUp();  // scheduler_follower.hpp
  template <typename Ask>
  auto Freshly(Ask ask);  // catches up where others may have to do with its refusal

  // scheduler_resources.cpp
  Result<Resource> AddResource(Resource resource, const Command& command,
                               const Alongside<Resource>& alongside);
  std::vector<Result<Resource>> AddResources(std::span<const Resource> resources,
                                             const Command& command,
                                             const Alongside<Resource>& alongside);
  Result<Resource> UpdateResource(Resource resource, const Command& command,
                                  const Alongside<Resource>& alongside);
  Result<Resource> FindResource(ResourceId id) const;
  bool HasAtHand(std::span<const ResourceId> resources, const Interval& range) const;
  std::vector<Resource> ResourcesWithSpecialty(const std::string& specialty) const;
  Result<AvailabilityRule> PutAvailability(ResourceId id, AvailabilityRule rule,
                                           const AvailabilityRule* before, const Command& command,
                                           const Alongside<AvailabilityRule>& alongside);
  Result<void> DeleteAvailability(ResourceId id, RuleId rule, const Command& command);
  Result<TimeOff> PutTimeOff(TimeOff time_off, const Command& command,
                             const Alongside<TimeOff>& alongside);
  Result<void> DeleteTimeOff(ResourceId id, TimeOffId time_off, const Command& command);
  Result<std::vector<AvailabilityRule>> AvailabilityOf(ResourceId id) const;
  Result<std::vector<TimeOff>> TimeOffOf(ResourceId id) const;
  Result<std::vector<Interval>> WindowsOf(ResourceId id, const Interval& range) const;
  Result<std::vector<Booking>> OutsideAvailability(ResourceId id);

  // scheduler_book.cpp
  Result<Booking> Book(const BookRequest& request, const Command& command,
                       const Alongside<Booking>& alongside);
  using AlongsideEach = Alongside<std::vector<Result<Booking>>>;
  std::vector<Result<Booking>> BookEach(std::span<const BookRequest> requests,
                                        const Command& command, const AlongsideEach& alongside);
  Result<void> Check(const BookRequest& request);

  // scheduler_check.cpp
  std::vector<Result<void>> CheckEach(std::span<const BookRequest> requests);

  // scheduler_change.cpp
  Result<Booking> Transition(BookingId id, std::string_view action, const Command& command,
                             const Alongside<Booking>& alongside);
  Result<Booking> Reschedule(BookingId id, const RescheduleRequest& request, const Command& command,
                             const Alongside<Booking>& alongside);
  Result<std::vector<Booking>> Apply(std::span<const Change> changes, const Command& command,
                                     const Alongside<std::vector<Booking>>& alongside);

  // scheduler_time_off.cpp
  Result<std::vector<Booking>> ApplyWithTimeOff(TimeOff time_off, std::span<const Change> changes,
                                                const Command& command,
                                                const Alongside<std::vector<Booking>>& alongside);

  // scheduler_branch.cpp
  bool IsBranch() const { return origin_ != nullptr; }
  std::vector<Difference> Differences() const;
  Result<std::vector<Booking>> CommitBranch(const Impl& branch, const Command& command,
                                            const Alongside<std::vector<Booking>>& alongside);

  // scheduler_holds.cpp
  void FreeDueHolds();
  Result<std::size_t> ExpireHolds();

  // scheduler_waitlist.cpp
  Result<WaitlistEntry> JoinWaitlist(WaitlistEntry entry, const Command& command,
                                     const Alongside<WaitlistEntry>& alongside);
  Result<void> LeaveWaitlist(WaitlistId id, const Command& command);
  Result<WaitlistEntry> FindWaitlistEntry(WaitlistId id) const;
  std::vector<WaitlistEntry> Waitlist(const WaitlistQuery& query) const {
    return waitlist_.List(query);
  }

  // scheduler_find.cpp
  Result<Booking> Find(BookingId id);
  Result<std::vector<Booking>> BookingsOf(ResourceId id, const Interval& range);
  Result<std::optional<Instant>> EarliestStart(std::span<const ResourceId> resources, Instant from,
                                               Duration length, Instant until);

  // scheduler_slots.cpp, what_blocks.cpp
  Result<std::vector<Slot>> FindSlots(const SlotQuery& query);
  Result<std::vector<Explanation>> WhatBlocks(const SlotQuery& query);

 private:
  using States = internal::States;

  class Follower;    // scheduler_follower.hpp
  class SlotSearch;  // slot_search.hpp
  class WhatIf;      // what_blocks.cpp

  using Asked = internal::Asked;
  using Step = internal::Step;
  using Expired = internal::Expired;
  using Freed = internal::Freed;

  // scheduler_book.cpp
  enum class Partly { kAllowed, kRefused };
  // Nothing is done where a refusal may be outdated, unless that is allowed.
  std::optional<std::vector<Result<Booking>>> TryBookEach(std::span<const BookRequest> requests,
                                                          const Command& command,
                                                          const AlongsideEach& alongside,
                                                          Partly partly);
  /// A booking that is to be made: its id is claimed, its time not yet taken.
  Result<Step> PrepareBooking(const BookRequest& request);
  /// The same, without an id.
  Step NewStep(const BookRequest& request, State initial, States states) const;
  Result<State> InitialState(const BookRequest& request) const;
  Result<void> CheckTimes(const Interval& visit, const Waivers& waive, Instant now) const;
  /// What stands in the way of a visit, without alternatives. Requires that the states are locked.
  Result<void> JudgeLocked(const States& states, const Interval& visit, const Waivers& waive) const;

  // scheduler_change.cpp: require that the booking's change lock is held, and take a hold out of
  // the queue, so that it cannot run out meanwhile.
  Result<Step> PrepareTransition(const Act& act);
  Result<Step> PrepareMove(const Move& move);
  Result<Step> PrepareChange(const Change& change);
  /// Secures and settles one change, or several; what was prepared is undone where that fails.
  Result<Booking> Finish(Step step, const Command& command, const Alongside<Booking>& alongside);
  /// Writes down and settles steps that were taken; returns what became of the first `asked`.
  Result<std::vector<Booking>> Finish(std::vector<Step> steps, std::size_t asked,
                                      const Command& command,
                                      const Alongside<std::vector<Booking>>& alongside);
  /// Prepares `count` steps, each by its position; where one is refused, undoes the others.
  Result<std::vector<Step>> PrepareAll(std::size_t count,
                                       const std::function<Result<Step>(std::size_t)>& prepare);
  static BookingId BookingOf(const Change& change);
  /// The booking that is to be changed.
  Result<std::shared_ptr<const Booking>> FindForChange(
      BookingId id, std::optional<std::uint32_t> expected_version) const;
  Error IllegalTransition(const Booking& booking, std::string_view action) const;
  /// Takes a hold out of the queue; puts it back, or puts in the new one.
  Result<void> TakeHold(const Booking& booking);
  void KeepHold(const Booking& booking);
  /// Publishes a booking so that nobody finds a hold that is not in the queue.
  void PublishAndKeepHold(const Booking& booking, internal::Epoch now);
  /// The change locks of those bookings, taken in their order.
  std::vector<std::unique_lock<std::mutex>> LockChanges(std::span<const BookingId> ids);

  // scheduler_steps.cpp
  /// Takes the time of all the steps in memory, so that nobody else can while it is written down;
  /// or of none. What they free counts as free for each other, and for nobody else before Settle.
  /// kStaleVersion where one of their calendars was written after `seen`.
  Result<void> Take(std::span<Step> steps, std::optional<internal::Epoch> seen = std::nullopt);
  /// The same, and its opposite, for steps whose schedules are locked.
  Result<void> TakeLocked(std::span<Step> steps);
  void LeaveLocked(std::span<const Step> steps);
  /// Takes those steps that keep something, or those that do not, up to the first that is refused.
  std::size_t TakeThose(std::span<Step> steps, bool that_keep, Result<void>& judged) const;
  Result<void> Write(UnitOfWork& work, std::span<const Step> steps, const Command& command) const;
  /// Takes the time of the steps and writes them down, or undoes all that was prepared.
  Result<void> Secure(std::span<Step> steps, const Command& command, const Store::Work& alongside,
                      std::optional<internal::Epoch> seen = std::nullopt);
  /// Writes down steps whose time was taken, or undoes them.
  Result<void> WriteDown(std::span<const Step> steps, const Command& command,
                         const Store::Work& alongside);
  /// Makes the steps what everybody sees, or undoes them.
  void Settle(std::span<const Step> steps);
  void GiveBack(std::span<const Step> steps);
  /// Undoes what was prepared and not taken.
  void Abandon(std::span<const Step> steps);
  States StatesOf(const Booking& booking) const;
  /// What the steps free, and what they are placed on where `placed`; by id, each once.
  States StatesOf(std::span<const Step> steps, bool placed) const;

  // scheduler_branch.cpp: what a branch does not know yet it takes from its origin.
  internal::ResourceStatePtr FindState(ResourceId id) const;
  Result<States> FindStates(std::vector<ResourceId> ids,
                            std::size_t most = internal::kMostResourcesOfABooking) const;
  States StatesWithSpecialty(const std::string& specialty) const;
  std::shared_ptr<const Booking> FindBooking(BookingId id) const;
  std::optional<BookingHandle> ClaimBooking(BookingId id);
  BookingHandle HandleOf(BookingId id) const;
  BookingId IdOf(BookingHandle handle) const;
  /// As they were for a branch of that epoch; null where there was none.
  std::unique_ptr<internal::ResourceState> StateAsOf(ResourceId id, internal::Epoch epoch);
  std::shared_ptr<const Booking> BookingAsOf(BookingId id, internal::Epoch epoch);
  /// To be called before schedules are written, while they are locked: keeps what branches see.
  void KeepVersions(const States& states, internal::Epoch now);
  /// The locks of what branches see of those bookings, in their order.
  std::vector<std::unique_lock<std::mutex>> LockVersions(std::span<const Step> steps);
  /// Makes a booking what Find returns. Requires its version's lock.
  void Publish(const Booking& booking, internal::Epoch now);
  void NoteDifference(const Step& step);
  /// What became of each booking that a branch changed, as one step.
  std::vector<Step> StepsOfBranch() const;
  /// The step that makes true here what was made in a branch.
  Result<Step> PrepareMade(const Step& made);

  // scheduler_check.cpp
  /// Judges each of the steps as if those before it that can be taken were; takes none of them.
  std::vector<Result<void>> JudgeInOrder(std::span<Step> steps);
  /// The same where members of pools are to be chosen.
  std::vector<Result<void>> JudgeInOrderOnPools(std::span<const Step> steps);

  // scheduler_pools.cpp
  class PoolChooser;
  using ChangeLocks = std::vector<std::unique_lock<std::mutex>>;
  /// Which bookings have to be locked before the members of pools can be chosen.
  using Others = std::vector<BookingId>;
  /// The states of what is asked for by name, and that the pools have as many members as that
  /// takes. Errors: kInvalidArgument; kUnknownResource.
  Result<States> FindAsked(const std::vector<ResourceId>& resources,
                           const std::vector<PoolRequest>& pools) const;
  /// Has the step ask for what the booking asked for.
  void AskAgain(Step& step, const Booking& booking) const;
  /// Chooses the members of all pools that are asked for, and adds a step for each booking that has
  /// to make way. False where `others`, which are locked, are not all that have to be: they are
  /// now. Bookings that are `pinned` do not make way.
  Result<bool> PlaceOnPools(std::vector<Step>& steps, Others& others,
                            std::span<const BookingId> pinned = {});
  /// Why steps cannot be placed, with its position where there are several; nothing where they can
  /// be by now.
  std::optional<Error> RefusalOnPools(std::span<const Step> steps,
                                      std::span<const BookingId> pinned);
  /// The step that gives a booking other members of its pools. Nothing where it was changed since.
  std::optional<Step> PrepareReassignment(const Booking& booking,
                                          const std::vector<Allocation>& allocations);
  /// Whether a new booking could be placed now.
  Result<void> JudgeOnPools(const Step& step);
  /// What refuses the steps but for their pools; with its position where there are several.
  Result<void> JudgeNamed(std::span<const Step> steps);
  bool ConcernsPools(const Change& change) const;
  Result<Booking> ApplyOne(const Change& change, const Command& command,
                           const Alongside<Booking>& alongside);
  /// Prepares, places and takes the changes, under locks that are handed over, again where somebody
  /// was faster. The steps of those who make way come behind those of the changes.
  Result<std::vector<Step>> TakeChanges(std::span<const Change> changes,
                                        std::span<const BookingId> ids, ChangeLocks& locks);
  /// The same for each of the requests by itself.
  std::vector<Result<std::vector<Step>>> TakeEach(std::span<const BookRequest> requests,
                                                  ChangeLocks& locks);
  Result<std::vector<Step>> TakeOne(const BookRequest& request, Others& others,
                                    std::span<const BookingId> pinned, bool& again);
  /// As EarliestStart, for states and pools at once.
  Result<std::optional<Instant>> EarliestStart(const States& states,
                                               const std::vector<PoolRequest>& pools, Instant from,
                                               Duration length, Instant limit) const;

  // scheduler_slots.cpp
  /// Errors: as FindSlots.
  Result<Asked> AskedFor(const SlotQuery& query);
  Result<std::vector<Slot>> FindPoolSlots(const SlotQuery& query, const States& together,
                                          Instant from, Instant limit) const;

  // scheduler_find.cpp
  /// The earliest start at which all of the states can be booked at once; each is locked in its
  /// turn.
  Result<std::optional<Instant>> EarliestStart(const States& states, Instant from, Duration length,
                                               Instant limit) const;
  /// Whether hours say at which instants a booking of all of them may start.
  bool StartsAreOnAGrid(const States& states, const std::vector<PoolRequest>& pools) const;
  /// How far the next start may be: on a grid, of which each window has its own, a second.
  Duration StepBetweenStarts(States states, const std::vector<PoolRequest>& pools) const;
  /// The bookable times nearest to a visit that was refused, ordered by start.
  std::vector<Interval> Alternatives(const States& states, const Interval& visit,
                                     const std::vector<PoolRequest>& pools) const;
  /// The error with alternatives, where it is one that they help with.
  Error WithAlternatives(Error error, const States& states, const Interval& visit,
                         const std::vector<PoolRequest>& pools = {}) const;
  Instant Horizon(Instant now) const;

  // scheduler_waitlist.cpp
  Result<void> CheckWaiting(const WaitlistEntry& entry) const;
  Result<void> LeaveLine(const WaitlistEntry& entry, const Command& command);
  Result<void> LetGoOfOffer(const internal::WaitlistEntryPtr& entry, const Command& command);
  /// What becomes of the entry that is offered a hold, when the hold becomes `after`; null where
  /// the hold is offered to nobody, or stays one.
  std::shared_ptr<const internal::WaitlistChange> AfterOffer(const Booking& after) const;
  /// Makes a change of an entry what everybody sees.
  void SettleEntry(const internal::WaitlistChange& change);
  Result<void> RecordEntry(UnitOfWork& work, const internal::WaitlistChange& change,
                           const Command& command) const;
  /// Record what becomes of an entry, if anything does; and offers. One that the store refuses is
  /// no reason to refuse the rest: returned is whether, or noted in `refused`. Error: kUnavailable.
  Result<bool> WriteWaitlist(UnitOfWork& work,
                             const std::shared_ptr<const internal::WaitlistChange>& change,
                             const Command& command) const;
  Result<void> WriteOffers(UnitOfWork& work, std::span<const Step> offers, const Command& command,
                           std::vector<bool>& refused) const;
  Result<void> LoadWaitlist(UnitOfWork& work);
  /// Whether the hold that an entry is offered has come to its end, as far as is known here.
  bool OfferHasEnded(const WaitlistEntry& entry) const;

  // scheduler_offers.cpp
  class WithoutFreed;
  class OfferSearch;
  /// As Secure, and offers what the steps free: to `steps` are added the holds that were made.
  Result<void> SecureAndOffer(std::vector<Step>& steps, const Command& command,
                              const Store::Work& alongside);
  /// The same for steps whose time was taken.
  Result<void> WriteAndOffer(std::vector<Step>& steps, const Command& command,
                             const Store::Work& alongside);
  /// Gives back the offers that the store refused, and keeps the rest.
  void DropRefused(std::vector<Step>& steps, const std::vector<bool>& refused);
  /// Adds what a booking gives up by becoming `after`, from now on.
  void AddFreed(const Booking& before, const Booking& after, std::deque<Freed>& freed) const;
  static void Join(std::deque<Freed>& freed);
  /// Holds for who comes first in each time, taken in memory. What `standing` frees, steps that
  /// were taken and not settled, counts as free.
  std::vector<Step> Offers(std::deque<Freed> freed, std::span<const Step> standing);
  /// What becomes of the entries that were offered those holds, and the offers of their time.
  std::vector<Step> OffersAfter(std::span<Expired> expired);
  std::optional<Step> BestOffer(const Freed& freed, std::span<const Step> standing);
  std::optional<Step> MakeOffer(const internal::WaitlistEntryPtr& entry, ResourceId resource,
                                const Interval& visit, std::span<const Step> standing);

  // scheduler_journal.cpp
  Result<void> Commit(const Store::Work& work) const;
  /// Writes a booking's change and all that goes with it.
  Result<void> Record(UnitOfWork& work, const Booking& booking, std::string_view action,
                      std::string_view from, const Command& command) const;
  Result<void> Audit(UnitOfWork& work, std::string action, std::string subject,
                     std::optional<ResourceId> patient, const Command& command) const;
  Result<void> Announce(UnitOfWork& work, const Resource& resource, std::string action,
                        const Command& command) const;
  Result<void> AnnounceEntry(UnitOfWork& work, const WaitlistEntry& entry, std::uint32_t version,
                             std::string_view action, const Command& command) const;

  // scheduler_load.cpp
  /// Takes up the resources, which stand in the order of their numbers afterwards; their bookings.
  Result<States> LoadResources(UnitOfWork& work);
  Result<void> LoadBookings(UnitOfWork& work, const States& states);
  bool IsSound(const Booking& booking) const;

  // scheduler_resources.cpp
  /// The schedule of a resource that is to be added, which gets an id where it has none.
  Result<Schedule> Prepare(Resource resource);
  /// Writes down a resource that is to be added, and all that goes with it.
  Result<void> RecordNew(UnitOfWork& work, const Resource& resource, const Command& command,
                         const Alongside<Resource>& alongside) const;
  /// Takes up a resource that was written down.
  Result<Resource> TakeUp(Schedule schedule);
  Result<internal::ResourceStatePtr> StateOf(ResourceId id) const;

  /// Serialises the changes of one booking: others share its lock, and wait for each other's disk
  /// writes at worst.
  std::mutex& ChangeLock(BookingId id) { return change_locks_.Of(id); }

  Store* const store_;  // null: the scheduler lives in memory
  const Clock& clock_;
  IdGenerator& ids_;
  const SchedulerOptions options_;
  const Workflow& workflow_;
  std::unique_ptr<Follower> follower_;  // null where there is no store

  mutable internal::ResourceDirectory resources_;
  internal::BookingRegistry bookings_;
  internal::Versions versions_;
  internal::HoldQueue holds_;
  internal::WaitingLine waitlist_;
  internal::LocksById<BookingId> change_locks_;

  // In a branch: where it comes from, and what became of each booking that it changed.
  Impl* const origin_ = nullptr;
  const internal::Epoch epoch_ = 0;
  mutable std::mutex made_mutex_;
  absl::btree_map<BookingId, Step> made_;

  std::mutex expiring_;  // held while ends of holds are written down
  std::mutex expired_mutex_;
  std::vector<Expired> expired_;            // not written down yet
  std::atomic<std::size_t> unwritten_ = 0;  // how many, those included that are just being written
};

}  // namespace clinic
