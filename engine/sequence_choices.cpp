#include "engine/sequence_choices.hpp"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <utility>

namespace clinic::internal {
namespace {

constexpr Duration kAllTime = kLatest - kEarliest;

// The buffers of a resource, before and after it together.
using Buffers = absl::flat_hash_map<ResourceId, Duration>;

Error Invalid(std::string message) { return {ErrorCode::kInvalidArgument, std::move(message)}; }

/// What can be said of a step without knowing the resources.
Result<void> CheckStep(const SequenceQuery& query, std::size_t position) {
  const SequenceStep& step = query.steps[position];
  std::vector<ResourceId> all = query.throughout;
  all.insert(all.end(), step.resources.begin(), step.resources.end());
  all.insert(all.end(), step.any_of.begin(), step.any_of.end());
  std::ranges::sort(all);
  if (all.empty()) return Invalid("a step of a sequence needs at least one resource");
  if (const auto twice = std::ranges::adjacent_find(all); twice != all.end()) {
    return Invalid("resource " + ToString(*twice) + " is given twice");
  }
  if (step.duration <= Duration{0}) return Invalid("the duration must be longer than nothing");
  if (position == 0) return {};
  if (step.gap_min < Duration{0} || step.gap_max < step.gap_min) {
    return Invalid("a gap must be at least nothing, and its most not less than its least");
  }
  return {};
}

Result<void> CheckForm(const SequenceQuery& query) {
  if (query.steps.empty()) return Invalid("a sequence needs at least one step");
  if (query.steps.size() > kMostSequenceSteps) {
    return Invalid("a sequence has at most " + std::to_string(kMostSequenceSteps) + " steps");
  }
  if (query.apart <= Duration{0}) {
    return Invalid("the time from one sequence to the next must be longer than nothing");
  }
  for (std::size_t i = 0; i < query.steps.size(); ++i) {
    if (Result<void> checked = CheckStep(query, i); !checked.ok()) return checked;
  }
  return {};
}

std::vector<ResourceId> Fixed(const SequenceQuery& query, const SequenceStep& step) {
  std::vector<ResourceId> fixed = step.resources;
  fixed.insert(fixed.end(), query.throughout.begin(), query.throughout.end());
  return fixed;
}

/// The sets of resources of which a step takes one.
std::vector<std::vector<ResourceId>> ChoicesOf(const SequenceQuery& query,
                                               const SequenceStep& step) {
  const std::vector<ResourceId> fixed = Fixed(query, step);
  if (step.any_of.empty()) return {fixed};
  std::vector<std::vector<ResourceId>> choices;
  for (const ResourceId resource : step.any_of) {
    choices.push_back(fixed);
    choices.back().push_back(resource);
  }
  return choices;
}

bool Holds(const std::vector<ResourceId>& ids, ResourceId id) {
  return std::ranges::find(ids, id) != ids.end();
}

/// The shortest time from the end of one step to the start of a later one.
Duration Shortest(const SequenceQuery& query, std::size_t from, std::size_t to) {
  Duration shortest{0};
  for (std::size_t i = from + 1; i <= to; ++i) {
    shortest = std::min(kAllTime, shortest + std::min(query.steps[i].gap_min, kAllTime));
    if (i < to) shortest += query.steps[i].duration;
  }
  return shortest;
}

/// Whether a resource that a step could choose has buffers that another step could come into.
bool IsCoupled(const SequenceQuery& query, std::size_t position, const Buffers& buffers) {
  return std::ranges::any_of(query.steps[position].any_of, [&](ResourceId id) {
    for (std::size_t other = 0; other < query.steps.size(); ++other) {
      const SequenceStep& step = query.steps[other];
      if (other == position || !(Holds(step.resources, id) || Holds(step.any_of, id))) continue;
      const auto [first, second] = std::minmax(position, other);
      if (Shortest(query, first, second) < buffers.at(id)) return true;
    }
    return false;
  });
}

/// The longest buffers of what both sets hold.
Duration BuffersBetween(const std::vector<ResourceId>& a, const std::vector<ResourceId>& b,
                        const Buffers& buffers) {
  Duration longest{0};
  for (const ResourceId id : a) {
    if (Holds(b, id)) longest = std::max(longest, buffers.at(id));
  }
  return longest;
}

/// The steps with the choices that are open, and with gaps that keep the buffers of what is not.
std::vector<SearchedStep> WithGaps(const SequenceQuery& query, const Buffers& buffers,
                                   std::vector<std::vector<std::vector<ResourceId>>> choices) {
  const auto certain = [&](std::size_t i) {
    return choices[i].size() == 1 ? choices[i].front() : Fixed(query, query.steps[i]);
  };
  std::vector<SearchedStep> steps;
  for (std::size_t i = 0; i < query.steps.size(); ++i) {
    const SequenceStep& step = query.steps[i];
    SearchedStep searched{.choices = choices[i],
                          .duration = step.duration,
                          .gaps_min = {},
                          .gap_max = std::min(step.gap_max, kAllTime)};
    for (std::size_t before = 0; before < i; ++before) {
      const Duration gap = before + 1 == i ? std::min(step.gap_min, kAllTime) : Duration{0};
      searched.gaps_min.push_back(
          std::max(gap, BuffersBetween(certain(before), certain(i), buffers)));
    }
    steps.push_back(std::move(searched));
  }
  return steps;
}

/// What the scheduler and the range refuse, the first of it by code; fills in the buffers.
Result<void> CheckAgainst(const Scheduler& scheduler, const SequenceQuery& query,
                          Buffers& buffers) {
  Result<void> first;
  const auto note = [&](Error error) {
    if (first.ok() || error.code < first.error().code) first = std::move(error);
  };
  for (const SequenceStep& step : query.steps) {
    for (const std::vector<ResourceId>& choice : ChoicesOf(query, step)) {
      for (const ResourceId id : choice) {
        const Result<Resource> resource = scheduler.FindResource(id);
        if (resource.ok()) buffers[id] = resource->buffer_before + resource->buffer_after;
      }
      // A range without time in it: the question is checked, and nothing is searched.
      const auto nothing = scheduler.EarliestStart(choice, kEarliest, step.duration, kEarliest);
      if (!nothing.ok()) note(nothing.error());
    }
  }
  if (!IsProper(query.range)) {
    note({ErrorCode::kBadInterval, "the end of the range must come after its start"});
  }
  return first;
}

}  // namespace

Result<std::vector<std::vector<SearchedStep>>> SearchesOf(const Scheduler& scheduler,
                                                          const SequenceQuery& query) {
  if (Result<void> form = CheckForm(query); !form.ok()) return std::move(form).error();
  Buffers buffers;
  if (Result<void> checked = CheckAgainst(scheduler, query, buffers); !checked.ok()) {
    return std::move(checked).error();
  }
  // Each entry says for each step between which sets it still may choose.
  std::vector<std::vector<std::vector<std::vector<ResourceId>>>> combinations(1);
  for (std::size_t i = 0; i < query.steps.size(); ++i) {
    const std::vector<std::vector<ResourceId>> choices = ChoicesOf(query, query.steps[i]);
    if (!IsCoupled(query, i, buffers)) {
      for (auto& combination : combinations) combination.push_back(choices);
      continue;
    }
    if (combinations.size() * choices.size() > kMostSequenceChoices) {
      return Invalid("the steps could take the same resources in too many ways");
    }
    const auto before = std::exchange(combinations, {});
    for (const auto& combination : before) {
      for (const std::vector<ResourceId>& choice : choices) {
        combinations.push_back(combination);
        combinations.back().push_back({choice});
      }
    }
  }
  std::vector<std::vector<SearchedStep>> searches;
  for (auto& combination : combinations) {
    searches.push_back(WithGaps(query, buffers, std::move(combination)));
  }
  return searches;
}

}  // namespace clinic::internal
