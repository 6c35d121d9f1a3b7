// Keys in a folder, one a file, for several servers to share and an operator to rotate while they
// run.
//
//   KID.secret   at least 32 random bytes: HS256
//   KID.pem      a private key in PEM: ES256 on P-256, RS256 of at least 2048 bits
//
// A file's age is the key's. A key is accepted and published as soon as it is found, and signs only
// a minute later, when every server has found it; of those that may, the newest signs. It can go
// once a newer one has signed for longer than a token lives.
//
// Whoever reads a key can sign as anyone, so files that others than their owner can read are
// refused, and folders that others can write to. Other names than those above are not looked at.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "clinic/time.hpp"
#include "server/auth/key_set.hpp"

namespace clinic::auth {

/// From when a key is found until it signs.
inline constexpr std::chrono::seconds kKeySignsAfter{60};

/// The clock that files' ages are told by.
using FileTime = std::chrono::system_clock::time_point;

/// A key, and since when it is there.
struct KeyFile {
  KeyMaterial material;
  FileTime made;
};

/// The keys of the folder; the one that signs at `now` stands first, then the newest. Errors, with
/// the name of the file: kInvalidArgument for a key that is none, or can be read by others, or
/// where there is no key; kUnavailable for what cannot be read.
Result<std::vector<KeyFile>> ReadKeyFolder(const std::string& folder, FileTime now);

/// The same, ready for use.
Result<KeySet> LoadKeyFolder(const std::string& folder, FileTime now);

/// Adds a new key, which only its owner can read, and makes the folder where there is none. Returns
/// its id. Error: kUnavailable.
Result<std::string> AddKey(const std::string& folder, Algorithm algorithm, FileTime now);

/// Deletes the keys that have not signed for so long that whatever they signed, which lived for
/// `lifetime`, has expired. Returns their ids. Errors: those of ReadKeyFolder; kUnavailable.
Result<std::vector<std::string>> PruneKeys(const std::string& folder, Duration lifetime,
                                           FileTime now);

/// Keeps a ring as a folder says. Safe from any thread.
class FollowedKeys {
 public:
  /// Is told what happens, for the log: once for each change, and once for what is wrong.
  enum class Outcome { kDone, kFailed };
  using Report = std::function<void(Outcome, const std::string&)>;

  /// Requires that `ring` outlives it.
  FollowedKeys(std::string folder, KeyRing& ring, Report report)
      : folder_(std::move(folder)), ring_(ring), report_(std::move(report)) {}

  /// Reads the folder. Where that fails, the keys that were known last go on, but for those whose
  /// file is gone: who deletes a key that was stolen is not held up by another one that is broken.
  /// All of them go on where none is left, as where the folder is away.
  void Reload(FileTime now);

 private:
  void ForgetRemoved();

  const std::string folder_;
  KeyRing& ring_;
  const Report report_;
  std::mutex mutex_;
  std::vector<KeyMaterial> known_;
  std::string failure_;
};

}  // namespace clinic::auth
