#include "engine/specialty_index.hpp"

#include <algorithm>
#include <utility>

namespace clinic::internal {

SpecialtyIndex::SpecialtyIndex(std::vector<ResourceStatePtr> members, const Interval& window)
    : members_(std::move(members)),
      window_{std::chrono::floor<std::chrono::days>(window.start),
              std::chrono::floor<std::chrono::days>(window.end)},
      changes_(std::make_shared<ChangeFlags>(members_.size())) {
  // What begins on the last day may go on into one more.
  days_.resize(static_cast<std::size_t>(window_.length() / kDay) + 1);
}

SpecialtyIndex::~SpecialtyIndex() { changes_->Close(); }

std::size_t SpecialtyIndex::MemoryBytes() const {
  const std::shared_lock lock(mutex_);
  std::size_t bytes = sizeof(*this) + days_.capacity() * sizeof(days_.front());
  for (const auto& rows : days_) {
    if (rows != nullptr) bytes += sizeof(*rows) + rows->MemoryBytes();
  }
  return bytes;
}

std::chrono::sys_days SpecialtyIndex::DayAt(std::size_t day) const {
  return std::chrono::floor<std::chrono::days>(window_.start) +
         std::chrono::days{static_cast<int>(day)};
}

void SpecialtyIndex::TakeUpChanges() {
  if (watching_) {
    changes_->Take([&](std::uint32_t member) { TakeUp(member); });
    return;
  }
  for (std::uint32_t member = 0; member < members_.size(); ++member) {
    const std::lock_guard lock(members_[member]->mutex);
    Schedule& schedule = members_[member]->schedule;
    schedule.watchers().Add(changes_, member);
    shortest_default_ = std::min(shortest_default_, schedule.resource().default_duration);
  }
  watching_ = true;
}

void SpecialtyIndex::TakeUp(std::uint32_t member) {
  const std::lock_guard lock(members_[member]->mutex);
  Schedule& schedule = members_[member]->schedule;
  const ScheduleChanges changes = schedule.watchers().Take(*changes_);
  if (changes.everything) {
    shortest_default_ = std::min(shortest_default_, schedule.resource().default_duration);
    for (std::size_t day = 0; day < days_.size(); ++day) Refresh(member, day, 0, kCellsADay, true);
    return;
  }
  for (const Interval& changed : changes.intervals) {
    const Instant end = std::min(changed.end, Instant{DayAt(days_.size())});
    for (Instant at = std::max(changed.start, window_.start); at < end;) {
      const auto day = static_cast<std::size_t>((at - window_.start) / kDay);
      const Instant midnight = DayAt(day);
      const Duration rest = std::min<Duration>(end - midnight, kDay);
      Refresh(member, day, static_cast<int>((at - midnight) / kCell),
              static_cast<int>((rest + kCell - Duration{1}) / kCell), false);
      at = midnight + kDay;
    }
  }
}

// Requires that the member's schedule is locked.
void SpecialtyIndex::Refresh(std::uint32_t member, std::size_t day, int from, int to, bool grid) {
  DayRows* const rows = days_[day].get();
  if (rows == nullptr) return;
  Schedule& schedule = members_[member]->schedule;
  const bool covered = schedule.Cover({DayAt(day), DayAt(day + 1)}).ok();
  // Where the rules cannot be expanded, let the member say so when asked.
  const DayCells blocked = covered ? schedule.BlockedCells(DayAt(day), from, to) : DayCells();
  if (grid)
    rows->SetGrid(member, covered ? schedule.StartGridOf(DayAt(day)) : Schedule::StartGrid());
  const DayRows::Change change = rows->SetCells(member, blocked, from, to);
  if (change == DayRows::Change::kNoPlace) {
    days_[day].reset();
  } else if (change == DayRows::Change::kMoreTime && day > 0 && days_[day - 1] != nullptr) {
    days_[day - 1]->ForgetLongestRun(member / MemberBits::kMembers);
  }
}

void SpecialtyIndex::Make(std::size_t day) {
  if (days_[day] != nullptr) return;
  std::vector<DayRows::Member> members;
  members.reserve(members_.size());
  for (const ResourceStatePtr state : members_) {
    const std::lock_guard lock(state->mutex);
    Schedule& schedule = state->schedule;
    const bool covered = schedule.Cover({DayAt(day), DayAt(day + 1)}).ok();
    members.push_back(covered ? DayRows::Member{schedule.BlockedCells(DayAt(day)),
                                                schedule.StartGridOf(DayAt(day))}
                              : DayRows::Member{});
  }
  days_[day] = std::make_unique<DayRows>(DayAt(day), members);
  if (day == 0 || days_[day - 1] == nullptr) return;
  for (std::size_t b = 0; b < days_[day]->blocks(); ++b) days_[day - 1]->ForgetLongestRun(b);
}

void SpecialtyIndex::Prepare(std::size_t day) {
  const std::unique_lock lock(mutex_);
  TakeUpChanges();
  Make(day);
  Make(day + 1);
}

SpecialtyIndex::Search::Search(std::shared_ptr<SpecialtyIndex> index, Instant from, Instant until,
                               std::optional<Duration> length)
    : index_(std::move(index)), lock_(index_->mutex_), from_(from), until_(until) {
  if (!index_->watching_ || index_->changes_->AreAnyRaised()) {
    lock_.unlock();
    {
      const std::unique_lock changing(index_->mutex_);
      index_->TakeUpChanges();
    }
    lock_.lock();
  }
  const Duration shortest = length.value_or(index_->shortest_default_);
  cells_ = static_cast<int>((shortest + kCell - Duration{1}) / kCell);
  until_ = until - shortest + Duration{1};
  named_.resize((index_->members_.size() + MemberBits::kMembers - 1) / MemberBits::kMembers);
  MoveTo(from_);
}

void SpecialtyIndex::Search::MoveTo(Instant instant) {
  const auto day = static_cast<std::size_t>((instant - index_->window_.start) / kDay);
  if (day != day_) rows_ = nullptr;
  day_ = day;
  midnight_ = index_->window_.start + kDay * static_cast<std::int64_t>(day);
  cell_ = static_cast<int>((instant - midnight_) / kCell);
  in_cell_ = ready_ = whole_day_ = false;
}

void SpecialtyIndex::Search::SkipTo(Instant instant) {
  if (instant <= from_) return;
  from_ = instant;
  if (StartOf(cell_ + 1) <= instant) {
    MoveTo(instant);
  } else if (ready_) {
    candidate_.from = std::max(candidate_.from, instant);
  }
}

const Candidate* SpecialtyIndex::Search::Peek(Instant until) {
  while (!ready_) {
    if (!in_cell_ && !NextCell(until)) return nullptr;
    while (word_ < left_.words.size() && left_.words[word_] == 0) ++word_;
    if (word_ < left_.words.size()) {
      member_ = static_cast<std::uint32_t>(block_) * MemberBits::kMembers + 64 * word_ +
                static_cast<std::uint32_t>(std::countr_zero(left_.words[word_]));
      candidate_ = {index_->members_[member_], std::max(from_, StartOf(cell_))};
      left_.words[word_] &= left_.words[word_] - 1;
      ready_ = true;
    } else if (++block_ < named_.size()) {
      LoadBlock();
    } else {
      in_cell_ = false;
      if (!rest_ && ++cell_ == kCellsADay) LeaveDay();
    }
  }
  return candidate_.from <= until ? &candidate_ : nullptr;
}

void SpecialtyIndex::Search::Pop() {
  ready_ = false;
  named_[member_ / MemberBits::kMembers].Set(member_ % MemberBits::kMembers);
}

bool SpecialtyIndex::Search::NextCell(Instant until) {
  for (;;) {
    if (StartOf(cell_) > until || StartOf(cell_) >= until_ || rest_) return false;
    if (StartOf(cell_) >= index_->window_.end) {
      rest_ = true;
      break;
    }
    if (rows_ == nullptr) EnterDay();
    const int open = promising_ ? rows_->open().FirstTouched(cell_) : kCellsADay;
    if (open == kCellsADay) {
      LeaveDay();
      continue;
    }
    cell_ = open;
    const int last = open + cells_ - 1;
    if (last < kCellsADay && !rows_->open().Any(last, last + 1)) {
      if (++cell_ == kCellsADay) LeaveDay();
      continue;
    }
    if (StartOf(cell_) > until || StartOf(cell_) >= until_) return false;
    break;
  }
  in_cell_ = true;
  block_ = 0;
  LoadBlock();
  return true;
}

void SpecialtyIndex::Search::EnterDay() {
  const auto find = [&] {
    rows_ = index_->days_[day_].get();
    next_rows_ = index_->days_[day_ + 1].get();
    return rows_ != nullptr && next_rows_ != nullptr;
  };
  while (!find()) {
    lock_.unlock();
    index_->Prepare(day_);
    lock_.lock();
  }
  whole_day_ = cell_ <= rows_->open().FirstTouched(0);
  has_run_.assign(named_.size(), 0);
  promising_ = false;
  for (std::size_t b = 0; b < named_.size(); ++b) promising_ |= rows_->LongestRun(b) >= cells_;
}

void SpecialtyIndex::Search::LeaveDay() {
  for (std::size_t b = 0; whole_day_ && b < named_.size(); ++b) {
    if (has_run_[b] == 0) rows_->LowerLongestRun(b, cells_ - 1);
  }
  rows_ = nullptr;
  ++day_;
  midnight_ += kDay;
  cell_ = 0;
}

void SpecialtyIndex::Search::LoadBlock() {
  left_ = {};
  word_ = 0;
  if (rest_) {
    const std::size_t members = index_->members_.size() - block_ * MemberBits::kMembers;
    for (std::uint32_t i = 0; i < std::min<std::size_t>(members, MemberBits::kMembers); ++i) {
      left_.Set(i);
    }
    left_.Subtract(named_[block_]);
    return;
  }
  if (rows_->LongestRun(block_) < cells_) return;
  MemberBits run = rows_->Row(block_, cell_);
  for (int cell = cell_ + 1; cell < cell_ + cells_; ++cell) {
    if (cell % 4 == 0 && !run.Any()) return;
    run &=
        cell < kCellsADay ? rows_->Row(block_, cell) : next_rows_->Row(block_, cell - kCellsADay);
  }
  if (!run.Any()) return;
  has_run_[block_] = 1;
  run &= rows_->CanStart(block_, cell_, from_ > StartOf(cell_));
  left_ = run.Subtract(named_[block_]);
}

}  // namespace clinic::internal
