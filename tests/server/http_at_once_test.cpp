// What is answered by who reads the requests, and what several of them share.
#include <gtest/gtest.h>

#include <future>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/server/http_client.hpp"

namespace clinic::http {
namespace {

bool IsAtOnce(const Request& request) { return request.path.starts_with("/now"); }

// Paths that begin with "/now" are answered at once.
Options AtOnceOptions() {
  Options options = TestOptions();
  options.worker_threads = 1;
  options.answer_at_once = [](const Request& request) {
    return IsAtOnce(request) ? std::optional(EchoPath(request)) : std::nullopt;
  };
  return options;
}

TEST(AtOnceTest, WhatThrowsIsAFailureAndTheConnectionGoesOn) {
  Options options = TestOptions();
  options.answer_at_once = [](const Request& request) -> std::optional<Response> {
    if (request.path == "/throws") throw std::runtime_error("the password is secret");
    return std::nullopt;
  };
  TestServer server(EchoPath, options);
  Client client(server.port());
  const Answer answer = client.Ask(Get("/throws"));
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.body.find("secret"), std::string::npos);
  EXPECT_EQ(client.Ask(Get("/other")).body, "/other");
}

TEST(AtOnceTest, NeedsNoWorker) {
  std::promise<void> release;
  std::shared_future<void> released = release.get_future().share();
  TestServer server(
      [released](const Request& request) {
        released.wait();
        return EchoPath(request);
      },
      AtOnceOptions());
  Client waiting(server.port());
  ASSERT_TRUE(waiting.Send(Get("/waits")));
  ASSERT_TRUE(Eventually([&] { return server.asked().size() == 1; }));
  Client client(server.port());
  EXPECT_EQ(client.Ask(Get("/now")).body, "/now");
  release.set_value();
  EXPECT_EQ(waiting.Read().body, "/waits");
  EXPECT_EQ(server.asked(), std::vector<std::string>{"/waits"}) << "the handler was not asked";
}

TEST(AtOnceTest, AnswersStayInOrderBehindOneThatWaits) {
  TestServer server(
      [](const Request& request) {
        std::this_thread::sleep_for(milliseconds(20));
        return EchoPath(request);
      },
      AtOnceOptions());
  Client client(server.port());
  ASSERT_TRUE(client.Send(Get("/now1") + Get("/waits") + Get("/now2") + Get("/now3")));
  for (const char* path : {"/now1", "/waits", "/now2", "/now3"}) {
    EXPECT_EQ(client.Read().body, path);
  }
}

TEST(AtOnceTest, WhoSendsManyAtATimeLetsOthersHaveTheirTurn) {
  std::promise<void> release;
  const std::shared_future<void> released = release.get_future().share();
  Asked asked;
  Options options = TestOptions();
  options.answer_at_once = [&](const Request& request) {
    if (request.path == "/first") released.wait();
    asked.Add(request.path);
    return std::optional(EchoPath(request));
  };
  TestServer server(EchoPath, options);
  Client modest(server.port());
  ASSERT_EQ(modest.Ask(Get("/hello")).status, 200);
  Client greedy(server.port());
  std::string many = Get("/first");
  for (int i = 0; i < 100; ++i) many += Get("/more");
  ASSERT_TRUE(greedy.Send(many));
  ASSERT_TRUE(modest.Send(Get("/modest")));
  release.set_value();
  EXPECT_EQ(modest.Read().body, "/modest");
  for (int i = 0; i < 101; ++i) ASSERT_EQ(greedy.Read().status, 200);
  const std::vector<std::string> paths = asked.paths();
  EXPECT_LT(std::find(paths.begin(), paths.end(), "/modest") - paths.begin(), 10);
}

TEST(AtOnceTest, SeveralThreadsReadAndEachAnswersItsOwn) {
  std::mutex mutex;
  std::set<std::thread::id> threads;
  Options options = TestOptions();
  options.loop_threads = 3;
  options.new_id = [] { return std::string("id"); };
  options.answer_at_once = [&](const Request& request) -> std::optional<Response> {
    if (!IsAtOnce(request)) return std::nullopt;
    const std::lock_guard lock(mutex);
    threads.insert(std::this_thread::get_id());
    return EchoPath(request);
  };
  TestServer server(EchoPath, options);
  std::vector<Client> clients;
  for (int i = 0; i < 12; ++i) clients.emplace_back(server.port());
  for (int round = 0; round < 3; ++round) {
    for (Client& client : clients) ASSERT_TRUE(client.Send(Get("/now") + Get("/worker")));
    for (Client& client : clients) {
      EXPECT_EQ(client.Read().body, "/now");
      EXPECT_EQ(client.Read().body, "/worker");
    }
  }
  EXPECT_EQ(threads.size(), 3u);
  EXPECT_TRUE(Eventually([&] { return server.server().state().connections == 12; }));
  server.server().Stop(milliseconds(5000));
  for (Client& client : clients) EXPECT_TRUE(client.EndsCleanly());
  EXPECT_EQ(server.server().state().connections, 0u);
}

}  // namespace
}  // namespace clinic::http
