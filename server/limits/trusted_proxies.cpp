#include "server/limits/trusted_proxies.hpp"

#include <algorithm>
#include <optional>
#include <ranges>
#include <string_view>

namespace clinic::limits {
namespace {

std::string_view Trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

enum class Quotes { kNone, kHeeded };

/// Cuts a text at every `separator`, or at those that do not stand in quotes (RFC 9110 §5.6.4).
std::vector<std::string> Split(std::string_view text, char separator, Quotes quotes) {
  std::vector<std::string> parts(1);
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"' && quotes == Quotes::kHeeded) quoted = !quoted;
    if (quoted && text[i] == '\\' && i + 1 < text.size()) {
      parts.back() += text[i++];
    } else if (!quoted && text[i] == separator) {
      parts.emplace_back();
      continue;
    }
    parts.back() += text[i];
  }
  return parts;
}

/// What stands in a list header, over all its lines, from left to right.
std::vector<std::string> ListOf(const http::Request& request, std::string_view header,
                                Quotes quotes) {
  std::vector<std::string> items;
  for (const auto& [name, value] : request.headers) {
    if (!http::EqualsIgnoringCase(name, header)) continue;
    for (const std::string& item : Split(value, ',', quotes)) items.emplace_back(Trim(item));
  }
  return items;
}

/// The node of a Forwarded element's `for`, without quotes; empty where it has none.
std::string ForOf(const std::string& element) {
  for (const std::string& pair : Split(element, ';', Quotes::kHeeded)) {
    const std::size_t equals = std::min(pair.find('='), pair.size());
    if (!http::EqualsIgnoringCase(Trim(std::string_view(pair).substr(0, equals)), "for")) continue;
    std::string_view value = Trim(std::string_view(pair).substr(std::min(equals + 1, pair.size())));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
      value = value.substr(1, value.size() - 2);
    }
    return std::string(value);
  }
  return {};
}

/// "192.0.2.1", "192.0.2.1:80", "2001:db8::1" or "[2001:db8::1]:80".
std::optional<IpAddress> AddressOf(std::string_view node) {
  if (node.starts_with('[')) {
    const std::size_t end = node.find(']');
    return end == std::string_view::npos ? std::nullopt : IpAddress::Parse(node.substr(1, end - 1));
  }
  if (std::ranges::count(node, ':') == 1) node = node.substr(0, node.find(':'));
  return IpAddress::Parse(node);
}

}  // namespace

Result<TrustedProxies> TrustedProxies::Parse(std::span<const std::string> networks) {
  TrustedProxies proxies;
  for (const std::string& list : networks) {
    for (const std::string& text : Split(list, ',', Quotes::kNone)) {
      Result<Network> network = Network::Parse(Trim(text));
      if (!network.ok()) return std::move(network).error();
      proxies.networks_.push_back(*network);
    }
  }
  return proxies;
}

bool TrustedProxies::Trusts(const IpAddress& address) const {
  return std::ranges::any_of(networks_,
                             [&](const Network& network) { return network.Contains(address); });
}

IpAddress TrustedProxies::Follow(const IpAddress& peer, std::span<const std::string> hops) const {
  IpAddress client = peer;
  for (const std::string& hop : hops | std::views::reverse) {
    const std::optional<IpAddress> before = Trusts(client) ? AddressOf(hop) : std::nullopt;
    if (!before) break;
    client = *before;
  }
  return client;
}

std::string TrustedProxies::ClientOf(const http::Request& request) const {
  const std::optional<IpAddress> peer = IpAddress::Parse(request.remote_address);
  if (!peer || !Trusts(*peer)) return request.remote_address;
  const std::vector<std::string> hops = ListOf(request, "X-Forwarded-For", Quotes::kNone);
  std::vector<std::string> elements = ListOf(request, "Forwarded", Quotes::kHeeded);
  if (hops.empty() && elements.empty()) return peer->ToString();
  std::ranges::transform(elements, elements.begin(), ForOf);
  const IpAddress by_hops = Follow(*peer, hops);
  const IpAddress by_elements = Follow(*peer, elements);
  if (elements.empty() || by_hops == by_elements) return by_hops.ToString();
  return hops.empty() ? by_elements.ToString() : peer->ToString();
}

bool TrustedProxies::Disregards(const http::Request& request) const {
  if (!request.Header("X-Forwarded-For") && !request.Header("Forwarded")) return false;
  const std::optional<IpAddress> peer = IpAddress::Parse(request.remote_address);
  return peer && !Trusts(*peer) && Nearby().Trusts(*peer);
}

const TrustedProxies& TrustedProxies::Nearby() {
  static const std::vector<std::string> kNetworks{"127.0.0.0/8,::1", "10.0.0.0/8,172.16.0.0/12",
                                                  "192.168.0.0/16,fc00::/7"};
  static const TrustedProxies kNearby = Parse(kNetworks).value();
  return kNearby;
}

bool TrustedProxies::CameByTls(const http::Request& request) const {
  if (networks_.empty() || request.Header("X-Forwarded-Proto") != "https") return false;
  const std::optional<IpAddress> peer = IpAddress::Parse(request.remote_address);
  return peer && Trusts(*peer);
}

}  // namespace clinic::limits
