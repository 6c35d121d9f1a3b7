// Where a Redis server is, and as whom one signs in there.
#pragma once

#include <string>
#include <string_view>

#include "clinic/result.hpp"

namespace clinic::redis {

struct Address {
  std::string host{};  ///< empty with a socket
  int port = 6379;
  std::string socket{};  ///< the path of a Unix socket
  std::string user{};    ///< empty: the default user
  std::string password{};
  int database = 0;

  /// For messages: without user and password.
  std::string ToString() const;
};

/// Reads redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE] or
/// unix://[[USER]:PASSWORD@]/PATH[?db=DATABASE]; user and password may be percent-encoded (RFC 3986
/// §2.1). Error: kInvalidArgument, which never quotes the URL, for it may hold a password.
Result<Address> ParseAddress(std::string_view url);

}  // namespace clinic::redis
