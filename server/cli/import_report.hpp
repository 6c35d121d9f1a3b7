// What `clinic import` prints.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "server/import/table.hpp"
#include "server/loading/load.hpp"

namespace clinic::cli {

/// The rows of one file that could not be read.
struct UnreadableRows {
  std::string file;
  std::vector<calendar_file::RowError> rows;
};

/// Everything that a load has to say.
struct ImportReport {
  bool dry_run = false;
  std::string appointments_file;
  std::vector<UnreadableRows> unreadable{};
  loading::Report loaded{};
};

/// True where the database does not hold everything that the files say.
bool LeftSomethingOut(const ImportReport& report);

/// For people: how much of each kind was loaded.
std::string ImportReportAsText(const ImportReport& report);

/// For machines, one JSON object:
///
///   {"dry_run": false,
///    "practitioners": {"loaded": n, "already_there": n}, "working_hours": {...},
///    "patients": {...},
///    "appointments": {"loaded": n, "already_there": n, "refused": n, "changed": n},
///    "refused_rows": [{"row", "practitioner", "appointment", "code", "reason",
///                      "conflicts": [{"resource", "booking", "row", "start", "end"}]}],
///    "changed_rows": [{"row", "practitioner", "appointment", "code", "reason"}],
///    "rejected_rows": [{"file", "row", "reason"}], "notes": ["..."]}
///
/// Rejected are rows that could not be read. A conflict's row is null where it is with a booking
/// that this file does not have; its times are UTC.
std::string ImportReportAsJson(const ImportReport& report);

/// Says of every row that was refused or kept, and of everything else that was, why.
void PrintLeftOut(std::ostream& err, const ImportReport& report);

}  // namespace clinic::cli
