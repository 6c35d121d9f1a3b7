#include "engine/absence_times.hpp"

#include <algorithm>
#include <queue>
#include <tuple>
#include <utility>

namespace clinic::absence {
namespace {

// How far back from the planned time places are looked for first; doubled from then on.
constexpr Duration kFirstStretch = std::chrono::minutes{30};

std::chrono::days DaysApart(const Zone& zone, Instant from, Instant to) {
  const auto day = [&](Instant instant) {
    return std::chrono::floor<std::chrono::days>(zone.ToCivil(instant));
  };
  return day(to) - day(from);
}

bool HasHours(const Resource* resource) { return resource->hours == Resource::Hours::kByRules; }

}  // namespace

/// What one taker offers on one side of the planned time, the nearest first.
class TimeFinder::Offers {
 public:
  enum class Side { kEarlier, kLater };

  Offers(const TimeFinder& finder, const Seeker& seeker, std::size_t taker, Side side)
      : finder_(&finder), seeker_(&seeker), taker_(taker), side_(side) {
    const Resource& who = *finder.takers_[taker];
    const AbsenceRequest& request = finder.request_;
    bool have_hours = HasHours(&who);
    resources_.push_back(who.id);
    for (const Resource* companion : seeker.companions) {
      have_hours |= HasHours(companion);
      resources_.push_back(companion->id);
    }
    // Anywhere in somebody's hours every second is asked about, and only starts on their grid come
    // back.
    if (!have_hours) step_ = who.slot_step;
    const bool is_absent = who.id == request.practitioner;
    const Interval& planned = seeker.visit;
    floor_ = std::max(planned.start - request.most_earlier, finder.now_);
    edge_ = planned.start;
    if (is_absent) {
      edge_ = side == Side::kLater ? request.time.end
                                   : request.time.start - planned.length() + Duration{1};
    }
    until_ = planned.end + request.most_later;
  }

  std::size_t taker() const { return taker_; }

  /// The next start; none where there are no more.
  Result<std::optional<Instant>> Next() {
    if (side_ == Side::kEarlier) return NextEarlier();
    Result<std::optional<Instant>> start = FirstFrom(edge_, until_);
    if (start.ok() && *start) edge_ = **start + step_;
    return start;
  }

 private:
  Result<std::optional<Instant>> NextEarlier() {
    const Duration length = seeker_->visit.length();
    while (waiting_.empty() && edge_ > floor_) {
      const Instant until = edge_;  // of starts
      edge_ = until - floor_ > stretch_ ? until - stretch_ : floor_;
      stretch_ *= 2;
      for (Instant from = edge_;; from = waiting_.back() + step_) {
        const auto start = FirstFrom(from, until + length - Duration{1});
        if (!start.ok()) return start;
        if (!*start) break;
        waiting_.push_back(**start);
      }
    }
    if (waiting_.empty()) return std::optional<Instant>();
    const Instant nearest = waiting_.back();
    waiting_.pop_back();
    return std::optional(nearest);
  }

  /// The first start from then on that is offered, of a visit that ends by `until`.
  Result<std::optional<Instant>> FirstFrom(Instant from, Instant until) const {
    const Interval& planned = seeker_->visit;
    for (;;) {
      auto start = finder_->trial_.EarliestStart(resources_, from, planned.length(), until);
      if (!start.ok() && start.error().code == ErrorCode::kUnbounded) {
        return std::optional<Instant>();
      }
      if (!start.ok() || !*start) return start;
      const Duration past = (**start - planned.start) % step_;
      if (past == Duration{0}) return start;
      from = **start + (past < Duration{0} ? -past : step_ - past);
    }
  }

  const TimeFinder* finder_;
  const Seeker* seeker_;
  std::size_t taker_;
  Side side_;
  std::vector<ResourceId> resources_;
  Duration step_{1};
  Instant floor_;  // no start comes before it
  Instant until_;  // no visit ends after it
  Instant edge_;   // later: what comes before has been asked; earlier: what comes from it on
  Duration stretch_ = kFirstStretch;
  std::vector<Instant> waiting_;  // found and not given yet, rising
};

Result<Places> TimeFinder::CheapestFor(const Seeker& seeker) const {
  std::vector<Offers> offers;
  for (std::size_t taker = 0; taker < takers_.size(); ++taker) {
    // One who is there already cannot take over.
    if (std::ranges::find(seeker.companions, takers_[taker]->id, &Resource::id) !=
        seeker.companions.end()) {
      continue;
    }
    offers.emplace_back(*this, seeker, taker, Offers::Side::kEarlier);
    offers.emplace_back(*this, seeker, taker, Offers::Side::kLater);
  }
  using Head = std::tuple<Cost, Instant, std::size_t>;  // the last is a position in `offers`
  std::priority_queue<Head, std::vector<Head>, std::greater<>> heads;
  const auto advance = [&](std::size_t which) -> Result<void> {
    const Result<std::optional<Instant>> start = offers[which].Next();
    if (!start.ok()) return start.error();
    if (!*start) return {};
    const std::optional<Cost> cost = Price(seeker, *takers_[offers[which].taker()], **start);
    // What comes after it is no cheaper.
    if (cost) heads.emplace(*cost, **start, which);
    return {};
  };
  for (std::size_t i = 0; i < offers.size(); ++i) {
    if (Result<void> first = advance(i); !first.ok()) return std::move(first).error();
  }
  Places places;
  while (!heads.empty() && places.cheapest.size() < request_.most_candidates) {
    const auto [cost, start, which] = heads.top();
    heads.pop();
    places.cheapest.push_back({offers[which].taker(), start, cost});
    if (Result<void> next = advance(which); !next.ok()) return std::move(next).error();
  }
  places.all = heads.empty();
  return places;
}

std::optional<Cost> TimeFinder::Price(const Seeker& seeker, const Resource& taker,
                                      Instant start) const {
  const Instant planned = seeker.visit.start;
  Continuity continuity = Continuity::kUnknown;
  if (taker.id == request_.practitioner) {
    continuity = Continuity::kSame;
  } else if (std::ranges::binary_search(seeker.known, taker.id)) {
    continuity = Continuity::kKnown;
  }
  return CostOf(request_.costs, {.from = planned,
                                 .to = start,
                                 .apart = DaysApart(zone_, planned, start),
                                 .continuity = continuity});
}

}  // namespace clinic::absence
