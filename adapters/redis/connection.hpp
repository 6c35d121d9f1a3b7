// One connection to a Redis server, and what it answers. hiredis stays behind this header.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/redis/address.hpp"
#include "clinic/result.hpp"

namespace clinic::redis {

/// What a command answered.
struct Reply {
  enum class Kind { kNothing, kText, kInteger, kList };

  Kind kind = Kind::kNothing;
  std::string text{};
  std::int64_t integer = 0;
  std::vector<Reply> items{};

  bool is_text() const { return kind == Kind::kText; }
};

/// A program in Lua that the server runs as one step. Compared by its address: make one of static
/// storage duration.
struct Script {
  std::string_view text;
};

/// How long one waits. Requests stand behind it, and can do without Redis.
struct Timeouts {
  std::chrono::milliseconds connect{300};
  std::chrono::milliseconds answer{300};
};

/// Used by one thread at a time. After an error it is of no use any more: nobody knows what the
/// server did, or which answer comes next.
class Connection {
 public:
  using Words = std::span<const std::string_view>;

  /// Connects, signs in, and sees that the server takes writes. Error: kUnavailable.
  static Result<std::unique_ptr<Connection>> Open(const Address& address, const Timeouts& timeouts);

  ~Connection();

  /// Runs one command, of words that may hold anything. Error: kUnavailable, also where the server
  /// refuses the command.
  Result<Reply> Run(Words words);
  Result<Reply> Run(std::initializer_list<std::string_view> words) {
    return Run(Words(words.begin(), words.size()));
  }

  /// Runs a script, which the server is told of at its first use on this connection, or when it
  /// has forgotten it. Error: as Run.
  Result<Reply> Run(const Script& script, Words keys, Words arguments);

  /// The error after which it is of no use; nothing, as long as it is.
  const std::optional<Error>& failure() const { return failure_; }

  /// Names the life of the server at the other end: another one after every start, and on every
  /// replica.
  const std::string& server_life() const { return server_life_; }

 private:
  struct Context;
  explicit Connection(std::unique_ptr<Context> context);

  Result<void> Greet(const Address& address);
  Result<Reply> Ask(Words words);
  Result<Reply> Noted(Result<Reply> reply);

  std::unique_ptr<Context> context_;
  std::optional<Error> failure_;
  std::string server_life_;
  std::map<const Script*, std::string> digests_;  // of the scripts that the server knows
};

}  // namespace clinic::redis
