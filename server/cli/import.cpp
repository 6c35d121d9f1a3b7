// clinic import: loads calendar files, or a backup, into a database.
//
// Exit codes: kDone where the database now holds everything that the files say; kProblems where
// rows were left out (they conflict, cannot be read, or were changed since they were loaded), and
// the rest is loaded; kFailed for a file that cannot be read or a damaged database; kUsage for
// options that make no sense or do not fit a file; kUnavailable for a database that does not
// answer. Whoever interrupts it keeps whole batches, and importing again goes on from there.
#include <filesystem>
#include <memory>
#include <utility>

#include "server/cli/check_report.hpp"
#include "server/cli/commands.hpp"
#include "server/cli/copy_report.hpp"
#include "server/cli/import_report.hpp"
#include "server/cli/watched_source.hpp"
#include "server/database.hpp"
#include "server/import/field_text.hpp"
#include "server/loading/dry_run_store.hpp"

namespace clinic::cli {
namespace {

using calendar_file::ColumnMapping;

struct ImportOptions {
  std::optional<std::string> backup;
  std::optional<std::string> appointments;
  std::optional<std::string> slots;
  std::optional<std::string> patients;
  std::optional<std::string> database;
  std::optional<std::string> timezone;
  std::optional<std::int64_t> duration_minutes;
  std::vector<std::string> map;
  bool dry_run = false;
  bool json = false;
};

/// Reads one file with `read`, and keeps aside which of its rows cannot be used.
template <typename Read>
auto ReadFile(const std::string& path, const ColumnMapping& mapping, ProgressBar& bar,
              ImportReport& report, Console& console, const Read& read) {
  auto table = read(WatchedSource(path, mapping, bar));
  WipeProgress();
  if (!table.ok()) return table;
  PrintRejected(console.err, path, table->rejected);
  report.unreadable.push_back({path, std::move(table->rejected)});
  return table;
}

Result<loading::Calendar> ReadCalendar(const ImportOptions& options, const ColumnMapping& mapping,
                                       const Zone& zone, ProgressBar& bar, ImportReport& report,
                                       Console& console) {
  loading::Calendar calendar;
  if (options.duration_minutes) {
    calendar.fallback_length = std::chrono::minutes(*options.duration_minutes);
  }
  if (options.slots) {
    const auto slots =
        ReadFile(*options.slots, mapping, bar, report, console, calendar_file::ReadSlots);
    if (!slots.ok()) return slots.error();
    calendar.slot_lengths = calendar_file::DeriveSlotLengths(slots->rows);
    if (calendar.fallback_length) {
      for (const calendar_file::SlotRow& slot : slots->rows) {
        calendar.slot_lengths.try_emplace(slot.practitioner, *calendar.fallback_length);
      }
    }
    calendar.windows = calendar_file::DeriveWorkingWindows(slots->rows, calendar.slot_lengths);
  }
  if (options.patients) {
    auto patients =
        ReadFile(*options.patients, mapping, bar, report, console, calendar_file::ReadPatients);
    if (!patients.ok()) return std::move(patients).error();
    calendar.patients = std::move(patients->rows);
  }
  const calendar_file::LengthRules lengths{calendar.slot_lengths, calendar.fallback_length};
  auto appointments = ReadFile(*options.appointments, mapping, bar, report, console,
                               [&](const calendar_file::Source& source) {
                                 return calendar_file::ReadAppointments(source, lengths, zone);
                               });
  if (!appointments.ok()) return std::move(appointments).error();
  calendar.appointments = std::move(appointments->rows);
  return calendar;
}

/// What a dry run begins with: the database as it is, or none where there is none yet.
Result<std::unique_ptr<Store>> OpenForDryRun(const std::string& name) {
  const std::optional<std::string> path = server::SqlitePath(name);
  std::error_code unknown;
  if (path && !std::filesystem::exists(*path, unknown) && !unknown) {
    return server::OpenDatabase("memory:", server::IfMissing::kCreate);
  }
  const Result<std::vector<MigrationStatus>> pending = server::PendingMigrationsOf(name);
  if (!pending.ok()) return pending.error();
  if (!pending->empty()) {  // opening it would write them
    return Error{ErrorCode::kCorrupt,
                 path.value_or(name) + " is not up to date; run clinic migrate first"};
  }
  return server::OpenDatabase(name, server::IfMissing::kRefuse);
}

Result<loading::Report> LoadInto(Store& store, const loading::Calendar& calendar,
                                 const ImportOptions& options, ProgressBar& bar) {
  const SystemClock clock;
  UuidV7Generator ids(clock, 0);  // never asked: everything that is loaded brings its id
  const auto scheduler = Scheduler::Open(store, clock, ids, {.alternatives = 0});
  if (!scheduler.ok()) return scheduler.error();
  std::string_view shown;
  loading::Options load;
  if (options.timezone) load.timezone = *options.timezone;
  load.on_progress = [&](std::string_view what, std::size_t done, std::size_t total) {
    if (shown != what) bar.Restart(std::string(shown = what), total);
    bar.Update(done);
  };
  Result<loading::Report> loaded = loading::Load(calendar, **scheduler, load);
  WipeProgress();
  return loaded;
}

ExitCode Fail(Console& console, const Error& error, ExitCode code) {
  console.err << "clinic import: " << error.message << "\n";
  return error.code == ErrorCode::kInvalidArgument ? ExitCode::kUsage : code;
}

ExitCode ImportBackup(const ImportOptions& options, Console& console) {
  if (options.appointments || options.slots || options.patients || options.dry_run) {
    return Fail(console, {ErrorCode::kInvalidArgument, "a backup is imported by itself"},
                ExitCode::kUsage);
  }
  const auto exit_for = [](const Error& error) {
    return error.code == ErrorCode::kUnavailable ? ExitCode::kUnavailable : ExitCode::kFailed;
  };
  const auto backup = server::OpenDatabase("sqlite:" + *options.backup, server::IfMissing::kRefuse);
  if (!backup.ok()) return Fail(console, backup.error(), exit_for(backup.error()));
  const std::string name = options.database.value_or(server::kDefaultDatabase);
  const auto store = server::OpenDatabase(name, server::IfMissing::kCreate);
  if (!store.ok()) return Fail(console, store.error(), exit_for(store.error()));
  const Result<Copied> copied = CopyStore(**backup, **store);
  if (!copied.ok()) {
    Error error = copied.error();
    error.message = server::ShownName(name) + ": " + error.message + "; nothing was imported";
    return Fail(console, error, exit_for(error));
  }
  PrintCopied(console.out, *copied);
  return ExitCode::kDone;
}

ExitCode Import(const ImportOptions& options, Console& console) {
  const auto fail = [&](const Error& error, ExitCode code) { return Fail(console, error, code); };
  if (options.backup) return ImportBackup(options, console);
  if (!options.appointments) {
    return fail({ErrorCode::kInvalidArgument, "--appointments is missing, or --backup"},
                ExitCode::kUsage);
  }
  const Result<Zone> zone = Zone::Load(options.timezone.value_or("UTC"));
  if (!zone.ok()) return fail(zone.error(), ExitCode::kUsage);
  const Result<ColumnMapping> mapping = ColumnMapping::Parse(options.map);
  if (!mapping.ok()) {
    return fail({mapping.error().code, "--map: " + mapping.error().message}, ExitCode::kUsage);
  }
  ProgressBar bar("", 0);
  ImportReport report{.dry_run = options.dry_run, .appointments_file = *options.appointments};
  const auto calendar = ReadCalendar(options, *mapping, *zone, bar, report, console);
  if (!calendar.ok()) return fail(calendar.error(), ExitCode::kFailed);

  const auto answer = [&](const Error& error) {
    const bool absent = error.code == ErrorCode::kUnavailable;
    return fail(error, absent ? ExitCode::kUnavailable : ExitCode::kFailed);
  };
  const std::string name = options.database.value_or(server::kDefaultDatabase);
  const auto store = options.dry_run ? OpenForDryRun(name)
                                     : server::OpenDatabase(name, server::IfMissing::kCreate);
  if (!store.ok()) return answer(store.error());
  loading::DryRunStore unwritten(**store);
  Store& target = options.dry_run ? static_cast<Store&>(unwritten) : **store;
  Result<loading::Report> loaded = LoadInto(target, *calendar, options, bar);
  if (!loaded.ok()) return answer(loaded.error());

  report.loaded = *std::move(loaded);
  if (!options.slots) {
    report.loaded.notes.emplace_back("without --slots, no working hours are loaded");
  }
  PrintLeftOut(console.err, report);
  console.out << (options.json ? ImportReportAsJson(report) : ImportReportAsText(report));
  return LeftSomethingOut(report) ? ExitCode::kProblems : ExitCode::kDone;
}

}  // namespace

void AddImport(CommandLine& line) {
  const auto options = std::make_shared<ImportOptions>();
  Command& import =
      line.Add("import",
               "Load calendar files, or a backup, into a database. Rows that conflict are reported "
               "by number and left "
               "out, the rest is loaded, and the exit code is 3. Importing again changes nothing");
  import.Text("appointments", "FILE", options->appointments,
              "Appointments in CSV or iCalendar, plain or gzip");
  import.Text("backup", "FILE", options->backup,
              "What `clinic export --format backup` wrote, into a database that holds nothing yet");
  import.Text("slots", "FILE", options->slots,
              "Slots in CSV: when the practitioners work, and how long their appointments are");
  import.Text("patients", "FILE", options->patients,
              "Patients in CSV; without it they are called by their ids");
  import.Text("database", "NAME", options->database,
              "sqlite:PATH, made where it is not there, or postgresql://HOST/NAME; "
              "sqlite:clinic.db by default");
  import.Text("timezone", "ZONE", options->timezone,
              "The IANA time zone of the files' times; UTC by default");
  import.Integer("duration-minutes", "N", options->duration_minutes,
                 {1, calendar_file::kLongestMinutes},
                 "How long an appointment is where neither its columns nor the slots say");
  import.Texts("map", "FIELD=COLUMN", options->map,
               "Which column holds what: practitioner, start, date, end, duration, status, ...; "
               "several with commas between them, those of the other files as slots.start and "
               "patients.name");
  import.Switch("dry-run", options->dry_run, "Only say what would be done");
  import.Flag("json", options->json, "Print everything that was done and left out as JSON");
  import.OnRun([options](Console& console) { return Import(*options, console);
});
}  // namespace clinic::cli

}  // namespace clinic::cli
