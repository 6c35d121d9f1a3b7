// A real PostgreSQL server, for as long as the program runs.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>

#include "tests/contract/temporary_folder.hpp"

namespace clinic {

/// One server in a folder of its own, that listens on a socket there and on a free port of the
/// loopback interface. It ends with the program, also where that crashes. Used by one thread.
class PostgresServer {
 public:
  /// The one that all tests share, started when it is first asked for; null where PostgreSQL's
  /// programs are not installed.
  static PostgresServer* Shared();

  /// Where PostgreSQL's programs are; empty where there are none.
  static std::filesystem::path Programs();

  struct Options {
    /// Where its own folder is made.
    std::filesystem::path folder = std::filesystem::temp_directory_path();
    /// Whether it waits for the disk, as a crash of the whole machine demands.
    bool fsync = false;
  };

  PostgresServer() : PostgresServer(Options{}) {}
  explicit PostgresServer(const Options& options);
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;
  ~PostgresServer();

  /// Makes an empty schema that nobody else uses, and returns the connection string that leads into
  /// it, over the socket.
  std::string NewSchema();

  /// What `connection_string` leads to, over the port `port` of 127.0.0.1.
  static std::string OverPort(const std::string& connection_string, int port);

  int port() const { return port_; }

  void Start();
  void Kill();  ///< with SIGKILL, and its children too

 private:
  bool Answers() const;
  void End(int signal);

  TemporaryFolder folder_;
  bool fsync_;
  int port_;
  pid_t process_ = -1;
  int schemas_ = 0;
};

/// Runs statements as another program does. Returns what the first column of the first row says, or
/// "refused: " and the SQLSTATE.
std::string RunSql(const std::string& connection_string, const std::string& sql);

}  // namespace clinic
