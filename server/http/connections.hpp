// The open connections, by the phase that each is in, and when each has had its time.
//
// There is one list a phase. Every connection of a list has the same time to live, counted from
// when it came to the list, so that a list is in the order of its deadlines and the next to expire
// is at its front: moving a connection, and finding who is late, are O(1) however many there are.
//
// Everything here is for the loop's thread.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <list>
#include <optional>
#include <string>

#include "server/http/buffer.hpp"
#include "server/http/head.hpp"
#include "server/http/options.hpp"
#include "server/http/request_reader.hpp"
#include "server/http/socket.hpp"

namespace clinic::http {

using TimePoint = std::chrono::steady_clock::time_point;

enum class Phase {
  kIdle,       ///< between two requests
  kHead,       ///< reading a head, or waiting for the first one
  kBody,       ///< reading a body
  kServing,    ///< a worker has the request; nothing is read meanwhile, and no deadline runs
  kAnswered,   ///< there is an answer, which is sent at the end of the loop's turn
  kWriting,    ///< the socket would not take all of the answer yet
  kLingering,  ///< all is said; what still comes is thrown away, until the peer has read the answer
  kClosed,     ///< forgotten at the end of the loop's turn
};
inline constexpr std::size_t kPhases = 8;

struct Connection {
  FileDescriptor socket;
  std::string remote_address;
  RequestReader reader;
  Buffer input{};                     ///< received, not read yet
  std::string output{};               ///< of an answer that could not be sent at once
  std::size_t sent = 0;               ///< of `output`
  std::size_t sent_when_renewed = 0;  ///< what `sent` was when the deadline was last renewed
  Persistence persistence = Persistence::kClose;  ///< once `output` is sent
  bool is_readable = false;  ///< receiving may give something: epoll tells of changes only
  bool is_hung_up = false;   ///< the peer sends no more; the end is still to be received
  bool has_more = false;     ///< something came, or may have, while a worker has the request

  Phase phase = Phase::kHead;
  TimePoint deadline{};
  std::list<Connection>::iterator self{};
};

class Connections {
 public:
  explicit Connections(const Deadlines& deadlines);

  /// A connection that waits for its first request. It stays where it is in memory until Bury.
  Connection& Add(Connection connection, TimePoint now);

  /// Puts a connection at the end of a phase's list, and starts the time that it has there.
  void Move(Connection& connection, Phase phase, TimePoint now);

  /// Closes the socket. The object stays until Bury.
  void Close(Connection& connection);

  /// Forgets what was closed.
  void Bury() { List(Phase::kClosed).clear(); }

  /// How many are open.
  std::size_t size() const { return open_; }

  /// How many are in a phase.
  std::size_t Count(Phase phase) const { return lists_[static_cast<std::size_t>(phase)].size(); }

  /// The one that came first to its phase; null if there is none.
  Connection* First(Phase phase);

  /// One whose time is over; null if there is none.
  Connection* FirstExpired(TimePoint now);

  /// When the next one's time is over.
  std::optional<TimePoint> NextDeadline() const;

  /// Calls `visit` with every open connection. `visit` may close it and no other.
  template <typename Visit>
  void ForEach(const Visit& visit) {
    for (std::size_t phase = 0; phase < kPhases - 1; ++phase) {
      for (auto next = lists_[phase].begin(); next != lists_[phase].end();) visit(*next++);
    }
  }

 private:
  std::list<Connection>& List(Phase phase) { return lists_[static_cast<std::size_t>(phase)]; }

  std::array<std::chrono::milliseconds, kPhases> times_;
  std::array<std::list<Connection>, kPhases> lists_;
  std::size_t open_ = 0;
};

}  // namespace clinic::http
