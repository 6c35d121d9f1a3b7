// clinic export: a backup of a database, or its appointments for other programs.
//
// Exit codes: kDone; kUsage for a format that there is not, or without the file that a format
// needs; kUnavailable for a database that cannot be opened; kFailed where the backup cannot be
// written.
#include <filesystem>
#include <memory>
#include <utility>

#include "server/cli/appointments_csv.hpp"
#include "server/cli/commands.hpp"
#include "server/cli/copy_report.hpp"
#include "server/database.hpp"

namespace clinic::cli {
namespace {

struct ExportOptions {
  std::optional<std::string> format;
  std::optional<std::string> output;
  std::optional<std::string> database;
};

ExitCode Fail(Console& console, const std::string& message, ExitCode code) {
  console.err << "clinic export: " << message << "\n";
  return code;
}

ExitCode ExitFor(const Error& error) {
  return error.code == ErrorCode::kUnavailable ? ExitCode::kUnavailable : ExitCode::kFailed;
}

// Written beside its name and given it when it is whole: nobody finds half a backup under it.
ExitCode WriteBackup(Store& store, const std::string& path, Console& console) {
  std::error_code error;
  if (std::filesystem::exists(path, error)) {
    return Fail(console, path + " is there already", ExitCode::kUsage);
  }
  const std::string unfinished = path + ".unfinished";
  std::filesystem::remove(unfinished, error);
  Result<Copied> copied = Error{ErrorCode::kUnavailable, ""};
  {
    const auto backup = server::OpenDatabase("sqlite:" + unfinished, server::IfMissing::kCreate);
    copied = backup.ok() ? CopyStore(store, **backup) : backup.error();
  }  // closed: all of it stands in the one file now
  if (copied.ok()) std::filesystem::rename(unfinished, path, error);
  if (!copied.ok() || error) {
    std::error_code ignored;
    std::filesystem::remove(unfinished, ignored);
    return copied.ok() ? Fail(console, path + ": " + error.message(), ExitCode::kFailed)
                       : Fail(console, copied.error().message, ExitFor(copied.error()));
  }
  PrintCopied(console.out, *copied);
  console.err << "clinic export: written to " << path << "\n";
  return ExitCode::kDone;
}

ExitCode WriteCsv(Store& store, Console& console) {
  const Result<std::size_t> written = WriteAppointmentsCsv(store, console.out);
  if (!written.ok()) return Fail(console, written.error().message, ExitFor(written.error()));
  return ExitCode::kDone;
}

ExitCode Export(const ExportOptions& options, Console& console) {
  const bool is_backup = *options.format == "backup";
  if (!is_backup && *options.format != "csv") {
    return Fail(console, "--format: \"" + *options.format + "\" is neither backup nor csv",
                ExitCode::kUsage);
  }
  if (is_backup != options.output.has_value()) {
    return Fail(console,
                is_backup ? "--output is missing: the file that the backup is to be"
                          : "csv goes to the standard output, and takes no --output",
                ExitCode::kUsage);
  }
  const auto store = server::OpenDatabase(options.database.value_or(server::kDefaultDatabase),
                                          server::IfMissing::kRefuse);
  if (!store.ok()) {
    const Error& error = store.error();
    return Fail(console, error.message,
                error.code == ErrorCode::kInvalidArgument ? ExitCode::kUsage : ExitFor(error));
  }
  return is_backup ? WriteBackup(**store, *options.output, console) : WriteCsv(**store, console);
}

}  // namespace

void AddExport(CommandLine& line) {
  const auto options = std::make_shared<ExportOptions>();
  Command& command = line.Add(
      "export",
      "Write a backup of everything, of one moment, while servers go on; or the appointments as "
      "CSV");
  command
      .Text("format", "FORMAT", options->format,
            "backup: an SQLite file that `clinic import --backup` reads; csv: the appointments, in "
            "the columns that `clinic import --appointments` reads")
      .required = true;
  command.Text("output", "FILE", options->output, "Where the backup goes; it must not be there");
  command.Text("database", "NAME", options->database, "The database; sqlite:clinic.db by default");
  command.OnRun([options](Console& console) { return Export(*options, console); });
}

}  // namespace clinic::cli
