#include <algorithm>
#include <optional>
#include <string>

#include "server/auth/common_passwords.hpp"
#include "server/auth/password.hpp"
#include "server/json/utf8.hpp"

namespace clinic::auth {
namespace {

constexpr char Lower(char c) { return 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Compares character by character, so that no copy of the password stays behind in memory.
bool IsBefore(std::string_view a, std::string_view b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                      [](char x, char y) { return Lower(x) < Lower(y); });
}

Error Refusal(std::string message) { return {ErrorCode::kInvalidArgument, std::move(message)}; }

}  // namespace

Result<void> CheckPasswordPolicy(std::string_view password) {
  const std::optional<std::size_t> length = json::CountCodePoints(password);
  if (!length) return Refusal("the password is not UTF-8");
  if (*length < kMinPasswordLength) {
    return Refusal("the password must have at least " + std::to_string(kMinPasswordLength) +
                   " characters");
  }
  if (*length > kMaxPasswordLength) {
    return Refusal("the password must have at most " + std::to_string(kMaxPasswordLength) +
                   " characters");
  }
  const auto common = CommonPasswords();
  if (std::binary_search(common.begin(), common.end(), password, IsBefore)) {
    return Refusal("this password is one of those that are guessed first; choose another");
  }
  return {};
}

}  // namespace clinic::auth
