// Which pages of other origins may read the answers: cross-origin resource sharing, as browsers ask
// for it (https://fetch.spec.whatwg.org/#http-cors-protocol).
//
// A page of an origin that is listed may; any other page is told nothing, and its browser keeps the
// answer from it. There are no cookies, so that no answer allows credentials: a page has a token
// and sends it, or is nobody.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "clinic/result.hpp"
#include "server/http/message.hpp"

namespace clinic::server {

/// Checks that a text is an origin as browsers write one (RFC 6454 §6.2): "https://desk.example",
/// with a port where it is not the scheme's own. Error: kInvalidArgument.
Result<void> CheckOrigin(std::string_view origin);

/// Safe to use from any thread.
class Cors {
 public:
  /// Requires that CheckOrigin accepts each.
  explicit Cors(std::vector<std::string> origins) : origins_(std::move(origins)) {}

  /// Adds what the answer has to say. A preflight request is one for OPTIONS, which the router has
  /// answered with what is allowed at that path: who asks is not known yet, and need not be.
  void Finish(const http::Request& request, http::Response& response) const;

 private:
  std::vector<std::string> origins_;
};

}  // namespace clinic::server
