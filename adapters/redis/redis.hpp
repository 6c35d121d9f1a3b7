// A Redis server that may go away at any time, and connections to it that are lent out.
//
// What is asked of it is asked on the way to an answer, and nobody's answer may wait for a server
// that is not there. So the first failure closes all connections, and from then on every caller is
// told at once that it is away, while one thread tries to reach it again.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "adapters/redis/connection.hpp"
#include "clinic/result.hpp"

namespace clinic::redis {

/// Safe to call from any thread. Requires that the process ignores SIGPIPE, which hiredis raises by
/// writing to a connection that is gone.
class Redis {
 public:
  /// Told when the server is away, with the reason, and when it is back (no error).
  using Report = std::function<void(const Error*)>;

  /// Tries to reach it once, and goes on trying where that fails. Error: kInvalidArgument, as
  /// ParseAddress.
  static Result<std::unique_ptr<Redis>> Open(std::string_view url, Report report,
                                             const Timeouts& timeouts = {});
  ~Redis();

  /// A connection, as long as somebody has it. One that broke is thrown away.
  class Lease {
   public:
    Lease(Redis& redis, std::unique_ptr<Connection> connection, std::uint64_t era)
        : redis_(&redis), connection_(std::move(connection)), era_(era) {}
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (connection_ != nullptr) redis_->PutBack(std::move(connection_), era_);
    }

    Connection& operator*() { return *connection_; }
    Connection* operator->() { return connection_.get(); }

   private:
    Redis* redis_;
    std::unique_ptr<Connection> connection_;
    std::uint64_t era_;
  };

  /// An idle connection, else a new one: as many as are asked for at the same time. Error:
  /// kUnavailable; at once, where it is known to be away.
  Result<Lease> Connect();

 private:
  Redis(Address address, const Timeouts& timeouts, Report report);

  void PutBack(std::unique_ptr<Connection> connection, std::uint64_t era);
  void GoAway(const Error& why, std::uint64_t era);
  void Return(std::unique_ptr<Connection> connection);
  void Run();

  const Address address_;
  const Timeouts timeouts_;
  const Report report_;

  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::vector<std::unique_ptr<Connection>> idle_;
  std::uint64_t era_ = 0;  // how often it went away: a connection of another era is closed
  Error why_away_;
  bool away_ = false;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace clinic::redis
