#include "server/limits/ip_address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace clinic::limits {
namespace {

constexpr std::array<std::uint8_t, 12> kV4Prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr int kV4Bits = 96;  // before an IPv4 address begins
constexpr int kAllBits = 128;

}  // namespace

std::optional<IpAddress> IpAddress::Parse(std::string_view text) {
  const std::string address(text.substr(0, text.find('%')));
  const bool is_v6 = address.find(':') != std::string::npos;
  IpAddress parsed;
  if (!is_v6) std::ranges::copy(kV4Prefix, parsed.bytes_.begin());
  std::uint8_t* const bytes = parsed.bytes_.data() + (is_v6 ? 0 : kV4Prefix.size());
  const bool is_address = inet_pton(is_v6 ? AF_INET6 : AF_INET, address.c_str(), bytes) == 1;
  return is_address ? std::optional(parsed) : std::nullopt;
}

bool IpAddress::is_v4() const {
  return std::equal(kV4Prefix.begin(), kV4Prefix.end(), bytes_.begin());
}

std::string IpAddress::ToString() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (is_v4()) {
    inet_ntop(AF_INET, bytes_.data() + kV4Prefix.size(), text.data(), text.size());
  } else {
    inet_ntop(AF_INET6, bytes_.data(), text.data(), text.size());
  }
  return text.data();
}

IpAddress IpAddress::Prefix(int bits) const {
  IpAddress prefix = *this;
  for (std::size_t i = 0; i < prefix.bytes_.size(); ++i) {
    const int kept = std::clamp(bits - static_cast<int>(i) * 8, 0, 8);
    prefix.bytes_[i] = static_cast<std::uint8_t>(prefix.bytes_[i] & ~(0xff >> kept));
  }
  return prefix;
}

Result<Network> Network::Parse(std::string_view text) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  const std::optional<IpAddress> address = IpAddress::Parse(text.substr(0, slash));
  const int before = address && address->is_v4() ? kV4Bits : 0;
  int bits = kAllBits - before;
  bool is_length = true;
  if (slash < text.size()) {
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data() + slash + 1, end, bits);
    is_length = read.ec == std::errc() && read.ptr == end && bits >= 0 && bits + before <= kAllBits;
  }
  if (!address || !is_length) {
    return Error{ErrorCode::kInvalidArgument,
                 '"' + std::string(text) +
                     "\" is neither a numeric address nor a network such as 10.0.0.0/8"};
  }
  if (address->Prefix(before + bits) != *address) {
    return Error{ErrorCode::kInvalidArgument,
                 '"' + std::string(text) + "\" has bits set behind its prefix: " +
                     address->Prefix(before + bits).ToString() + "/" + std::to_string(bits)};
  }
  return Network(*address, before + bits);
}

std::string LimitedAs(std::string_view address) {
  if (address.find(':') == std::string_view::npos) return std::string(address);  // IPv4
  const std::optional<IpAddress> parsed = IpAddress::Parse(address);
  if (!parsed) return std::string(address);
  return parsed->is_v4() ? parsed->ToString() : parsed->Prefix(64).ToString() + "/64";
}

}  // namespace clinic::limits
