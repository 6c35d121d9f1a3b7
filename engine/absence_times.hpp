// The times at which a displaced booking could take place instead, the cheapest first.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "clinic/absence.hpp"
#include "clinic/zone.hpp"

namespace clinic::absence {

/// What is known of a booking that needs another place.
struct Seeker {
  Interval visit;                           ///< as it was planned
  std::vector<const Resource*> companions;  ///< what it takes besides the practitioner
  std::vector<ResourceId> known;            ///< whom the patient has seen before, ordered
};

/// A place that can be booked.
struct Place {
  std::size_t taker = 0;  ///< position among the takers
  Instant start{};
  Cost cost = 0;
};

struct Places {
  std::vector<Place> cheapest;  ///< by cost, then by start, then by taker
  bool all = true;              ///< nothing else is in reach
};

/// Looks for places in a trial of the schedule in which the displaced bookings take up no time.
/// All that is handed in must outlive it.
class TimeFinder {
 public:
  TimeFinder(const Scheduler& trial, const AbsenceRequest& request,
             std::span<const Resource* const> takers, const Zone& zone)
      : trial_(trial), request_(request), takers_(takers), zone_(zone), now_(trial.Now()) {}

  /// The cheapest places of a booking, at most `request.most_candidates`.
  ///
  /// What one taker offers gets dearer the farther from the planned time it is, earlier as well as
  /// later. So there are two ordered lists a taker, each of which is found as far as it is needed,
  /// and the cheapest of all their heads comes next. Errors: those of EarliestStart, but for
  /// kUnbounded: who has rules that cannot be expanded that far is not asked further.
  Result<Places> CheapestFor(const Seeker& seeker) const;

 private:
  class Offers;

  std::optional<Cost> Price(const Seeker& seeker, const Resource& taker, Instant start) const;

  const Scheduler& trial_;
  const AbsenceRequest& request_;
  const std::span<const Resource* const> takers_;
  const Zone& zone_;
  const Instant now_;
};

}  // namespace clinic::absence
