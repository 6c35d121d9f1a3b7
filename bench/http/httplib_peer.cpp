// The peer of slots.py: cpp-httplib by itself, with a constant answer of 200 bytes and 64 threads.
//
// Prints the port that it listens on, and serves until it is ended.
#include <httplib.h>

#include <cstdio>
#include <limits>
#include <string>

int main() {
  httplib::Server server;
  server.new_task_queue = [] { return new httplib::ThreadPool(64); };
  // Otherwise it would close a connection after five requests.
  server.set_keep_alive_max_count(std::numeric_limits<int>::max());
  server.set_tcp_nodelay(true);
  const std::string body(200, 'x');
  server.Get("/", [&body](const httplib::Request&, httplib::Response& answer) {
    answer.set_content(body, "text/plain");
  });
  const int port = server.bind_to_any_port("127.0.0.1");
  if (port < 0) return 1;
  std::printf("%d\n", port);
  std::fflush(stdout);
  return server.listen_after_bind() ? 0 : 1;
}
