// A thread that owns connections: there are a few, each with its own.
//
// One accepts, and gives the connections to all in turn. Each receives, lets each connection's
// RequestReader make requests of what came, answers those that need no waiting, gives the others to
// the workers, and sends what the workers could not. Nothing here waits for one
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
#include "server/http/mailbox.hpp"
#include "server/http/options.hpp"
#include "server/http/problem.hpp"
#include "server/http/socket.hpp"
#include "server/http/workers.hpp"

namespace clinic::http {

class Loop {
 public:
  /// Requires that what is referred to outlives the loop, and that `workers` are stopped before the
  /// loop is destroyed: its sockets are theirs too. It has at most `most` connections.
  Loop(const Options& options, std::size_t most, Workers& workers);

  /// Makes the loop ready. Errors: kUnavailable, if the system has no more descriptors.
  Result<void> Open();

  /// Lets it accept connections for `team`, itself among them, in turn. Requires that they are
  /// open, and outlive it. Errors: as Open.
  Result<void> Accept(FileDescriptor listener, std::vector<Loop*> team);

  /// Serves until Stop was called and what it waits for has happened.
  void Run();

  /// As Server::Stop, without waiting. From any thread, once.
  void Stop(std::chrono::milliseconds patience);

  /// How many connections are open. From any thread.
  std::size_t connections() const { return open_.load(std::memory_order_relaxed); }

 private:
  int Timeout() const;
  void Dispatch(void* tag, std::uint32_t events);
  void ReadMail();
  void SetUrgency();
  void Watch(Connection& connection, int operation, std::uint32_t events);

  void AcceptAll();
  bool MakeRoom();
  void PauseAccepting();
  void ResumeAccepting();
  void Welcome(FileDescriptor socket, std::string remote_address);

  void OnEvents(Connection& connection, std::uint32_t events);
  void OnDone(Done done);
  void NoteMore(Connection& connection);
  void Advance(Connection& connection);
  bool Receive(Connection& connection);
  void FollowReader(Connection& connection);
  void SendAnswers();
  void Serve(Connection& connection);
  void Answer(Connection& connection, const Response& response, Persistence persistence);
  void Refuse(Connection& connection, const Problem& problem, Persistence persistence);
  void Write(Connection& connection);
  void Linger(Connection& connection);
  void ThrowAway(Connection& connection);

  void Expire(Connection& connection);
  void BeginToStop();
  bool IsOver() const;

  const Options& options_;
  const std::size_t most_;
  FileDescriptor listener_;
  std::vector<Loop*> team_;
  std::size_t next_of_team_ = 0;
  FileDescriptor epoll_;
  Mailbox mailbox_;
  Workers& workers_;
  Connections connections_;
  AnswerWriter writer_;
  std::string scratch_;  // what is received goes through here
  TimePoint now_;
  std::optional<TimePoint> accepting_resumes_;
  bool is_stopping_ = false;
  std::size_t with_more_ = 0;  // connections
  bool is_urgent_ = false;     // as the mailbox was told

  std::atomic<std::size_t> open_{0};
  std::atomic<TimePoint> stop_at_{TimePoint::max()};
};

}  // namespace clinic::http
