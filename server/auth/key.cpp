#include "server/auth/key.hpp"

#include <algorithm>
#include <array>

#include "server/auth/random.hpp"
#include "server/auth/signer.hpp"

namespace clinic::auth {
namespace {

constexpr std::size_t kMaxIdLength = 64;

constexpr auto kNames = std::to_array<std::pair<Algorithm, std::string_view>>(
    {{Algorithm::kHs256, "HS256"}, {Algorithm::kEs256, "ES256"}, {Algorithm::kRs256, "RS256"}});

bool IsKeyId(std::string_view id) {
  return !id.empty() && id.size() <= kMaxIdLength && std::ranges::all_of(id, [](char c) {
    return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || ('0' <= c && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

}  // namespace

std::string_view ToString(Algorithm algorithm) {
  for (const auto& [candidate, name] : kNames) {
    if (candidate == algorithm) return name;
  }
  return "";
}

std::optional<Algorithm> ParseAlgorithm(std::string_view name) {
  for (const auto& [algorithm, candidate] : kNames) {
    if (candidate == name) return algorithm;
  }
  return std::nullopt;
}

Result<Key> Key::Create(const KeyMaterial& material) {
  if (!IsKeyId(material.id)) {
    return Error{ErrorCode::kInvalidArgument,
                 "a key's id has 1 to 64 letters, digits, \"-\", \"_\" and \".\""};
  }
  Result<std::shared_ptr<const Signer>> signer =
      material.algorithm == Algorithm::kHs256
          ? MakeHmacSigner(material.secret)
          : MakeKeyPairSigner(material.algorithm, material.secret);
  if (!signer.ok()) {
    return Error{signer.error().code, "the key \"" + material.id + "\": " + signer.error().message};
  }
  return Key(material.id, material.algorithm, *std::move(signer));
}

std::string Key::Sign(std::string_view message) const { return signer_->Sign(message); }

bool Key::Verify(std::string_view message, std::string_view signature) const {
  return signer_->Verify(message, signature);
}

std::optional<std::string> Key::PublicJwk() const { return signer_->PublicJwk(id_); }

Result<std::string> MakeSecret(Algorithm algorithm) {
  return algorithm == Algorithm::kHs256 ? Result<std::string>(RandomToken())
                                        : MakeKeyPair(algorithm);
}

}  // namespace clinic::auth
