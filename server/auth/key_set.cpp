#include "server/auth/key_set.hpp"

#include <algorithm>

#include "server/auth/base64url.hpp"
#include "server/json/writer.hpp"

namespace clinic::auth {
namespace {

constexpr std::string_view kType = "at+jwt";  // RFC 9068 §2.1

Error Refusal(std::string message) { return {ErrorCode::kInvalidArgument, std::move(message)}; }

std::string HeaderOf(const Key& key) {
  return EncodeBase64Url(json::WriteObject([&](json::ObjectWriter& out) {
    out.Field("alg", ToString(key.algorithm()));
    out.Field("typ", kType);
    out.Field("kid", key.id());
  }));
}

}  // namespace

Result<KeySet> KeySet::Create(const std::vector<KeyMaterial>& materials) {
  if (materials.empty()) return Refusal("there is no key to sign tokens with");
  std::vector<Entry> keys;
  for (const KeyMaterial& material : materials) {
    const bool is_known = std::ranges::any_of(
        keys, [&](const Entry& entry) { return entry.key.id() == material.id; });
    if (is_known) return Refusal("there are two keys with the id \"" + material.id + "\"");
    Result<Key> key = Key::Create(material);
    if (!key) return std::move(key).error();
    std::string header = HeaderOf(*key);
    keys.push_back({*std::move(key), std::move(header)});
  }
  return KeySet(std::move(keys));
}

const Key* KeySet::FindByHeader(std::string_view encoded_header) const {
  const auto found = std::ranges::find(keys_, encoded_header, &Entry::header);
  return found == keys_.end() ? nullptr : &found->key;
}

std::string KeySet::ToJwks() const {
  return json::WriteObject([&](json::ObjectWriter& out) {
    out.Array("keys", [&](json::ArrayWriter& keys) {
      for (const Entry& entry : keys_) {
        if (const auto jwk = entry.key.PublicJwk()) keys.Raw(*jwk);
      }
    });
  });
}

}  // namespace clinic::auth
