// The one thread that owns the connections.
//
// It accepts, receives, lets each connection's RequestReader make requests of what came, gives
// whole ones to the workers, and sends what the workers could not. Nothing here waits for one
// connection: sockets do not block, and each phase of a connection has a deadline.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "clinic/result.hpp"
#include "server/http/answer_writer.hpp"
#include "server/http/connections.hpp"
#include "server/http/options.hpp"
#include "server/http/problem.hpp"
#include "server/http/socket.hpp"
#include "server/http/wakeup.hpp"
#include "server/http/workers.hpp"

namespace clinic::http {

class Loop {
 public:
  /// Requires that what is referred to outlives the loop, and that `workers` are stopped before the
  /// loop is destroyed: its sockets are theirs too.
  Loop(const Options& options, FileDescriptor listener, Wakeup& wakeup, Workers& workers);

  /// Makes the loop ready. Errors: kUnavailable, if the system has no more descriptors.
  Result<void> Open();

  /// Serves until Stop was called and what it waits for has happened.
  void Run();

  /// As Server::Stop, without waiting. From any thread, once.
  void Stop(std::chrono::milliseconds patience);

  /// How many connections are open. From any thread.
  std::size_t connections() const { return open_.load(std::memory_order_relaxed); }

 private:
  int Timeout() const;
  void Dispatch(void* tag, std::uint32_t events);
  void Watch(Connection& connection, int operation, std::uint32_t events);

  void AcceptAll();
  bool MakeRoom();
  void PauseAccepting();
  void ResumeAccepting();
  void Welcome(FileDescriptor socket, std::string remote_address);

  void OnEvents(Connection& connection, std::uint32_t events);
  void OnDone(Done done);
  void Advance(Connection& connection);
  bool Receive(Connection& connection);
  void FollowReader(Connection& connection);
  void Serve(Connection& connection);
  void Refuse(Connection& connection, const Problem& problem, Persistence persistence);
  void Write(Connection& connection);
  void Linger(Connection& connection);
  void ThrowAway(Connection& connection);

  void Expire(Connection& connection);
  void BeginToStop();
  bool IsOver() const;

  const Options& options_;
  FileDescriptor listener_;
  FileDescriptor epoll_;
  Wakeup& wakeup_;
  Workers& workers_;
  Connections connections_;
  AnswerWriter writer_;
  std::string scratch_;  // what is received goes through here
  TimePoint now_;
  std::optional<TimePoint> accepting_resumes_;
  bool is_stopping_ = false;

  std::atomic<std::size_t> open_{0};
  std::atomic<TimePoint> stop_at_{TimePoint::max()};
};

}  // namespace clinic::http
