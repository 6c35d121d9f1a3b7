// Whose word is taken for where a request came from.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "clinic/result.hpp"
#include "server/http/message.hpp"
#include "server/limits/ip_address.hpp"

namespace clinic::limits {

/// The proxies in front of the server. Reading from several threads is safe.
class TrustedProxies {
 public:
  /// Nobody is trusted: the socket's peer is the client.
  TrustedProxies() = default;

  /// Addresses and networks, as Network::Parse takes them, or several of them with commas between.
  /// Error: kInvalidArgument.
  static Result<TrustedProxies> Parse(std::span<const std::string> networks);

  /// The client's address. Every proxy writes down on the right who asked it (X-Forwarded-For, or
  /// `for` in Forwarded, RFC 7239 §5.2), so from the socket's peer on, each trusted one is believed
  /// about the one before it; what stands further left anybody may have written, and counts for
  /// nothing. A proxy that names nobody, or no address, counts as the client itself. So it does
  /// where both headers are there and name different clients: most proxies write one of them and
  /// pass the other on as the client sent it.
  std::string ClientOf(const http::Request& request) const;

  /// Does somebody on this machine or in a private network (RFC 1918, RFC 4193), who is not
  /// trusted, say for whom they ask? Then a proxy was forgotten, most likely.
  bool Disregards(const http::Request& request) const;

  /// Whether the client asked by TLS, as far as a trusted proxy says so (X-Forwarded-Proto).
  bool CameByTls(const http::Request& request) const;

 private:
  /// This machine, and private networks.
  static const TrustedProxies& Nearby();

  bool Trusts(const IpAddress& address) const;
  IpAddress Follow(const IpAddress& peer, std::span<const std::string> hops) const;

  std::vector<Network> networks_;
};

}  // namespace clinic::limits
