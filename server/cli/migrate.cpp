// clinic migrate: brings a database's schema up to date, or says what that would do.
//
// Exit codes: kDone, also where there is nothing to do; kUsage for a name that is no database's;
// kUnavailable for one that cannot be opened; kFailed for one that is not ours, or damaged.
#include <memory>
#include <utility>

#include "server/cli/commands.hpp"
#include "server/database.hpp"

namespace clinic::cli {
namespace {

struct MigrateOptions {
  std::optional<std::string> database;
  bool dry_run = false;
};

ExitCode Migrate(const MigrateOptions& options, Console& console) {
  const auto fail = [&](const Error& error) {
    console.err << "clinic migrate: " << error.message << "\n";
    return error.code == ErrorCode::kUnavailable ? ExitCode::kUnavailable : ExitCode::kFailed;
  };
  const std::string name = options.database.value_or(server::kDefaultDatabase);
  if (!server::SqlitePath(name) && !server::IsPostgres(name)) {
    console.err << "clinic migrate: \"" << name
                << "\" has no schema to migrate; name a sqlite:PATH or postgresql://HOST/NAME\n";
    return ExitCode::kUsage;
  }
  const Result<std::vector<MigrationStatus>> pending = server::PendingMigrationsOf(name);
  if (!pending.ok()) return fail(pending.error());
  if (!options.dry_run) {
    const auto opened = server::OpenDatabase(name, server::IfMissing::kCreate);
    if (!opened.ok()) return fail(opened.error());
  }
  for (const MigrationStatus& migration : *pending) {
    console.out << (options.dry_run ? "pending  " : "applied  ") << migration.version << "  "
                << migration.name << "\n";
  }
  if (pending->empty())
    console.err << "clinic migrate: " << server::SqlitePath(name).value_or(name)
                << " is up to date\n";
  return ExitCode::kDone;
}

}  // namespace

void AddMigrate(CommandLine& line) {
  const auto options = std::make_shared<MigrateOptions>();
  Command& migrate = line.Add("migrate", "Bring a database's schema up to date");
  migrate.Text("database", "NAME", options->database,
               "sqlite:PATH or postgresql://HOST/NAME; sqlite:clinic.db by default");
  migrate.Switch("dry-run", options->dry_run, "Only say what would be done");
  migrate.OnRun([options](Console& console) { return Migrate(*options, console); });
}

}  // namespace clinic::cli
