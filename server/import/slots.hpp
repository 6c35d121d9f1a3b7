// The slots that practitioners offer, and what can be told from them: how long a slot of each is,
// and when they work.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "clinic/result.hpp"
#include "clinic/time.hpp"
#include "server/import/table.hpp"

namespace clinic::calendar_file {

/// One slot of a practitioner, in the clinic's local time.
struct SlotRow {
  std::uint64_t row = 0;
  std::string practitioner;
  std::string slot;  ///< unique within the practitioner; empty where the file has none
  CivilTime start;
};

/// Reads a file of slots. Errors: as CsvReader::Open and Next, then as Columns::Resolve.
Result<Table<SlotRow>> ReadSlots(const Source& source);

/// How long a slot of each practitioner is. One who never has two slots on a day is not in it.
using SlotLengths = std::map<std::string, Duration, std::less<>>;

/// A practitioner's slot length is the smallest distance between two different starts of one day.
/// O(n log n).
SlotLengths DeriveSlotLengths(std::span<const SlotRow> slots);

/// Time in which a practitioner works: slots that follow each other without a gap, on one day.
struct WorkingWindow {
  std::string practitioner;
  CivilTime start;
  CivilTime end;  ///< exclusive

  friend bool operator==(const WorkingWindow&, const WorkingWindow&) = default;
};

/// The working windows that the slots amount to, by practitioner and start; those of practitioners
/// whose slot length is not known are left out. O(n log n).
std::vector<WorkingWindow> DeriveWorkingWindows(std::span<const SlotRow> slots,
                                                const SlotLengths& lengths);

}  // namespace clinic::calendar_file
