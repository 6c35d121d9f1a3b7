// The set: a rule's occurrences, the dates added, and not the dates taken out.
#include "clinic/recurrence.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

#include "engine/recurrence_plan.hpp"
#include "engine/recurrence_walk.hpp"

namespace clinic {
namespace internal {

struct RecurrencePlan {
  CivilTime start;
  std::optional<RulePlan> rule;
  std::vector<CivilTime> added;    // sorted, each once; the start where there is no rule
  std::vector<CivilTime> removed;  // sorted, each once
};

// Merges the rule's stream, which is read ahead in batches, with the dates added and taken out.
class OccurrenceWalker {
 public:
  OccurrenceWalker(std::shared_ptr<const RecurrencePlan> plan, CivilTime end)
      : plan_(std::move(plan)), end_(end) {
    if (plan_->rule) rule_.emplace(*plan_->rule);
    Seek(CivilTime::min());
  }

  void Seek(CivilTime from) {
    const auto first_from = [from](const std::vector<CivilTime>& times) {
      return static_cast<std::size_t>(std::lower_bound(times.begin(), times.end(), from) -
                                      times.begin());
    };
    next_added_ = first_from(plan_->added);
    next_removed_ = first_from(plan_->removed);
    buffered_ = next_buffered_ = 0;
    batch_ = kFirstBatch;
    from_ = from;
    if (!rule_) return;
    const bool counts = plan_->rule->count.has_value();
    const CivilTime start = counts ? plan_->start : std::max(from, plan_->start);
    rule_->Restart(start.time_since_epoch().count(), end_.time_since_epoch().count());
  }

  Result<std::optional<CivilTime>> Next() {
    for (;;) {
      if (next_buffered_ == buffered_ && rule_) {
        if (const Result<void> filled = FillBuffer(); !filled) return filled.error();
      }
      const bool has_rule = next_buffered_ < buffered_;
      const bool has_added = next_added_ < plan_->added.size();
      if (!has_rule && !has_added) return std::optional<CivilTime>();
      CivilTime next = CivilTime::max();
      if (has_rule) next = buffer_[next_buffered_];
      if (has_added) next = std::min(next, plan_->added[next_added_]);
      if (next >= end_) return std::optional<CivilTime>();
      if (has_rule && buffer_[next_buffered_] == next) ++next_buffered_;
      if (has_added && plan_->added[next_added_] == next) ++next_added_;
      if (!IsRemoved(next)) return std::optional(next);
    }
  }

  Result<std::size_t> NextBatch(std::span<CivilTime> out) {
    std::size_t taken = 0;
    while (taken < out.size()) {
      if (IsRuleAlone()) {
        const Result<std::size_t> more = rule_->Take(out.subspan(taken));
        if (!more) return more.error();
        if (*more == 0) break;
        taken += *more;
        continue;
      }
      const Result<std::optional<CivilTime>> next = Next();
      if (!next) return next.error();
      if (!*next) break;
      out[taken++] = **next;
    }
    return taken;
  }

 private:
  static constexpr std::size_t kFirstBatch = 1;

  // Whether nothing but the rule's own stream is left, so that it can be handed through.
  bool IsRuleAlone() const {
    return rule_ && next_buffered_ == buffered_ && next_added_ == plan_->added.size() &&
           next_removed_ == plan_->removed.size() && (!plan_->rule->count || from_ <= plan_->start);
  }

  // Reads ahead; leaves the buffer empty where the rule has ended. A rule with a COUNT is read from
  // its start, and what lies before from_ is dropped here.
  Result<void> FillBuffer() {
    do {
      const Result<std::size_t> taken = rule_->Take(std::span(buffer_).first(batch_));
      if (!taken) return taken.error();
      batch_ = std::min(4 * batch_, buffer_.size());
      buffered_ = *taken;
      const auto end = buffer_.begin() + static_cast<std::ptrdiff_t>(buffered_);
      next_buffered_ =
          static_cast<std::size_t>(std::lower_bound(buffer_.begin(), end, from_) - buffer_.begin());
    } while (buffered_ > 0 && next_buffered_ == buffered_);
    return {};
  }

  bool IsRemoved(CivilTime time) {
    const std::vector<CivilTime>& removed = plan_->removed;
    while (next_removed_ < removed.size() && removed[next_removed_] < time) ++next_removed_;
    return next_removed_ < removed.size() && removed[next_removed_] == time;
  }

  std::shared_ptr<const RecurrencePlan> plan_;
  std::optional<RuleWalker> rule_;
  CivilTime from_ = CivilTime::min();
  CivilTime end_;
  std::size_t next_added_ = 0;
  std::size_t next_removed_ = 0;
  std::array<CivilTime, 64> buffer_;
  std::size_t batch_ = kFirstBatch;  // small at first, as most walks are short, then more
  std::size_t buffered_ = 0;
  std::size_t next_buffered_ = 0;
};

}  // namespace internal

namespace {

constexpr CivilTime kEndOfCivilTime{kLatest.time_since_epoch()};

bool IsCivilTime(CivilTime time) { return IsRepresentable(Instant(time.time_since_epoch())); }

void SortUnique(std::vector<CivilTime>& times) {
  std::sort(times.begin(), times.end());
  times.erase(std::unique(times.begin(), times.end()), times.end());
}

}  // namespace

Result<Recurrence> Recurrence::Create(CivilTime start, std::optional<RecurrenceRule> rule,
                                      std::vector<CivilTime> added,
                                      std::vector<CivilTime> removed) {
  if (!IsCivilTime(start) || !std::all_of(added.begin(), added.end(), IsCivilTime) ||
      !std::all_of(removed.begin(), removed.end(), IsCivilTime)) {
    return Error{ErrorCode::kInvalidArgument, "a recurrence lies in the years 1 to 9999"};
  }
  if (rule && rule->parts().until && std::holds_alternative<Instant>(*rule->parts().until)) {
    return Error{ErrorCode::kInvalidArgument, "UNTIL: in UTC, and not placed in a zone"};
  }
  if (!rule) added.push_back(start);
  SortUnique(added);
  SortUnique(removed);
  auto plan = std::make_shared<internal::RecurrencePlan>();
  plan->start = start;
  if (rule) plan->rule.emplace(*rule, start);
  plan->added = std::move(added);
  plan->removed = std::move(removed);
  return Recurrence(std::move(plan));
}

CivilTime Recurrence::start() const { return plan_->start; }

Result<std::vector<CivilTime>> Recurrence::OccurrencesBetween(CivilTime from, CivilTime to,
                                                              std::size_t limit) const {
  std::vector<CivilTime> occurrences;
  OccurrenceCursor cursor(*this, to);
  cursor.Seek(from);
  std::array<CivilTime, 64> batch;
  for (std::size_t taken = batch.size(); taken == batch.size();) {
    const Result<std::size_t> more = cursor.NextBatch(batch);
    if (!more) return more.error();
    taken = *more;
    if (taken > limit - occurrences.size()) {
      return Error{ErrorCode::kUnbounded,
                   "more than " + std::to_string(limit) + " occurrences in the range"};
    }
    occurrences.insert(occurrences.end(), batch.begin(),
                       batch.begin() + static_cast<std::ptrdiff_t>(taken));
  }
  return occurrences;
}

OccurrenceCursor::OccurrenceCursor(const Recurrence& recurrence)
    : OccurrenceCursor(recurrence, kEndOfCivilTime) {}

OccurrenceCursor::OccurrenceCursor(const Recurrence& recurrence, CivilTime end)
    : walker_(std::make_unique<internal::OccurrenceWalker>(recurrence.plan_,
                                                           std::min(end, kEndOfCivilTime))) {}

OccurrenceCursor::OccurrenceCursor(OccurrenceCursor&&) noexcept = default;
OccurrenceCursor& OccurrenceCursor::operator=(OccurrenceCursor&&) noexcept = default;
OccurrenceCursor::~OccurrenceCursor() = default;

void OccurrenceCursor::Seek(CivilTime from) { walker_->Seek(from); }

Result<std::optional<CivilTime>> OccurrenceCursor::Next() { return walker_->Next(); }

Result<std::size_t> OccurrenceCursor::NextBatch(std::span<CivilTime> out) {
  return walker_->NextBatch(out);
}

}  // namespace clinic
