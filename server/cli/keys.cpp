// clinic keys: the keys that tokens are signed with, in a folder that servers share.
//
// Without an action it lists them. `--rotate` adds a key, which signs a minute later; `--prune`
// deletes those whose tokens have all expired. Servers notice by themselves.
//
// Exit codes: kDone; kUsage for a folder or a key that is none, or is open to others, and for an
// unknown algorithm; kUnavailable for what cannot be read or written.
#include <chrono>
#include <memory>

#include "clinic/time_text.hpp"
#include "server/auth/key_folder.hpp"
#include "server/auth/token.hpp"
#include "server/cli/commands.hpp"

namespace clinic::cli {
namespace {

struct KeysOptions {
  std::optional<std::string> folder;
  std::optional<std::string> algorithm;
  bool rotate = false;
  bool prune = false;
};

auth::FileTime Now() { return std::chrono::system_clock::now(); }

Result<void> Rotate(const KeysOptions& options, Console& console) {
  const auto algorithm = auth::ParseAlgorithm(options.algorithm.value_or("ES256"));
  if (!algorithm) {
    return Error{ErrorCode::kInvalidArgument, "--algorithm: must be ES256, RS256 or HS256"};
  }
  const Result<std::string> id = auth::AddKey(*options.folder, *algorithm, Now());
  if (!id.ok()) return id.error();
  console.err << "clinic keys: made " << *id << "; where others were there, it signs in "
              << auth::kKeySignsAfter.count() << " seconds\n";
  return {};
}

Result<void> Prune(const KeysOptions& options, Console& console) {
  const auto pruned = auth::PruneKeys(*options.folder, auth::TokenSettings().lifetime, Now());
  if (!pruned.ok()) return pruned.error();
  for (const std::string& id : *pruned) console.err << "clinic keys: deleted " << id << "\n";
  if (pruned->empty()) console.err << "clinic keys: there is none to delete yet\n";
  return {};
}

Result<void> List(const KeysOptions& options, Console& console) {
  const auto files = auth::ReadKeyFolder(*options.folder, Now());
  if (!files.ok()) return files.error();
  for (const auth::KeyFile& file : *files) {
    const Instant made = std::chrono::floor<std::chrono::seconds>(file.made);
    console.out << file.material.id << "  " << auth::ToString(file.material.algorithm) << "  "
                << FormatUtc(made) << (&file == &files->front() ? "  signs" : "") << "\n";
  }
  return {};
}

ExitCode Run(const KeysOptions& options, Console& console) {
  Result<void> done;
  if (options.rotate) done = Rotate(options, console);
  if (done.ok() && options.prune) done = Prune(options, console);
  if (done.ok()) done = List(options, console);
  if (done.ok()) return ExitCode::kDone;
  console.err << "clinic keys: " << done.error().message << "\n";
  return done.error().code == ErrorCode::kInvalidArgument ? ExitCode::kUsage
                                                          : ExitCode::kUnavailable;
}

}  // namespace

void AddKeys(CommandLine& line) {
  const auto options = std::make_shared<KeysOptions>();
  Command& keys = line.Add("keys", "List, rotate and prune the keys that tokens are signed with");
  keys.Text("keys", "FOLDER", options->folder, "Where they are; as `clinic serve` takes it")
      .required = true;
  keys.Text("algorithm", "NAME", options->algorithm,
            "Of a new key: ES256 by default, RS256 or HS256");
  keys.Flag("rotate", options->rotate, "Add a new key; makes the folder where there is none");
  keys.Flag("prune", options->prune, "Delete the keys whose tokens have all expired");
  keys.OnRun([options](Console& console) { return Run(*options, console); });
}

}  // namespace clinic::cli
