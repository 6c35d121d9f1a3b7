// clinic migrate: brings a database's schema up to date, or says what that would do.
//
// Exit codes: kDone, also where there is nothing to do; kUsage for a name that is no database's;
// kUnavailable for one that cannot be opened; kFailed for one that is not ours, or damaged.
#include <memory>
#include <utility>

#include "adapters/sqlite/sqlite_store.hpp"
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
  const std::optional<std::string> path = server::SqlitePath(name);
  if (!path) {
    console.err << "clinic migrate: \"" << name
                << "\" has no schema to migrate; name a sqlite:PATH\n";
    return ExitCode::kUsage;
  }
  const Result<std::vector<MigrationStatus>> pending = PendingMigrations(*path);
  if (!pending.ok()) return fail(pending.error());
  if (!options.dry_run) {
    if (const auto opened = SqliteStore::Open(*path); !opened.ok()) return fail(opened.error());
  }
  for (const MigrationStatus& migration : *pending) {
    console.out << (options.dry_run ? "pending  " : "applied  ") << migration.version << "  "
                << migration.name << "\n";
  }
  if (pending->empty()) console.err << "clinic migrate: " << *path << " is up to date\n";
  return ExitCode::kDone;
}

}  // namespace

void AddMigrate(CommandLine& line) {
  const auto options = std::make_shared<MigrateOptions>();
  Command& migrate = line.Add("migrate", "Bring a database's schema up to date");
  migrate.Text("database", "NAME", options->database, "sqlite:PATH; sqlite:clinic.db by default");
  migrate.Switch("dry-run", options->dry_run, "Only say what would be done");
  migrate.OnRun([options](Console& console) { return Migrate(*options, console); });
}

}  // namespace clinic::cli
