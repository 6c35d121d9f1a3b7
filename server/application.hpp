// The server as a whole: a database, a scheduler over it, the services, the routes and the HTTP
// front, put together and taken apart again.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "clinic/result.hpp"
#include "clinic/time.hpp"
#include "server/shared_state.hpp"
#include "server/telemetry/log.hpp"

namespace clinic::server {

class Api;

struct ApplicationOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8000;     ///< 0 takes a free one
  std::string database;          ///< as OpenDatabase takes it
  std::string timezone = "UTC";  ///< the clinic's: where times are meant that belong to no doctor
  std::optional<Instant>
      clock;  ///< what the clock shows at the start; the machine's where not given
  /// Holds the secret that access tokens are signed with, and is made where it is not there. Beside
  /// an SQLite file where not given; over PostgreSQL it has to be, but for the demo, and is the
  /// same for all servers of a database; for one in memory a secret is made that dies with it.
  std::string secret_file;
  SharedOptions shared;
  /// A folder of keys that access tokens are signed with (auth/key_folder.hpp), instead of the
  /// secret; read again every few seconds. None where empty.
  std::string keys;
  std::vector<std::string> oauth_clients{};  ///< as auth::Clients::Register takes them
  std::vector<std::string> cors_origins{};   ///< whose pages may read the answers
  telemetry::LogLevel log_level = telemetry::LogLevel::kInfo;
  /// Holds the token that /metrics asks for; it is open where there is none.
  std::string metrics_token_file{};
  bool demo = false;  ///< adds the people of the documented examples
};

/// Start, then Stop; for one thread.
class Application {
 public:
  /// Errors: kInvalidArgument for a setting that makes no sense; kUnavailable for what cannot be
  /// had: the database, the port, the secret; those of the store.
  static Result<std::unique_ptr<Application>> Start(const ApplicationOptions& options);

  ~Application();

  std::uint16_t port() const;

  /// What it serves.
  const Api& api() const;

  /// Reads the folder of keys again, if there is one. Safe to call from any thread.
  void ReloadKeys();

  /// Takes no more requests, answers those that it has, and closes the database.
  void Stop(std::chrono::milliseconds patience);

 private:
  class Impl;
  explicit Application(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace clinic::server
