// A test with a Redis server, and a client of it that notes what it reports.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <memory>

#include "tests/server/redis_server.hpp"

namespace clinic {

class WithRedis : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!RedisServer::IsInstalled()) GTEST_SKIP() << "there is no redis-server";
    std::signal(SIGPIPE, SIG_IGN);
    server_ = std::make_unique<RedisServer>();
    redis_ = Open();
  }

  std::unique_ptr<redis::Redis> Open() {
    return redis::Redis::Open(server_->url(),
                              [this](const Error* away) {
                                is_away_ = away != nullptr;
                                ++reports_;
                              })
        .value();
  }

  /// Waits until the client has noticed that the server is there again.
  void WaitUntilBack() {
    while (is_away_) std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }

  std::atomic<bool> is_away_ = false;
  std::atomic<int> reports_ = 0;
  std::unique_ptr<RedisServer> server_;
  std::unique_ptr<redis::Redis> redis_;
};

}  // namespace clinic
