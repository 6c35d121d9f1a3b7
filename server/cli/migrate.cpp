// clinic migrate: brings a database's schema up to date, or says what that would do; or moves
// everything from one database to another.
//
// Exit codes: kDone, also where there is nothing to do; kUsage for a name that is no database's;
// kUnavailable for one that cannot be opened; kFailed for one that is not ours, or damaged, or for
// a move to one that holds something.
#include <memory>
#include <utility>

#include "server/cli/commands.hpp"
#include "server/cli/copy_report.hpp"
#include "server/database.hpp"

namespace clinic::cli {
namespace {

struct MigrateOptions {
  std::optional<std::string> database;
  std::optional<std::string> from;
  std::optional<std::string> to;
  bool dry_run = false;
};

ExitCode Fail(Console& console, const Error& error) {
  console.err << "clinic migrate: " << error.message << "\n";
  return error.code == ErrorCode::kUnavailable       ? ExitCode::kUnavailable
         : error.code == ErrorCode::kInvalidArgument ? ExitCode::kUsage
                                                     : ExitCode::kFailed;
}

ExitCode Move(const MigrateOptions& options, Console& console) {
  if (!options.from || !options.to || options.database || options.dry_run) {
    console.err << "clinic migrate: a move takes --from and --to, and nothing else\n";
    return ExitCode::kUsage;
  }
  const auto from = server::OpenDatabase(*options.from, server::IfMissing::kRefuse);
  if (!from.ok()) return Fail(console, from.error());
  const auto to = server::OpenDatabase(*options.to, server::IfMissing::kCreate);
  if (!to.ok()) return Fail(console, to.error());
  const Result<Copied> copied = CopyStore(**from, **to);
  if (!copied.ok()) {
    Error error = copied.error();
    error.message = server::ShownName(*options.to) + ": " + error.message + "; nothing was moved";
    return Fail(console, error);
  }
  PrintCopied(console.out, *copied);
  console.err << "clinic migrate: moved from " << server::ShownName(*options.from) << " to "
              << server::ShownName(*options.to) << "; the first is as it was\n";
  return ExitCode::kDone;
}

ExitCode Migrate(const MigrateOptions& options, Console& console) {
  if (options.from || options.to) return Move(options, console);
  const std::string name = options.database.value_or(server::kDefaultDatabase);
  if (!server::SqlitePath(name) && !server::IsPostgres(name)) {
    console.err << "clinic migrate: \"" << name
                << "\" has no schema to migrate; name a sqlite:PATH or postgresql://HOST/NAME\n";
    return ExitCode::kUsage;
  }
  const Result<std::vector<MigrationStatus>> pending = server::PendingMigrationsOf(name);
  if (!pending.ok()) return Fail(console, pending.error());
  if (!options.dry_run) {
    const auto opened = server::OpenDatabase(name, server::IfMissing::kCreate);
    if (!opened.ok()) return Fail(console, opened.error());
  }
  for (const MigrationStatus& migration : *pending) {
    console.out << (options.dry_run ? "pending  " : "applied  ") << migration.version << "  "
                << migration.name << "\n";
  }
  if (pending->empty()) {
    console.err << "clinic migrate: " << server::ShownName(name) << " is up to date\n";
  }
  return ExitCode::kDone;
}

}  // namespace

void AddMigrate(CommandLine& line) {
  const auto options = std::make_shared<MigrateOptions>();
  Command& migrate = line.Add(
      "migrate",
      "Bring a database's schema up to date; or move everything to another, empty database");
  migrate.Text("database", "NAME", options->database,
               "sqlite:PATH or postgresql://HOST/NAME; sqlite:clinic.db by default");
  migrate.Text("from", "NAME", options->from,
               "Move everything from this database, which stays as it is ...");
  migrate.Text("to", "NAME", options->to, "... to this one, which holds nothing yet");
  migrate.Switch("dry-run", options->dry_run, "Only say what would be done");
  migrate.OnRun([options](Console& console) { return Migrate(*options, console); });
}

}  // namespace clinic::cli
