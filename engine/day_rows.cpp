#include "engine/day_rows.hpp"

#include <algorithm>

namespace clinic::internal {

const MemberBits DayRows::kNobody{};

DayRows::DayRows(std::chrono::sys_days day, std::span<const Member> members)
    : first_number_((Instant{day} - kEarliest) / kCell),
      blocks_((members.size() + MemberBits::kMembers - 1) / MemberBits::kMembers),
      grids_{{{}, std::vector<MemberBits>(blocks_)}},
      longest_runs_(blocks_) {
  for (const Member& member : members) {
    for (int cell = 0; (cell = member.blocked.FirstFree(cell)) < kCellsADay;) {
      const int end = member.blocked.FirstTouched(cell);
      open_.Set(cell, end);
      cell = end;
    }
  }
  first_ = open_.FirstTouched(0);
  last_ = open_.LastTouchedBefore(kCellsADay) + 1;
  rows_.resize(blocks_ * static_cast<std::size_t>(std::max(last_ - first_, 0)));
  for (std::size_t block = 0; block < blocks_; ++block) ForgetLongestRun(block);
  for (std::uint32_t member = 0; member < members.size(); ++member) {
    if (first_ < last_) SetCells(member, members[member].blocked, first_, last_);
    SetGrid(member, members[member].grid);
  }
}

MemberBits DayRows::CanStart(std::size_t block, int cell, bool inside) const {
  MemberBits can = grids_.front().masks[block];
  if (inside) return can;
  for (const Grid& other : std::span(grids_).subspan(1)) {
    const auto [step, phase] = other.grid;
    if ((first_number_ + cell) % step == phase) can |= other.masks[block];
  }
  return can;
}

DayRows::Change DayRows::SetCells(std::uint32_t member, const DayCells& blocked, int from, int to) {
  const std::size_t block = member / MemberBits::kMembers;
  const std::uint32_t bit = member % MemberBits::kMembers;
  const std::size_t begin = block * static_cast<std::size_t>(std::max(last_ - first_, 0));
  Change change = Change::kNone;
  int next_blocked = -1;
  for (int cell = from; cell < to; ++cell) {
    if (next_blocked < cell) next_blocked = blocked.FirstTouched(cell);
    const bool usable = cell < next_blocked;
    if (cell < first_ || cell >= last_) {
      if (usable) return Change::kNoPlace;
      continue;
    }
    MemberBits& row = rows_[begin + static_cast<std::size_t>(cell - first_)];
    if (!usable) {
      row.Reset(bit);
    } else if (!row.Has(bit)) {
      row.Set(bit);
      open_.Set(cell, cell + 1);
      change = Change::kMoreTime;
    }
  }
  if (change == Change::kMoreTime) ForgetLongestRun(block);
  return change;
}

void DayRows::SetGrid(std::uint32_t member, Schedule::StartGrid grid) {
  const std::size_t block = member / MemberBits::kMembers;
  for (Grid& other : grids_) other.masks[block].Reset(member % MemberBits::kMembers);
  auto place = std::ranges::find(grids_, grid, &Grid::grid);
  if (place == grids_.end()) {
    if (grids_.size() < kMostGrids) {
      grids_.push_back({grid, std::vector<MemberBits>(blocks_)});
      place = std::prev(grids_.end());
    } else {
      place = grids_.begin();
    }
  }
  place->masks[block].Set(member % MemberBits::kMembers);
}

std::size_t DayRows::MemoryBytes() const {
  return rows_.capacity() * sizeof(MemberBits) + grids_.size() * blocks_ * sizeof(MemberBits) +
         longest_runs_.size() * sizeof(std::uint16_t);
}

}  // namespace clinic::internal
