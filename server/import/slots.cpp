#include "server/import/slots.hpp"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>

#include "server/import/field_text.hpp"
#include "server/import/read_table.hpp"

namespace clinic::calendar_file {
namespace {

CivilDay DayOf(CivilTime time) { return std::chrono::floor<std::chrono::days>(time); }

Result<SlotRow> Interpret(const CsvRow& row, const Columns& columns) {
  const std::string_view practitioner = columns.Value(row, Field::kPractitioner);
  if (practitioner.empty()) return Error{ErrorCode::kInvalidArgument, "has no practitioner"};
  const Result<CivilTime> start = ReadStart(row, columns);
  if (!start) return start.error();
  return SlotRow{row.number, std::string(practitioner),
                 std::string(columns.Value(row, Field::kSlot)), *start};
}

// The practitioner and start of every slot, in that order, each once. The names belong to `slots`.
std::vector<std::pair<std::string_view, CivilTime>> SortedStarts(std::span<const SlotRow> slots) {
  std::vector<std::pair<std::string_view, CivilTime>> starts;
  starts.reserve(slots.size());
  for (const SlotRow& slot : slots) starts.emplace_back(slot.practitioner, slot.start);
  std::sort(starts.begin(), starts.end());
  starts.erase(std::unique(starts.begin(), starts.end()), starts.end());
  return starts;
}

}  // namespace

Result<Table<SlotRow>> ReadSlots(const Source& source) {
  return ReadTable<SlotRow>(source, TableKind::kSlots, Interpret);
}

SlotLengths DeriveSlotLengths(std::span<const SlotRow> slots) {
  SlotLengths lengths;
  const auto starts = SortedStarts(slots);
  for (std::size_t i = 1; i < starts.size(); ++i) {
    const auto& [practitioner, start] = starts[i - 1];
    const auto& [next_practitioner, next_start] = starts[i];
    if (practitioner != next_practitioner || DayOf(start) != DayOf(next_start)) continue;
    const Duration distance = next_start - start;
    const auto [known, added] = lengths.try_emplace(std::string(practitioner), distance);
    if (!added) known->second = std::min(known->second, distance);
  }
  return lengths;
}

std::vector<WorkingWindow> DeriveWorkingWindows(std::span<const SlotRow> slots,
                                                const SlotLengths& lengths) {
  std::vector<WorkingWindow> windows;
  auto known = lengths.end();
  for (const auto& [practitioner, start] : SortedStarts(slots)) {
    if (known == lengths.end() || known->first != practitioner) known = lengths.find(practitioner);
    if (known == lengths.end()) continue;
    const CivilTime end = start + known->second;
    WorkingWindow* last = windows.empty() ? nullptr : &windows.back();
    if (last != nullptr && last->practitioner == practitioner && last->end == start &&
        DayOf(last->start) == DayOf(start)) {
      last->end = end;
    } else {
      windows.push_back({std::string(practitioner), start, end});
    }
  }
  return windows;
}

}  // namespace clinic::calendar_file
