#include "adapters/sqlite/commit_mark.hpp"

#include <sqlite3.h>

#include <atomic>
#include <utility>

#include "adapters/sqlite/query.hpp"

namespace clinic::sqlite {
namespace {

constexpr int kRegionBytes = 32'768;     // what SQLite maps the wal-index in
constexpr std::size_t kInitialized = 3;  // the word that holds the header's isInit

std::uint32_t* MapHeader(Connection& connection) {
  // Opens the log, and maps the wal-index.
  Query(connection, "SELECT count(*) FROM sqlite_schema").Next();
  sqlite3_file* file = nullptr;
  sqlite3_file_control(connection.database().getHandle(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (file == nullptr || file->pMethods == nullptr || file->pMethods->iVersion < 2) return nullptr;
  void volatile* region = nullptr;
  if (file->pMethods->xShmMap(file, 0, kRegionBytes, 0, &region) != SQLITE_OK) return nullptr;
  return static_cast<std::uint32_t*>(const_cast<void*>(region));
}

// What is read after it is not older.
CommitMark Load(std::uint32_t* words) {
  CommitMark mark;
  for (std::size_t i = 0; i < mark.size(); ++i) {
    mark[i] = std::atomic_ref(words[i]).load(std::memory_order_acquire);
  }
  return mark;
}

}  // namespace

CommitMarks::CommitMarks(std::unique_ptr<Connection> connection)
    : connection_(std::move(connection)), header_(MapHeader(*connection_)) {}

// Who commits writes the second copy first, and a barrier between the two.
std::optional<CommitMark> CommitMarks::Now() const {
  if (header_ == nullptr) return std::nullopt;
  const CommitMark first = Load(header_);
  const CommitMark second = Load(header_ + first.size());
  if (first != second || first[kInitialized] == 0) return std::nullopt;
  return first;
}

}  // namespace clinic::sqlite
