#include "adapters/redis/address.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace clinic::redis {
namespace {

constexpr std::string_view kTcp = "redis://";
constexpr std::string_view kUnix = "unix://";

Error Refused(std::string why) {
  return {ErrorCode::kInvalidArgument,
          std::move(why) + "; it may be redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE] or " +
              "unix://[[USER]:PASSWORD@]/PATH[?db=DATABASE]"};
}

std::optional<int> ParseNumber(std::string_view text, int base = 10) {
  int number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  const bool whole = problem == std::errc() && end == text.data() + text.size() && number >= 0;
  return whole ? std::optional(number) : std::nullopt;
}

std::optional<std::string> Decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const std::string_view digits = text.substr(i + 1, 2);
    const auto byte = digits.size() == 2 ? ParseNumber(digits, 16) : std::nullopt;
    if (!byte) return std::nullopt;
    decoded += static_cast<char>(*byte);
    i += 2;
  }
  return decoded;
}

/// Takes USER:PASSWORD@ off the front of `rest`.
bool TakeCredentials(std::string_view& rest, Address& address) {
  const std::size_t at = rest.rfind('@', rest.find('/'));
  if (at == std::string_view::npos) return true;
  const std::string_view credentials = rest.substr(0, at);
  const std::size_t colon = credentials.find(':');
  if (colon == std::string_view::npos) return false;
  const auto user = Decode(credentials.substr(0, colon));
  const auto password = Decode(credentials.substr(colon + 1));
  if (!user || !password || password->empty()) return false;
  address.user = *user;
  address.password = *password;
  rest.remove_prefix(at + 1);
  return true;
}

bool TakeDatabase(std::string_view text, Address& address) {
  if (text.empty()) return true;
  const std::optional<int> number = ParseNumber(text);
  if (number) address.database = *number;
  return number.has_value();
}

bool TakePort(std::string_view text, Address& address) {
  if (text.empty()) return true;
  const auto port = text[0] == ':' ? ParseNumber(text.substr(1)) : std::nullopt;
  if (port) address.port = *port;
  return port && 1 <= *port && *port <= 65'535;
}

Result<Address> ParseTcp(std::string_view rest, Address address) {
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  std::string_view place = rest.substr(0, slash);
  if (slash < rest.size() && !TakeDatabase(rest.substr(slash + 1), address)) {
    return Refused("the database is not a number");
  }
  if (place.starts_with('[')) {
    const std::size_t end = place.find(']');
    if (end == std::string_view::npos) return Refused("the host's ] is missing");
    address.host = place.substr(1, end - 1);
    place.remove_prefix(end + 1);
  } else {
    address.host = place.substr(0, place.find(':'));
    place.remove_prefix(address.host.size());
  }
  if (address.host.empty()) return Refused("the host is missing");
  if (!TakePort(place, address)) return Refused("the port is not a number from 1 to 65535");
  return address;
}

Result<Address> ParseUnix(std::string_view rest, Address address) {
  const std::size_t question = std::min(rest.find('?'), rest.size());
  address.socket = rest.substr(0, question);
  if (!address.socket.starts_with('/')) return Refused("the path does not begin with /");
  if (question == rest.size()) return address;
  const std::string_view query = rest.substr(question + 1);
  if (!query.starts_with("db=") || !TakeDatabase(query.substr(3), address)) {
    return Refused("the database is not a number");
  }
  return address;
}

}  // namespace

std::string Address::ToString() const {
  const std::string place = !socket.empty()
                                ? socket
                                : (host.find(':') == std::string::npos ? host : "[" + host + "]") +
                                      ":" + std::to_string(port);
  return database == 0 ? place : place + " database " + std::to_string(database);
}

Result<Address> ParseAddress(std::string_view url) {
  if (url.starts_with("rediss://")) {
    return Refused("there is no TLS to Redis here: use a private network, a socket or a tunnel");
  }
  const bool is_tcp = url.starts_with(kTcp);
  if (!is_tcp && !url.starts_with(kUnix)) return Refused("that is no address of Redis");
  std::string_view rest = url.substr(is_tcp ? kTcp.size() : kUnix.size());
  Address address;
  if (!TakeCredentials(rest, address)) return Refused("user and password cannot be read");
  return is_tcp ? ParseTcp(rest, std::move(address)) : ParseUnix(rest, std::move(address));
}

}  // namespace clinic::redis
