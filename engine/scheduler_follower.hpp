// Following what other schedulers do over the same store. The rules that make it sound stand in
// README.md beside this file, under "Several schedulers over one store".
#pragma once

#include <absl/container/btree_map.h>
#include <absl/container/btree_set.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "engine/scheduler_impl.hpp"

namespace clinic {

/// Thread-safe. Called by nobody who holds a lock of the scheduler, or is inside a unit of work: it
/// waits for changes that are being written down, and they for the store.
class Scheduler::Impl::Follower {
 public:
  explicit Follower(Impl& impl) : impl_(impl) {}

  /// Notes how far the feed is, in the unit of work that everything else is loaded in.
  Result<void> Begin(UnitOfWork& work);

  /// As Scheduler::CatchUp. Those who come while it is under way share the next one.
  Result<void> CatchUp();

  /// How many changes by others were taken up: what was answered before one of them may be answered
  /// otherwise now.
  std::uint64_t taken_up() const { return taken_up_.load(); }

 private:
  /// Bookings, by the last event of each.
  using Bookings = absl::btree_map<BookingId, OutboxEvent>;

  /// What a stretch of the feed is about, as the store has it by now.
  struct News {
    std::vector<OutboxEvent> events;
    bool is_continuous = true;  ///< they follow on what was taken up last
    std::vector<Booking> bookings;
    Bookings unknown;     ///< by which these were read
    Bookings being_made;  ///< here, just now: not read, as they could not be taken up
    std::vector<std::pair<WaitlistId, std::optional<WaitlistEntry>>> entries;
  };
  struct ResourceNews {
    Resource resource;
    std::vector<AvailabilityRule> rules;
    std::vector<TimeOff> time_off;
  };

  Result<void> CatchUpLocked();
  Result<void> ReadNews(UnitOfWork& work, News& news) const;
  bool IsKnown(const OutboxEvent& event) const;
  bool IsBeingMade(BookingId id) const;

  /// Also those that are named and were never heard of.
  absl::btree_set<ResourceId> ResourcesOf(const News& news) const;
  Result<void> TakeUp(absl::btree_set<ResourceId> resources);
  static Result<std::vector<ResourceNews>> ReadResources(UnitOfWork& work,
                                                         const absl::btree_set<ResourceId>& ids);
  /// False where it was added here meanwhile.
  Result<bool> AddResource(ResourceNews news);
  Result<void> ChangeResource(internal::ResourceState& state, ResourceNews news);

  /// Those of a stretch; what cannot be taken up before somebody here has finished is kept for the
  /// next time.
  Result<void> TakeUp(News& news);
  void TakeUp(WaitlistId id, std::optional<WaitlistEntry> entry);
  /// False where it cannot be taken up yet.
  Result<bool> TakeUp(const Booking& booking);
  /// The step from what is known to that booking, whose change lock is held; none where somebody
  /// here is just making or ending it.
  std::optional<Step> StepTo(const Booking& booking, std::shared_ptr<const Booking> before);
  void Settle(const Step& step);

  Impl& impl_;
  std::mutex mutex_;  // held while catching up
  std::atomic<std::uint64_t> begun_ = 0;
  std::uint64_t ended_ = 0;          // the number of the last one that came to its end
  Result<void> outcome_;             // of that one
  std::optional<OutboxEvent> last_;  // that was taken up
  Bookings later_;                   // what has to be looked at again
  absl::btree_set<WaitlistId> entries_later_;
  std::atomic<std::uint64_t> taken_up_ = 0;
};

/// Whether a refusal may be due to what others have done, or be another one by now.
inline bool MayBeOutdated(const Error& error) {
  switch (error.code) {
    case ErrorCode::kNotFound:
    case ErrorCode::kUnknownResource:
    case ErrorCode::kAlreadyExists:
    case ErrorCode::kStaleVersion:
    case ErrorCode::kIllegalTransition:
    case ErrorCode::kHoldExpired:
    case ErrorCode::kOutsideAvailability:
    case ErrorCode::kOffGrid:
    case ErrorCode::kConflict:
      return true;
    default:
      return false;
  }
}

template <typename T>
bool MayBeOutdated(const Result<T>& result) {
  return !result.ok() && MayBeOutdated(result.error());
}

template <typename T>
bool MayBeOutdated(const std::vector<Result<T>>& results) {
  return std::ranges::any_of(results, [](const auto& result) { return MayBeOutdated(result); });
}

/// Whether a refusal says how things are, and is not worth anything where nobody can say what
/// others have done. What stands in the way stands in it at least as far as anybody here knows.
inline bool IsInDoubt(const Error& error) {
  switch (error.code) {
    case ErrorCode::kNotFound:
    case ErrorCode::kUnknownResource:
    case ErrorCode::kStaleVersion:
    case ErrorCode::kIllegalTransition:
    case ErrorCode::kHoldExpired:
      return true;
    default:
      return false;
  }
}

template <typename T>
void Doubt(Result<T>& result, const Error& why) {
  if (!result.ok() && IsInDoubt(result.error())) result = why;
}

template <typename T>
void Doubt(std::vector<Result<T>>& results, const Error& why) {
  for (Result<T>& result : results) Doubt(result, why);
}

/// How often something is asked again, for others may be faster every time.
inline constexpr int kMostRefreshes = 4;

template <typename Ask>
auto Scheduler::Impl::Freshly(Ask ask) {
  for (int refreshes = 0;; ++refreshes) {
    const std::uint64_t known = follower_ ? follower_->taken_up() : 0;
    auto answer = ask();
    if (!follower_ || refreshes == kMostRefreshes || !MayBeOutdated(answer)) return answer;
    if (const Result<void> caught_up = CatchUp(); !caught_up.ok()) {
      Doubt(answer, caught_up.error());
      return answer;
    }
    if (follower_->taken_up() == known) return answer;
  }
}

}  // namespace clinic
