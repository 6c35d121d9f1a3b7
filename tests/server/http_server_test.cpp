#include "server/http/server.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/server/http_client.hpp"

namespace clinic::http {
namespace {

TEST(ServerTest, DoesNotStartWithoutWhatItNeeds) {
  const auto code = [](const Options& options) {
    Server server(options, EchoPath);
    const Result<void> started = server.Start();
    return started ? std::nullopt : std::optional(started.error().code);
  };
  Options options = TestOptions();
  options.new_id = nullptr;
  EXPECT_EQ(code(options), ErrorCode::kInvalidArgument);
  options = TestOptions();
  options.worker_threads = 0;
  EXPECT_EQ(code(options), ErrorCode::kInvalidArgument);
  options = TestOptions();
  options.deadlines.head = milliseconds(0);
  EXPECT_EQ(code(options), ErrorCode::kInvalidArgument);
  options = TestOptions();
  options.host = "no.such.host.invalid";
  EXPECT_EQ(code(options), ErrorCode::kUnavailable);

  TestServer other(EchoPath);
  options = TestOptions();
  options.port = other.port();
  EXPECT_EQ(code(options), ErrorCode::kUnavailable);
}

TEST(ServerTest, AHandlerThatThrowsGivesAnAnswerThatDoesNotQuoteIt) {
  std::mutex mutex;
  std::string logged;
  Options options = TestOptions();
  options.on_exception = [&](const Request& request, std::string_view what) {
    const std::lock_guard lock(mutex);
    logged += request.path + " " + std::string(what) + "\n";
  };
  TestServer server(
      [](const Request& request) -> Response {
        if (request.path == "/int") throw 7;
        throw std::runtime_error("the password is secret");
      },
      options);
  Client client(server.port());
  const Answer answer = client.Ask(Get("/exception"));
  EXPECT_EQ(answer.status, 500);
  EXPECT_NE(answer.body.find(R"("code":"internal_error")"), std::string::npos) << answer.body;
  EXPECT_EQ((answer.head + answer.body).find("secret"), std::string::npos);
  EXPECT_EQ(client.Ask(Get("/int")).status, 500) << "the connection goes on";
  const std::lock_guard lock(mutex);
  EXPECT_EQ(logged, "/exception the password is secret\n/int not a std::exception\n");
}

TEST(ServerTest, HandlersSeeTheRequestAsItWasSent) {
  Request seen;
  TestServer server([&](const Request& request) {
    seen = request;
    return Response{.status = 201};
  });
  Client client(server.port());
  ASSERT_EQ(
      client
          .Ask("PATCH /a%20b?x=1 HTTP/1.1\r\nHost: clinic\r\nREMOTE_ADDR: 10.0.0.1\r\n"
               "X-Forwarded-For: 10.0.0.2\r\nX-Request-Id: mine_1\r\nContent-Length: 4\r\n\r\n"
               "\r\n\r\n")
          .status,
      201);
  EXPECT_EQ(seen.method, Method::kPatch);
  EXPECT_EQ(seen.path, "/a b");
  EXPECT_EQ(seen.Query("x"), "1");
  EXPECT_EQ(seen.body, "\r\n\r\n");
  EXPECT_EQ(seen.remote_address, "127.0.0.1");
  EXPECT_EQ(seen.Header("remote_addr"), "10.0.0.1");
  EXPECT_EQ(seen.id, "mine_1");

  client.Ask("GET http://other:81/ HTTP/1.1\r\nHost: clinic\r\n\r\n");
  EXPECT_EQ(seen.Header("host"), "other:81") << "the target overrules Host";
}

TEST(ServerTest, EveryAnswerHasItsStandardHeaders) {
  TestServer server([](const Request& request) {
    Response response{.body = "x", .content_type = "text/plain"};
    if (request.path == "/cached") response.headers = {{"Cache-Control", "max-age=60"}};
    if (request.path == "/odd") {
      response.headers = {{"Content-Length", "99"}, {"Connection", "close"},
                          {"X-Request-Id", "no"},   {"X-Split", "a\r\nInjected: b"},
                          {"Set-Cookie", "a=1"},    {"Set-Cookie", "b=2"}};
    }
    return response;
  });
  Client client(server.port());
  const Answer answer = client.Ask(Get("/"));
  EXPECT_EQ(answer.head.substr(0, 17), "HTTP/1.1 200 OK\r\n");
  EXPECT_EQ(answer.Header("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(answer.Header("X-Frame-Options"), "DENY");
  EXPECT_EQ(answer.Header("Referrer-Policy"), "no-referrer");
  EXPECT_EQ(answer.Header("Cross-Origin-Resource-Policy"), "same-origin");
  EXPECT_EQ(answer.Header("Content-Security-Policy"), "default-src 'none'; frame-ancestors 'none'");
  EXPECT_EQ(answer.Header("Cache-Control"), "no-store");
  EXPECT_EQ(answer.Header("Content-Length"), "1");
  EXPECT_EQ(answer.Header("Date").size(), 29u);
  EXPECT_EQ(answer.Header("X-Request-Id"), "id-1");
  for (const char* absent : {"Keep-Alive", "Connection", "Accept-Ranges", "Server"}) {
    EXPECT_EQ(answer.Header(absent), "") << absent;
  }
  EXPECT_EQ(client.Ask(Get("/cached")).Header("Cache-Control"), "max-age=60");

  const Answer odd = client.Ask(Get("/odd"));
  EXPECT_EQ(odd.Header("Content-Length"), "1");
  EXPECT_EQ(odd.Header("Connection"), "");
  EXPECT_EQ(odd.Header("X-Request-Id"), "id-3");
  EXPECT_EQ(odd.Header("Injected"), "");
  EXPECT_NE(odd.head.find("a=1"), std::string::npos);
  EXPECT_NE(odd.head.find("b=2"), std::string::npos);
}

TEST(ServerTest, RequestIdsThatAreNotUsableAreReplaced) {
  TestServer server(EchoPath);
  Client client(server.port());
  int count = 0;
  for (const std::string& id : {std::string("a b"), std::string("a/b"), std::string("\xC3\xA4"),
                                std::string(129, 'x'), std::string()}) {
    const Answer answer =
        client.Ask("GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: " + id + "\r\n\r\n");
    EXPECT_EQ(answer.Header("X-Request-Id"), "id-" + std::to_string(++count)) << id;
  }
  const std::string longest(128, 'x');
  EXPECT_EQ(client.Ask("GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: " + longest + "\r\n\r\n")
                .Header("X-Request-Id"),
            longest);
}

TEST(ServerTest, HeadAndEmptyStatusesHaveNoBody) {
  TestServer server([](const Request& request) {
    return Response{.status = request.path == "/204"   ? 204
                              : request.path == "/304" ? 304
                                                       : 200,
                    .body = "four",
                    .content_type = "text/plain"};
  });
  Client client(server.port());
  const Answer head = client.Ask("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", Client::Body::kNone);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.Header("Content-Length"), "4");
  const Answer empty = client.Ask(Get("/204"));
  EXPECT_EQ(empty.status, 204);
  EXPECT_EQ(empty.Header("Content-Length"), "");
  EXPECT_EQ(client.Ask(Get("/304")).status, 304);
  EXPECT_EQ(client.Ask(Get("/")).body, "four") << "nothing was left over";
}

TEST(ServerTest, PipelinedRequestsAreAnsweredInOrder) {
  TestServer server([](const Request& request) {
    if (request.path.ends_with("7")) std::this_thread::sleep_for(milliseconds(2));
    return EchoPath(request);
  });
  Client client(server.port());
  std::string requests;
  for (int index = 0; index < 100; ++index) {
    const std::string path = "/" + std::to_string(index);
    requests += index % 2 ? Get(path)
                          : "POST " + path +
                                " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                                "13\r\nGET /x HTTP/1.1\r\n\r\n\r\n0\r\n\r\n";
  }
  const auto begun = std::chrono::steady_clock::now();
  ASSERT_TRUE(client.Send(requests));
  for (int index = 0; index < 100; ++index) {
    ASSERT_EQ(client.Read().body, "/" + std::to_string(index));
  }
  // Where a loop did not hear at once that it may go on, each takes 100 ms.
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(5));
  EXPECT_EQ(server.asked().size(), 100u);
}

TEST(ServerTest, ARequestIsUnderstoodByteByByte) {
  TestServer server(EchoBody);
  Client client(server.port());
  for (const char byte :
       std::string("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")) {
    ASSERT_TRUE(client.Send({&byte, 1}));
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  EXPECT_EQ(client.Read().body, "hello");
}

TEST(ServerTest, OneConnectionServesThousandsOfRequests) {
  TestServer server(EchoPath);
  Client client(server.port());
  for (int index = 0; index < 3'000; ++index) {
    const std::string path = "/" + std::to_string(index);
    ASSERT_EQ(client.Ask(Get(path)).body, path);
  }
  EXPECT_EQ(server.server().state().connections, 1u);
}

TEST(ServerTest, ContinueIsSaidToWhoWaitsForIt) {
  TestServer server(EchoBody);
  Client client(server.port());
  const std::string head =
      "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
  EXPECT_EQ(client.Ask(head).status, 100);
  EXPECT_EQ(client.Ask("hello").body, "hello");
  EXPECT_EQ(client.Ask(head + "hello").body, "hello") << "who does not wait is not told";
}

TEST(ServerTest, TheConnectionEndsWhereTheClientAsksForIt) {
  TestServer server(EchoPath);
  for (const std::string head :
       {"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "GET / HTTP/1.0\r\n\r\n"}) {
    Client client(server.port());
    const Answer answer = client.Ask(head + Get("/behind"));
    EXPECT_EQ(answer.body, "/");
    EXPECT_EQ(answer.Header("Connection"), "close");
    EXPECT_TRUE(client.EndsCleanly());
  }
  Client old(server.port());
  const std::string request = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
  EXPECT_EQ(old.Ask(request).Header("Connection"), "keep-alive");
  EXPECT_EQ(old.Ask(request).body, "/");
  EXPECT_EQ(server.asked(), std::vector<std::string>(4, "/"));
}

TEST(ServerTest, AClientThatEndsItsSideStillGetsItsAnswer) {
  TestServer server(EchoPath);
  Client client(server.port());
  client.Send(Get("/a") + Get("/b"));
  client.EndSending();
  EXPECT_EQ(client.Read().body, "/a");
  EXPECT_EQ(client.Read().body, "/b");
  EXPECT_TRUE(client.EndsCleanly());
}

TEST(ServerTest, ALargeAnswerReachesASlowReaderWhole) {
  std::string large(5 << 20, '\0');
  for (std::size_t at = 0; at < large.size(); ++at) large[at] = static_cast<char>('a' + at % 23);
  TestServer server([&](const Request&) { return Response{.body = large, .content_type = "x/y"}; });
  Client client(server.port(), 4096);
  client.Send(Get("/") + Get("/"));
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_EQ(client.Read().body, large);
  EXPECT_EQ(client.Read().body, large);
}

TEST(ServerTest, LostClientsLeaveNothingBehind) {
  TestServer server([](const Request& request) {
    std::this_thread::sleep_for(milliseconds(1));
    return Response{.body = std::string(1 << 20, 'x'), .content_type = request.path};
  });
  for (int index = 0; index < 50; ++index) {
    Client client(server.port());
    client.Send(index % 3 == 0 ? Get("/a") + Get("/b") : Get("/a").substr(0, 20));
  }
  EXPECT_TRUE(Eventually([&] { return server.server().state().connections == 0; }));
}

TEST(ServerTest, StopAnswersWhatIsInFlightAndClosesWhatIsIdle) {
  std::atomic<int> inside = 0;
  std::atomic<bool> released = false;
  TestServer server([&](const Request& request) {
    ++inside;
    while (!released) std::this_thread::sleep_for(milliseconds(1));
    return EchoPath(request);
  });
  Client idle(server.port());
  Client serving(server.port());
  serving.Send(Get("/serving") + Get("/pipelined"));
  ASSERT_TRUE(Eventually([&] { return inside == 1; }));
  ASSERT_TRUE(Eventually([&] { return server.server().state().connections == 2; }));

  std::thread stopping([&] { server.server().Stop(milliseconds(5'000)); });
  EXPECT_TRUE(idle.EndsCleanly());
  EXPECT_TRUE(Eventually([&] { return !Client(server.port()).is_connected(); }));
  released = true;
  const Answer answer = serving.Read();
  EXPECT_EQ(answer.body, "/serving");
  EXPECT_EQ(answer.Header("Connection"), "close");
  EXPECT_TRUE((serving.EndSending(), serving.EndsCleanly()));
  stopping.join();
  EXPECT_EQ(server.asked(), std::vector<std::string>{"/serving"});
}

TEST(ServerTest, StopWaitsForAnAnswerThatIsBeingReadAndNoLonger) {
  const std::string large(20 << 20, 'x');
  TestServer server([&](const Request&) { return Response{.body = large, .content_type = "x/y"}; });
  Client client(server.port(), 4096);
  client.Send(Get("/"));
  ASSERT_TRUE(client.Receive());
  const auto begin = std::chrono::steady_clock::now();
  std::thread stopping([&] { server.server().Stop(milliseconds(30'000)); });
  EXPECT_TRUE(Eventually([&] { return !Client(server.port()).is_connected(); }));
  EXPECT_EQ(client.Read().body.size(), large.size());
  EXPECT_TRUE(client.EndsCleanly());
  stopping.join();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

TEST(ServerTest, StopLosesPatience) {
  TestServer server(EchoPath);
  Client half(server.port());
  half.Send("GET /half HTTP/1.1\r\n");
  ASSERT_TRUE(Eventually([&] { return server.server().state().connections == 1; }));
  const auto begin = std::chrono::steady_clock::now();
  server.server().Stop(milliseconds(50));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  EXPECT_EQ(half.Read().status, 0);
}

}  // namespace
}  // namespace clinic::http
