// Connections that are lent out one at a time.
//
// One that broke is thrown away, and the idle ones with it, for what broke one broke them all.
// While the server cannot be reached, one caller at a time tries to, at intervals that double up to
// two seconds; the others wait for it, each no longer than until its own deadline.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "adapters/postgres/connection.hpp"
#include "adapters/postgres/postgres_store.hpp"
#include "adapters/store_figures.hpp"

namespace clinic::postgres {

using Deadline = std::chrono::steady_clock::time_point;

/// Safe to call from any thread.
class Pool {
 public:
  /// `figures`, where they are given, are kept up to date, and outlive the pool.
  Pool(const std::string& connection_string, std::size_t size, const PostgresOptions& options,
       PoolFigures* figures = nullptr);

  /// A connection, as long as somebody has it.
  class Lease {
   public:
    Lease(Pool& pool, std::unique_ptr<Connection> connection)
        : pool_(&pool), connection_(std::move(connection)) {}
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (connection_ != nullptr) pool_->PutBack(std::move(connection_));
    }

    Connection& connection() { return *connection_; }

    bool is_held() const { return connection_ != nullptr; }

    /// Throws the connection away.
    void Discard() { pool_->Discard(std::move(connection_)); }

   private:
    Pool* pool_;
    std::unique_ptr<Connection> connection_;
  };

  /// Throws Failure where there is none by the deadline.
  Lease Take(Deadline deadline);

 private:
  using Lock = std::unique_lock<std::mutex>;

  std::unique_ptr<Connection> Connect();
  void AfterFailedConnect(const std::string& why);
  void PutBack(std::unique_ptr<Connection> connection);
  void Discard(std::unique_ptr<Connection> connection);
  void Tell() const;  // the figures; with the lock

  const std::string connection_string_;
  const std::string settings_;
  const std::size_t size_;
  PoolFigures* const figures_;
  Watchdog watchdog_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::unique_ptr<Connection>> idle_;
  std::size_t open_ = 0;  // lent out, idle, or being made
  int failures_ = 0;      // to connect, one after the other
  bool trying_ = false;   // somebody connects, after failures
  Deadline try_again_{};
  std::string last_failure_;
  std::minstd_rand random_;
};

}  // namespace clinic::postgres
