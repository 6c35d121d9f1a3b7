#include "engine/reassignment_model.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

namespace clinic::reassignment {
namespace {

/// True where every number in `inner` is in `outer` too. Both rise; ranges in each do not overlap.
bool Includes(std::span<const Range> outer, std::span<const Range> inner) {
  std::size_t at = 0;
  return std::ranges::all_of(inner, [&](const Range& range) {
    while (at < outer.size() && outer[at].last < range.last) ++at;
    return at < outer.size() && outer[at].first <= range.first;
  });
}

/// Drops the options that are no better than a cheaper one of their appointment: invariants 1
/// and 2.
void DropDominated(Model& model) {
  std::vector<Option> kept;
  std::vector<Index> first{0};
  for (Index appointment = 0; appointment < model.appointments(); ++appointment) {
    const auto [begin, end] = model.OptionsOf(appointment);
    std::sort(model.options.begin() + begin, model.options.begin() + end,
              [](const Option& a, const Option& b) {
                return std::tie(a.cost, a.candidate) < std::tie(b.cost, b.candidate);
              });
    for (Index option = begin; option < end; ++option) {
      const auto moments = model.MomentsOf(option);
      const bool dominated =
          std::any_of(kept.begin() + first.back(), kept.end(), [&](const Option& cheaper) {
            const auto& range = cheaper.ranges;
            return Includes(moments,
                            std::span(model.ranges).subspan(range.first, range.last - range.first));
          });
      if (!dominated) kept.push_back(model.options[option]);
    }
    first.push_back(static_cast<Index>(kept.size()));
  }
  model.options = std::move(kept);
  model.first = std::move(first);
}

/// A range of a line, and whose it is.
struct Stretch {
  Range range;
  Index appointment;
};

/// The starts of the maximal sets of overlapping stretches in which two appointments meet, rising.
std::vector<Index> MomentsAmong(const std::vector<Stretch>& stretches) {
  std::vector<std::tuple<Index, bool, Index>> events;  // where, whether it starts, appointment
  events.reserve(2 * stretches.size());
  for (const auto& [range, appointment] : stretches) {
    events.emplace_back(range.first, true, appointment);
    events.emplace_back(range.last, false, appointment);  // ends sort before starts: half-open
  }
  std::ranges::sort(events);
  std::vector<Index> moments;
  std::vector<Index> present(std::ranges::max(stretches, {}, &Stretch::appointment).appointment +
                             std::size_t{1});
  Index appointments = 0;  // with a stretch that is present
  bool growing = false;    // nothing has ended since the last start
  Index start = 0;
  for (const auto& [at, starts, appointment] : events) {
    if (starts) {
      if (present[appointment]++ == 0) ++appointments;
      start = at;
      growing = true;
    } else {
      if (growing && appointments > 1) moments.push_back(start);
      growing = false;
      if (--present[appointment] == 0) --appointments;
    }
  }
  return moments;
}

/// Replaces ranges of any line by ranges of moments: invariant 3.
void FindMoments(Model& model) {
  std::vector<Stretch> stretches;
  for (Index appointment = 0; appointment < model.appointments(); ++appointment) {
    for (Index option = model.first[appointment]; option < model.first[appointment + 1]; ++option) {
      for (const Range& range : model.MomentsOf(option)) stretches.push_back({range, appointment});
    }
  }
  const std::vector<Index> moments =
      stretches.empty() ? std::vector<Index>{} : MomentsAmong(stretches);
  const auto moment_at = [&](Index place) {
    return static_cast<Index>(std::ranges::lower_bound(moments, place) - moments.begin());
  };
  std::vector<Range> ranges;
  for (Option& option : model.options) {
    const auto begin = static_cast<Index>(ranges.size());
    for (Index at = option.ranges.first; at < option.ranges.last; ++at) {
      const Range range{moment_at(model.ranges[at].first), moment_at(model.ranges[at].last)};
      if (range.first == range.last) continue;
      const bool touches = begin < ranges.size() && range.first <= ranges.back().last;
      if (touches) {
        ranges.back().last = std::max(ranges.back().last, range.last);
      } else {
        ranges.push_back(range);
      }
    }
    option.ranges = {begin, static_cast<Index>(ranges.size())};
  }
  model.ranges = std::move(ranges);
  model.moments = static_cast<Index>(moments.size());
}

/// A start or an end on the line of all resources, one after the other.
using Place = std::pair<ResourceId, Instant>;

/// Every start and end of an occupied interval, rising.
std::vector<Place> PlacesOf(std::span<const Displaced> displaced) {
  std::vector<Place> places;
  for (const Displaced& appointment : displaced) {
    for (const Candidate& candidate : appointment.candidates) {
      for (const auto& [resource, interval] : candidate.occupies) {
        places.emplace_back(resource, interval.start);
        places.emplace_back(resource, interval.end);
      }
    }
  }
  std::ranges::sort(places);
  const auto repeated = std::ranges::unique(places);
  places.erase(repeated.begin(), repeated.end());
  return places;
}

/// Writes what the candidate occupies as ranges of places.
void AddRanges(const Candidate& candidate, const std::vector<Place>& places, Model& model) {
  const auto begin = static_cast<std::ptrdiff_t>(model.ranges.size());
  const auto place_of = [&](ResourceId resource, Instant instant) {
    const auto at = std::ranges::lower_bound(places, Place{resource, instant});
    return static_cast<Index>(at - places.begin());
  };
  for (const auto& [resource, interval] : candidate.occupies) {
    model.ranges.push_back({place_of(resource, interval.start), place_of(resource, interval.end)});
  }
  std::sort(model.ranges.begin() + begin, model.ranges.end());
}

/// Measures costs from each appointment's cheapest, in the largest unit that divides them all.
void Normalise(Model& model) {
  model.unit = 0;
  for (Index appointment = 0; appointment < model.appointments(); ++appointment) {
    const auto [begin, end] = model.OptionsOf(appointment);
    const auto options = std::span(model.options).subspan(begin, end - begin);
    const Cost cheapest = std::ranges::min(options, {}, &Option::cost).cost;
    model.base += cheapest;
    for (Option& option : options) {
      option.cost -= cheapest;
      model.unit = std::gcd(model.unit, option.cost);
    }
  }
  model.unit = std::max<Cost>(model.unit, 1);
  for (Option& option : model.options) option.cost /= model.unit;
}

}  // namespace

Model ModelOf(std::span<const Displaced> displaced) {
  const std::vector<Place> places = PlacesOf(displaced);
  Model model;
  model.first.push_back(0);
  for (const auto& [candidates, cost_of_leaving_out] : displaced) {
    for (Index at = 0; at < candidates.size(); ++at) {
      if (candidates[at].cost > cost_of_leaving_out) continue;
      const auto begin = static_cast<Index>(model.ranges.size());
      AddRanges(candidates[at], places, model);
      const auto end = static_cast<Index>(model.ranges.size());
      model.options.push_back({candidates[at].cost, at, {begin, end}});
    }
    model.options.push_back({cost_of_leaving_out, kLeaveOut, {}});
    model.first.push_back(static_cast<Index>(model.options.size()));
  }
  Normalise(model);
  FindMoments(model);
  DropDominated(model);
  return model;
}

Model Reduced(const Model& model, const std::vector<bool>& kept) {
  Model reduced{.first = {0},
                .options = {},
                .ranges = model.ranges,
                .moments = model.moments,
                .base = model.base,
                .unit = model.unit};
  for (Index appointment = 0; appointment < model.appointments(); ++appointment) {
    for (Index option = model.first[appointment]; option < model.first[appointment + 1]; ++option) {
      if (kept[option]) reduced.options.push_back(model.options[option]);
    }
    reduced.first.push_back(static_cast<Index>(reduced.options.size()));
  }
  FindMoments(reduced);
  DropDominated(reduced);
  return reduced;
}

Cost CostOfPlan(const Model& model, const Plan& plan) {
  return std::accumulate(plan.begin(), plan.end(), Cost{0},
                         [&](Cost sum, Index option) { return sum + model.options[option].cost; });
}

}  // namespace clinic::reassignment
