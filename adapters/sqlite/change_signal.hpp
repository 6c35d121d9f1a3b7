// Whether the file was written to, by whomever.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>

#include "adapters/sqlite/connection.hpp"
#include "clinic/store.hpp"

namespace clinic::sqlite {

/// Looks every 20 ms: SQLite tells nobody, but a connection of one's own can ask whether the file
/// has changed at the cost of a look into shared memory.
class FileChangeSignal final : public ChangeSignal {
 public:
  explicit FileChangeSignal(std::unique_ptr<Connection> connection);

  Result<bool> Wait(std::chrono::milliseconds at_most) override;
  void Wake() override;

 private:
  /// Rises with every commit by another connection, of this program or another.
  std::int64_t DataVersion();
  /// True where the time passed, false where it was woken.
  bool Sleep(std::chrono::milliseconds duration);

  const std::unique_ptr<Connection> connection_;
  std::int64_t seen_;
  std::mutex mutex_;
  std::condition_variable woken_up_;
  bool woken_ = false;
};

}  // namespace clinic::sqlite
