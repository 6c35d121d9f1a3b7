// clinic check FILE...: finds every double booking in calendar files, without loading them
// anywhere.
//
// Exit codes: kProblems where anything is double-booked; else kFailed where a row could not be
// used, since nobody knows whether it is; else kDone. A file that cannot be read is kFailed, and
// options that do not fit the file (a column that is not there, no length for any appointment) are
// kUsage.
#include <algorithm>
#include <memory>
#include <utility>

#include "server/cli/check_report.hpp"
#include "server/cli/commands.hpp"
#include "server/cli/progress.hpp"
#include "server/cli/watched_source.hpp"
#include "server/import/double_bookings.hpp"
#include "server/import/field_text.hpp"

namespace clinic::cli {
namespace {

using calendar_file::AppointmentFile;
using calendar_file::ColumnMapping;
using calendar_file::LengthRules;

struct CheckOptions {
  std::vector<std::string> files;
  std::optional<std::string> slots;
  std::optional<std::int64_t> duration_minutes;
  std::optional<std::string> timezone;
  std::vector<std::string> map;
  bool json = false;
};

Result<LengthRules> ReadLengthRules(const CheckOptions& options, const ColumnMapping& mapping,
                                    ProgressBar& bar, Console& console) {
  LengthRules rules;
  if (options.duration_minutes) rules.fallback = std::chrono::minutes(*options.duration_minutes);
  if (options.slots) {
    const auto slots = calendar_file::ReadSlots(WatchedSource(*options.slots, mapping, bar));
    if (!slots) return slots.error();
    rules.slots = calendar_file::DeriveSlotLengths(slots->rows);
    WipeProgress();
    PrintRejected(console.err, *options.slots, slots->rejected);
  }
  return rules;
}

Result<std::vector<AppointmentFile>> ReadFiles(const CheckOptions& options, const Zone& zone,
                                               Console& console) {
  const Result<ColumnMapping> mapping = ColumnMapping::Parse(options.map);
  if (!mapping) return Error{mapping.error().code, "--map: " + mapping.error().message};
  ProgressBar bar("", 0);
  const Result<LengthRules> rules = ReadLengthRules(options, *mapping, bar, console);
  if (!rules) return rules.error();

  std::vector<AppointmentFile> files;
  for (const std::string& path : options.files) {
    auto table = calendar_file::ReadAppointments(WatchedSource(path, *mapping, bar), *rules, zone);
    if (!table) return table.error();
    WipeProgress();
    PrintRejected(console.err, path, table->rejected);
    files.push_back({path, *std::move(table)});
  }
  return files;
}

ExitCode Check(const CheckOptions& options, Console& console) {
  const auto fail = [&console](const Error& error) {
    console.err << "clinic check: " << error.message << "\n";
    const bool usage = error.code == ErrorCode::kInvalidArgument;
    return usage ? ExitCode::kUsage : ExitCode::kFailed;
  };
  const Result<Zone> zone = Zone::Load(options.timezone.value_or("UTC"));
  if (!zone) return fail(zone.error());
  const Result<std::vector<AppointmentFile>> files = ReadFiles(options, *zone, console);
  if (!files) return fail(files.error());
  const calendar_file::DoubleBookings found = calendar_file::FindDoubleBookings(*files, *zone);
  console.out << (options.json ? CheckReportAsJson(*files, found)
                               : CheckReportAsText(*files, found));
  if (found.all.overlapping_pairs > 0) return ExitCode::kProblems;
  const bool all_read = std::all_of(files->begin(), files->end(), [](const AppointmentFile& file) {
    return file.table.rejected.empty();
  });
  return all_read ? ExitCode::kDone : ExitCode::kFailed;
}

}  // namespace

void AddCheck(CommandLine& line) {
  const auto options = std::make_shared<CheckOptions>();
  Command& check = line.Add("check", "Find every double booking in calendar files");
  check.Arguments("FILE", options->files,
                  "Appointments in CSV or iCalendar, plain or gzip; read as one calendar");
  check.Text("slots", "FILE", options->slots,
             "Slots in CSV: an appointment is as long as its practitioner's slots, where its own "
             "columns do not say");
  check.Integer("duration-minutes", "N", options->duration_minutes,
                {1, calendar_file::kLongestMinutes},
                "How long an appointment is where neither its columns nor the slots say");
  check.Text("timezone", "ZONE", options->timezone,
             "The IANA time zone of the clinic, on whose clock everything is put; UTC by default");
  check.Texts("map", "FIELD=COLUMN", options->map,
              "Which column holds what: practitioner, start, date, end, duration, status, ...; "
              "several with commas between them, those of the slots as slots.start");
  check.Flag("json", options->json, "Print everything that was found as JSON");
  check.OnRun([options](Console& console) { return Check(*options, console); });
}

}  // namespace clinic::cli
