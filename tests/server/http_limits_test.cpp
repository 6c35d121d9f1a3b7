// What slow, silent and too many clients get, and what they cannot take from others.
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tests/server/http_client.hpp"

namespace clinic::http {
namespace {

std::vector<Client> Connect(std::uint16_t port, int count) {
  std::vector<Client> clients;
  for (int index = 0; index < count; ++index) clients.emplace_back(port);
  return clients;
}

TEST(LimitsTest, ASlowHeadIsRefusedWhileItDrips) {
  std::atomic<bool> is_refused = false;
  Options options = TestOptions();
  options.deadlines.head = milliseconds(200);
  options.on_refusal = [&](const Problem&, std::string_view, std::string_view) {
    is_refused = true;
  };
  TestServer server(EchoPath, options);
  Client client(server.port());
  client.Send("GET / HTTP/1.1\r\nHost: ");
  EXPECT_TRUE(Eventually([&] {
    client.Send("x");
    std::this_thread::sleep_for(milliseconds(10));
    return is_refused.load();
  }));
  EXPECT_EQ(client.Read().status, 408);
  EXPECT_TRUE(server.asked().empty());
}

TEST(LimitsTest, ASlowBodyIsRefused) {
  Options options = TestOptions();
  options.deadlines.body = milliseconds(100);
  TestServer server(EchoPath, options);
  Client client(server.port());
  const Answer answer = client.Ask("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n1234");
  EXPECT_EQ(answer.status, 408);
  EXPECT_NE(answer.body.find(R"("instance":"/a")"), std::string::npos);
  EXPECT_TRUE(server.asked().empty());
}

TEST(LimitsTest, SilentConnectionsAreClosedWithoutAWord) {
  Options options = TestOptions();
  options.deadlines.head = milliseconds(100);
  options.deadlines.idle = milliseconds(300);
  TestServer server(EchoPath, options);
  Client fresh(server.port());
  Client idle(server.port());
  EXPECT_EQ(idle.Ask(Get("/")).status, 200);
  EXPECT_TRUE(fresh.EndsCleanly());
  EXPECT_EQ(idle.Ask(Get("/")).status, 200) << "idle is longer than head";
  EXPECT_TRUE(idle.EndsCleanly());
}

TEST(LimitsTest, AnAnswerThatIsNotReadIsCutOff) {
  Options options = TestOptions();
  options.deadlines.write = milliseconds(100);
  TestServer server(
      [](const Request&) {
        return Response{.body = std::string(20 << 20, 'x'), .content_type = "x/y"};
      },
      options);
  Client client(server.port(), 4096);
  client.Send(Get("/"));
  ASSERT_TRUE(Eventually([&] { return server.server().state().connections == 1; }));
  EXPECT_TRUE(Eventually([&] { return server.server().state().connections == 0; }));
  EXPECT_EQ(client.Read().status, 0) << "the answer is not whole";
}

TEST(LimitsTest, ARefusedClientCannotKeepTheConnectionOpen) {
  Options options = TestOptions();
  options.deadlines.linger = milliseconds(100);
  TestServer server(EchoPath, options);
  Client client(server.port());
  EXPECT_EQ(client.Ask("BREW / HTTP/1.1\r\n\r\n").status, 501);
  EXPECT_TRUE(Eventually([&] { return server.server().state().connections == 0; }));
}

TEST(LimitsTest, SlowClientsDoNotKeepOthersWaiting) {
  TestServer server(EchoPath);
  std::vector<Client> slow = Connect(server.port(), 200);
  std::vector<Client> silent = Connect(server.port(), 50);
  std::atomic<bool> stop = false;
  std::thread dripping([&] {
    const std::string head = "GET /slow HTTP/1.1\r\nHost: a\r\nX: " + std::string(10'000, 'x');
    for (std::size_t at = 0; !stop; ++at) {
      for (Client& client : slow) client.Send(head.substr(at, 1));
    }
  });
  Client client(server.port());
  auto slowest = std::chrono::steady_clock::duration::zero();
  for (int index = 0; index < 500; ++index) {
    const auto begin = std::chrono::steady_clock::now();
    ASSERT_EQ(client.Ask(Get("/quick")).body, "/quick");
    slowest = std::max(slowest, std::chrono::steady_clock::now() - begin);
  }
  EXPECT_LT(slowest, std::chrono::seconds(1));
  stop = true;
  dripping.join();
}

TEST(LimitsTest, AFullServerMakesRoomByClosingTheLongestIdle) {
  Options options = TestOptions();
  options.limits.connections = 3;
  options.worker_threads = 1;  // they become idle in the order of their requests
  TestServer server(EchoPath, options);
  std::vector<Client> clients = Connect(server.port(), 3);
  for (Client& client : clients) ASSERT_EQ(client.Ask(Get("/")).status, 200);
  Client another(server.port());
  EXPECT_EQ(another.Ask(Get("/another")).body, "/another");
  EXPECT_TRUE(clients[0].EndsCleanly());
  EXPECT_EQ(clients[1].Ask(Get("/")).status, 200);
  EXPECT_EQ(clients[2].Ask(Get("/")).status, 200);
}

TEST(LimitsTest, WhereNobodyIsIdleAFullServerSaysSo) {
  Options options = TestOptions();
  options.limits.connections = 2;
  TestServer server(EchoPath, options);
  std::vector<Client> clients = Connect(server.port(), 2);
  for (Client& client : clients) client.Send("GET");
  ASSERT_TRUE(Eventually([&] { return server.server().state().connections == 2; }));
  Client another(server.port());
  another.Send(Get("/another"));
  const Answer answer = another.Read();
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.Header("Retry-After"), "1");
  EXPECT_EQ(clients[0].Ask(" / HTTP/1.1\r\nHost: a\r\n\r\n").status, 200);
  EXPECT_EQ(server.asked(), std::vector<std::string>{"/"});
}

TEST(LimitsTest, AFullQueueIsToldAtOnceAndTheConnectionGoesOn) {
  std::atomic<int> inside = 0;
  std::atomic<bool> released = false;
  Options options = TestOptions();
  options.worker_threads = 1;
  options.limits.queued_requests = 1;
  TestServer server(
      [&](const Request& request) {
        ++inside;
        while (!released) std::this_thread::sleep_for(milliseconds(1));
        return EchoPath(request);
      },
      options);
  Client served(server.port());
  served.Send(Get("/served"));
  ASSERT_TRUE(Eventually([&] { return inside == 1; }));
  Client queued(server.port());
  queued.Send(Get("/queued"));
  ASSERT_TRUE(Eventually([&] { return server.server().state().queued_requests == 1; }));

  Client refused(server.port());
  std::string requests;
  for (int index = 0; index < 1'000; ++index) requests += Get("/refused");
  refused.Send(requests);
  for (int index = 0; index < 1'000; ++index) {
    const Answer answer = refused.Read();
    ASSERT_EQ(answer.status, 503);
    ASSERT_EQ(answer.Header("Retry-After"), "1");
    ASSERT_EQ(answer.Header("Connection"), "");
  }
  released = true;
  EXPECT_EQ(served.Read().body, "/served");
  EXPECT_EQ(queued.Read().body, "/queued");
  EXPECT_EQ(refused.Ask(Get("/later")).body, "/later");
}

}  // namespace
}  // namespace clinic::http
