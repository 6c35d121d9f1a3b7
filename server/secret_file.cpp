#include "server/secret_file.hpp"

#include <utility>

#include "server/auth/private_file.hpp"
#include "server/auth/random.hpp"

namespace clinic::server {
namespace {

constexpr std::size_t kShortest = 32;

}  // namespace

Result<std::string> ReadSecret(const std::string& path) {
  Result<auth::PrivateFile> file = auth::ReadPrivateFile(path);
  if (!file.ok()) return std::move(file).error();
  if (file->text.ends_with('\n')) file->text.pop_back();
  if (file->text.size() < kShortest) {
    return Error{ErrorCode::kInvalidArgument, path + ": a secret has at least 32 bytes"};
  }
  return std::move(file->text);
}

Result<std::string> ReadOrMakeSecret(const std::string& path) {
  Result<std::string> secret = ReadSecret(path);
  if (secret.ok() || secret.error().code != ErrorCode::kNotFound) return secret;
  std::string made = auth::RandomToken();
  if (Result<void> kept = auth::MakePrivateFile(path, made); !kept.ok()) {
    return std::move(kept).error();
  }
  return made;
}

}  // namespace clinic::server
