// A Redis server of a test's own, on a Unix socket in a folder that is gone with it.
#pragma once

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

#include "adapters/redis/redis.hpp"
#include "tests/contract/temporary_folder.hpp"

namespace clinic {

class RedisServer {
 public:
  static bool IsInstalled() { return access("/usr/bin/redis-server", X_OK) == 0; }

  RedisServer() { Start(); }
  ~RedisServer() { Kill(); }
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  std::string url() const { return "unix://:secret@" + socket(); }

  /// Starts it with the data that it had, as far as it was saved; returns when it answers.
  void Start() {
    process_ = fork();
    if (process_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);  // whatever becomes of the parent
      const std::string path = socket();
      const std::string folder = folder_.path().string();
      execl("/usr/bin/redis-server", "redis-server", "--port", "0", "--unixsocket", path.c_str(),
            "--dir", folder.c_str(), "--save", "", "--requirepass", "secret", "--loglevel",
            "warning", "--logfile", (folder + "/log").c_str(), nullptr);
      _exit(127);
    }
    while (!redis::Connection::Open(*redis::ParseAddress(url()), {}).ok()) {
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
  }

  /// Ends it as a power cut does.
  void Kill() {
    Signal(SIGKILL);
    if (process_ > 0) waitpid(process_, nullptr, 0);
    process_ = 0;
  }

  /// Has it answer nobody, or go on.
  void Signal(int number) const {
    if (process_ > 0) kill(process_, number);
  }

  /// What a command answers; it must not fail.
  redis::Reply Run(std::initializer_list<std::string_view> words) const {
    return (*redis::Connection::Open(*redis::ParseAddress(url()), {}))->Run(words).value();
  }

 private:
  std::string socket() const { return (folder_.path() / "redis.sock").string(); }

  TemporaryFolder folder_;
  pid_t process_ = 0;
};

}  // namespace clinic
