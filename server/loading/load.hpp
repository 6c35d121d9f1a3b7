// Loading a calendar that other systems exported: practitioners with their working hours, patients,
// appointments.
//
// Loading again changes nothing: ids are made of what the files call things (identity.hpp), and
// what is there already stays as it is, whatever the files say now. Everything is written in
// batches, a transaction each, so that who interrupts a load keeps whole batches, and the next load
// goes on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clinic/scheduler.hpp"
#include "server/import/appointments.hpp"
#include "server/import/patients.hpp"
#include "server/import/slots.hpp"

namespace clinic::loading {

/// A calendar as its files have it, in the clinic's local time.
struct Calendar {
  std::vector<calendar_file::AppointmentRow> appointments{};
  std::vector<calendar_file::PatientRow> patients{};
  std::vector<calendar_file::WorkingWindow> windows{};  ///< by practitioner and start
  calendar_file::SlotLengths slot_lengths{};
  std::optional<Duration> fallback_length{};  ///< of the slots of those who are not in slot_lengths
};

struct Options {
  std::string timezone = "UTC";  ///< where the files' times are meant
  std::size_t batch = 5'000;     ///< rows in one transaction, at least 1
  /// Told what is being added, how many are done and of how many.
  std::function<void(std::string_view what, std::size_t done, std::size_t total)> on_progress{};
};

/// What stands in a row's way on one resource.
struct InTheWay {
  ResourceKind kind = ResourceKind::kPractitioner;
  BookingId booking{};
  std::optional<std::uint64_t> row{};  ///< of the same file, where it came from there
  Interval interval{};
};

/// An appointment that was left out, or kept as it was.
struct RowNote {
  std::uint64_t row = 0;
  std::string practitioner{};
  std::string appointment{};  ///< empty where the file gives it no id
  ErrorCode code = ErrorCode::kConflict;
  std::string reason{};  ///< goes on where "row 12" stops
  std::vector<InTheWay> in_the_way{};
};

struct Counts {
  std::size_t loaded = 0;
  std::size_t already_there = 0;
};

struct Report {
  Counts practitioners{};
  Counts hours{};  ///< availability rules
  Counts patients{};
  Counts appointments{};
  std::vector<RowNote> refused{};    ///< not loaded, by row
  std::vector<RowNote> changed{};    ///< there with another time, status or people; kept so, by row
  std::vector<std::string> notes{};  ///< what else was kept as it was, a sentence each
};

/// Loads `calendar`. Patients who only occur in appointments are called by their id. An appointment
/// keeps its status, need not lie in working hours or the future, and is refused where it takes up
/// time that another one takes up, of which the first in the file is loaded. Errors:
/// kInvalidArgument (the zone is unknown); those of the store, after which the batches before stay
/// loaded.
Result<Report> Load(const Calendar& calendar, Scheduler& scheduler, const Options& options = {});

}  // namespace clinic::loading
