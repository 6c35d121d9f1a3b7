// Which commit a file is at, told without a system call.
//
// In WAL mode the header of the wal-index says where the log ends, in memory that all programs on
// the file share: it is what a read transaction takes as its state of the database, and every
// commit changes it (sqlite.org/walformat.html §2.1). Two equal marks mean that nothing was
// committed in between.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include "adapters/sqlite/connection.hpp"

namespace clinic::sqlite {

/// The header's 48 bytes.
using CommitMark = std::array<std::uint32_t, 12>;

/// Safe to call from any thread.
class CommitMarks {
 public:
  /// Keeps the connection, which is not to be used otherwise.
  explicit CommitMarks(std::unique_ptr<Connection> connection);

  /// The mark of the state that a read transaction begun now would see; nothing while somebody is
  /// just committing, or where the system has no such memory.
  std::optional<CommitMark> Now() const;

 private:
  const std::unique_ptr<Connection> connection_;
  std::uint32_t* header_ = nullptr;  // two copies of it, in the shared memory
};

}  // namespace clinic::sqlite
