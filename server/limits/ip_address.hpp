// Addresses of clients and networks of proxies.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "clinic/result.hpp"

namespace clinic::limits {

/// An IPv4 or IPv6 address; ::ffff:192.0.2.1 is 192.0.2.1. Cheap to copy.
class IpAddress {
 public:
  /// Reads a numeric address; a zone ("%eth0") is left out.
  static std::optional<IpAddress> Parse(std::string_view text);

  bool is_v4() const;

  /// As RFC 5952 writes it.
  std::string ToString() const;

  /// The address with all but its first `bits` cleared, counted as in an IPv6 address.
  IpAddress Prefix(int bits) const;

  friend bool operator==(const IpAddress&, const IpAddress&) = default;

 private:
  std::array<std::uint8_t, 16> bytes_{};  // IPv4 as ::ffff:a.b.c.d (RFC 4291 §2.5.5.2)
};

/// An address, or all that share a prefix (CIDR, RFC 4632).
class Network {
 public:
  /// Reads "10.0.0.0/8", "2001:db8::/32" or one address. Error: kInvalidArgument, also where bits
  /// are set behind the prefix.
  static Result<Network> Parse(std::string_view text);

  bool Contains(const IpAddress& address) const { return address.Prefix(bits_) == first_; }

 private:
  Network(IpAddress first, int bits) : first_(first), bits_(bits) {}

  IpAddress first_;
  int bits_;
};

/// What stands for one client among limits: an IPv4 address, or an IPv6 address's /64, of which
/// every subscriber has one at least (RFC 6177). Text that is no address stands for itself.
std::string LimitedAs(std::string_view address);

}  // namespace clinic::limits
