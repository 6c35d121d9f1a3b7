#include "server/auth/key_folder.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <optional>
#include <system_error>

#include "server/auth/base64url.hpp"
#include "server/auth/private_file.hpp"
#include "server/auth/random.hpp"

namespace clinic::auth {
namespace {

constexpr std::string_view kSecretSuffix = ".secret";
constexpr std::string_view kPemSuffix = ".pem";

Error Failed(const std::string& path, const std::string& what) {
  return {ErrorCode::kUnavailable, path + ": " + what + ": " + std::strerror(errno)};
}

Error Refusal(const std::string& path, const std::string& what) {
  return {ErrorCode::kInvalidArgument, path + ": " + what};
}

/// Nothing where the name is none of a key.
Result<std::optional<KeyFile>> ReadKeyFile(const std::filesystem::path& path) {
  const std::string name = path.filename();
  const bool is_pem = name.ends_with(kPemSuffix);
  if (name.starts_with('.') || (!is_pem && !name.ends_with(kSecretSuffix))) {
    return std::optional<KeyFile>();
  }
  Result<PrivateFile> contents = ReadPrivateFile(path);
  if (!contents.ok()) return std::move(contents).error();
  KeyFile file{.material = {.id = path.stem(), .secret = std::move(contents->text)},
               .made = contents->written};
  if (is_pem) {
    const Result<Algorithm> algorithm = AlgorithmOfPem(file.material.secret);
    if (!algorithm.ok()) return Refusal(path, algorithm.error().message);
    file.material.algorithm = *algorithm;
  }
  const Result<Key> key = Key::Create(file.material);
  if (!key.ok()) return Refusal(path, key.error().message);
  return std::optional(std::move(file));
}

Result<void> CheckFolder(const std::string& folder) {
  struct stat status {};
  if (stat(folder.c_str(), &status) != 0) return Failed(folder, "cannot be read");
  if (!S_ISDIR(status.st_mode)) return Refusal(folder, "is no folder");
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return Refusal(folder, "others than its owner can put keys into it; chmod go-w");
  }
  return {};
}

std::string FileNameOf(const KeyMaterial& key) {
  return key.id + std::string(key.algorithm == Algorithm::kHs256 ? kSecretSuffix : kPemSuffix);
}

bool IsNewer(const KeyFile& a, const KeyFile& b) {
  return std::pair(a.made, a.material.id) > std::pair(b.made, b.material.id);
}

/// The newest that may sign; where all have just come, the oldest: it is known the longest.
std::vector<KeyFile>::iterator SigningKey(std::vector<KeyFile>& newest_first, FileTime now) {
  const auto may_sign = [&](const KeyFile& file) { return file.made + kKeySignsAfter <= now; };
  const auto found = std::ranges::find_if(newest_first, may_sign);
  return found == newest_first.end() ? std::prev(newest_first.end()) : found;
}

/// "20261122T214507Z-" and something random: ids that sort by age, and never meet.
std::string NewId(FileTime now) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ", &parts);
  return std::string(text.data(), length) + "-" + RandomToken().substr(0, 8);
}

/// Writes all of it, under a name that nobody looks at until it is whole.
Result<void> WriteSecretFile(const std::string& folder, const std::string& name,
                             const std::string& text) {
  const std::string path = folder + "/" + name;
  const std::string unfinished = folder + "/." + name;
  if (Result<void> made = MakePrivateFile(unfinished, text); !made.ok()) return made;
  if (rename(unfinished.c_str(), path.c_str()) != 0) return Failed(path, "cannot be made");
  const int directory = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool is_durable = directory >= 0 && fsync(directory) == 0;
  if (directory >= 0) close(directory);
  return is_durable ? Result<void>() : Result<void>(Failed(folder, "cannot be written"));
}

}  // namespace

Result<std::vector<KeyFile>> ReadKeyFolder(const std::string& folder, FileTime now) {
  if (Result<void> checked = CheckFolder(folder); !checked.ok()) return std::move(checked).error();
  std::vector<KeyFile> keys;
  std::error_code failure;
  std::filesystem::directory_iterator entry(folder, failure);
  for (; !failure && entry != std::filesystem::directory_iterator(); entry.increment(failure)) {
    Result<std::optional<KeyFile>> key = ReadKeyFile(entry->path());
    if (!key.ok()) return std::move(key).error();
    if (*key) keys.push_back(**std::move(key));
  }
  if (failure) return Error{ErrorCode::kUnavailable, folder + ": " + failure.message()};
  if (keys.empty()) {
    return Refusal(folder, "there is no key in it; `clinic keys --rotate` makes one");
  }
  std::ranges::sort(keys, IsNewer);
  std::rotate(keys.begin(), SigningKey(keys, now), std::next(SigningKey(keys, now)));
  return keys;
}

Result<KeySet> LoadKeyFolder(const std::string& folder, FileTime now) {
  Result<std::vector<KeyFile>> files = ReadKeyFolder(folder, now);
  if (!files.ok()) return std::move(files).error();
  std::vector<KeyMaterial> materials;
  for (KeyFile& file : *files) materials.push_back(std::move(file.material));
  return KeySet::Create(materials);
}

Result<std::string> AddKey(const std::string& folder, Algorithm algorithm, FileTime now) {
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return Failed(folder, "cannot be made");
  if (Result<void> checked = CheckFolder(folder); !checked.ok()) return std::move(checked).error();
  const Result<std::string> secret = MakeSecret(algorithm);
  if (!secret.ok()) return secret.error();
  const std::string id = NewId(now);
  const std::string_view suffix = algorithm == Algorithm::kHs256 ? kSecretSuffix : kPemSuffix;
  Result<void> written = WriteSecretFile(folder, id + std::string(suffix), *secret);
  if (!written.ok()) return std::move(written).error();
  return id;
}

Result<std::vector<std::string>> PruneKeys(const std::string& folder, Duration lifetime,
                                           FileTime now) {
  Result<std::vector<KeyFile>> files = ReadKeyFolder(folder, now);
  if (!files.ok()) return std::move(files).error();
  const FileTime signs_since = files->front().made + kKeySignsAfter;
  std::vector<std::string> pruned;
  for (const KeyFile& file : *files) {
    const bool is_older = IsNewer(files->front(), file);
    if (!is_older || now < signs_since + kKeySignsAfter + lifetime) continue;
    const std::string path = folder + "/" + FileNameOf(file.material);
    if (unlink(path.c_str()) != 0) return Failed(path, "cannot be deleted");
    pruned.push_back(file.material.id);
  }
  return pruned;
}

void FollowedKeys::Reload(FileTime now) {
  const std::lock_guard lock(mutex_);
  Result<std::vector<KeyFile>> files = ReadKeyFolder(folder_, now);
  std::vector<KeyMaterial> materials;
  if (files.ok()) {
    for (KeyFile& file : *files) materials.push_back(std::move(file.material));
    if (materials == known_) {
      failure_.clear();
      return;
    }
  }
  Result<KeySet> keys =
      files.ok() ? KeySet::Create(materials) : Result<KeySet>(std::move(files).error());
  if (!keys.ok()) {
    if (keys.error().message != failure_) {
      failure_ = keys.error().message;
      report_(Outcome::kFailed, "the keys stay as they were: " + failure_);
    }
    return ForgetRemoved();
  }
  failure_.clear();
  const std::string signing = keys->signing_key().id();
  const std::size_t count = materials.size();
  ring_.Replace(*std::move(keys));
  known_ = std::move(materials);
  report_(Outcome::kDone, "tokens are signed with the key " + signing + "; " +
                              std::to_string(count) +
                              (count == 1 ? " key is known" : " keys are known"));
}

void FollowedKeys::ForgetRemoved() {
  std::vector<KeyMaterial> left;
  for (const KeyMaterial& key : known_) {
    std::error_code unknown;
    const bool is_gone = !std::filesystem::exists(folder_ + "/" + FileNameOf(key), unknown);
    if (!is_gone || unknown) left.push_back(key);
  }
  if (left.empty() || left.size() == known_.size()) return;
  Result<KeySet> keys = KeySet::Create(left);
  if (!keys.ok()) return;
  ring_.Replace(*std::move(keys));
  known_ = std::move(left);
  report_(Outcome::kFailed, "of the keys, those that were deleted are not good any more");
}

}  // namespace clinic::auth
