#include "adapters/sqlite/log_vfs.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <new>
#include <vector>

namespace clinic::sqlite {
namespace {

constexpr const char* kName = "clinic-log";
constexpr std::size_t kMostGathered = std::size_t{4} << 20;
// The system's file of SQLite takes the lower 17 bits of a length for the whole of it, as no page
// is longer than 64 KiB.
constexpr std::size_t kLongestPiece = std::size_t{64} << 10;

sqlite3_vfs& System() {
  static sqlite3_vfs* const system = sqlite3_vfs_find(nullptr);
  if (system == nullptr) throw std::bad_alloc();
  return *system;
}

// The log's file: bytes that follow one another in the file, and are not there yet, and behind this
// object the system's own file. SQLite makes its memory and tells it apart by its first member.
struct LogFile {
  sqlite3_file base;
  std::vector<std::byte> gathered;
  sqlite3_int64 begin;  // of what is gathered, in the file

  static LogFile& Of(sqlite3_file* file) { return *reinterpret_cast<LogFile*>(file); }
  sqlite3_file* file() { return reinterpret_cast<sqlite3_file*>(this + 1); }
  const sqlite3_io_methods& methods() { return *file()->pMethods; }

  sqlite3_int64 end() const { return begin + static_cast<sqlite3_int64>(gathered.size()); }

  // What could not be written is of a COMMIT that fails now, and nobody will ask for it.
  int Flush() {
    int result = SQLITE_OK;
    for (std::size_t done = 0; done < gathered.size() && result == SQLITE_OK;) {
      const std::size_t piece = std::min(gathered.size() - done, kLongestPiece);
      result = methods().xWrite(file(), gathered.data() + done, static_cast<int>(piece),
                                begin + static_cast<sqlite3_int64>(done));
      done += piece;
    }
    gathered.clear();
    return result;
  }

  int Write(const void* data, int size, sqlite3_int64 offset) {
    const auto* bytes = static_cast<const std::byte*>(data);
    if (offset != end() || gathered.size() + static_cast<std::size_t>(size) > kMostGathered) {
      if (const int result = Flush(); result != SQLITE_OK) return result;
      begin = offset;
    }
    try {
      gathered.insert(gathered.end(), bytes, bytes + size);
      return SQLITE_OK;
    } catch (const std::bad_alloc&) {
      const int result = Flush();
      return result != SQLITE_OK ? result : methods().xWrite(file(), data, size, offset);
    }
  }
};

// What is not synced is no commit, and the log may be another program's by now.
int Close(sqlite3_file* file) {
  LogFile& log = LogFile::Of(file);
  const int result = log.methods().xClose(log.file());
  log.~LogFile();
  return result;
}

int Write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
  return LogFile::Of(file).Write(data, size, offset);
}

// Does what the system's file does, once everything is in it.
template <auto kMethod, typename... Arguments>
int Flushed(sqlite3_file* file, Arguments... arguments) {
  LogFile& log = LogFile::Of(file);
  if (const int result = log.Flush(); result != SQLITE_OK) return result;
  return (log.methods().*kMethod)(log.file(), arguments...);
}

// Does what the system's file does: nothing that the bytes in it matter for.
template <auto kMethod, typename... Arguments>
int Passed(sqlite3_file* file, Arguments... arguments) {
  LogFile& log = LogFile::Of(file);
  return (log.methods().*kMethod)(log.file(), arguments...);
}

// A log has no shared memory and no mappings of its own: the first version of the methods does.
constexpr sqlite3_io_methods kMethods = {
    .iVersion = 1,
    .xClose = Close,
    .xRead = Flushed<&sqlite3_io_methods::xRead, void*, int, sqlite3_int64>,
    .xWrite = Write,
    .xTruncate = Flushed<&sqlite3_io_methods::xTruncate, sqlite3_int64>,
    .xSync = Flushed<&sqlite3_io_methods::xSync, int>,
    .xFileSize = Flushed<&sqlite3_io_methods::xFileSize, sqlite3_int64*>,
    .xLock = Passed<&sqlite3_io_methods::xLock, int>,
    .xUnlock = Passed<&sqlite3_io_methods::xUnlock, int>,
    .xCheckReservedLock = Passed<&sqlite3_io_methods::xCheckReservedLock, int*>,
    .xFileControl = Flushed<&sqlite3_io_methods::xFileControl, int, void*>,
    .xSectorSize = Passed<&sqlite3_io_methods::xSectorSize>,
    .xDeviceCharacteristics = Passed<&sqlite3_io_methods::xDeviceCharacteristics>,
    .xShmMap = nullptr,
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

int Open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* flags_given) {
  if ((flags & SQLITE_OPEN_WAL) == 0) {
    return System().xOpen(&System(), name, file, flags, flags_given);
  }
  auto* log = new (file) LogFile{};
  const int result = System().xOpen(&System(), name, log->file(), flags, flags_given);
  if (result == SQLITE_OK) {
    log->base.pMethods = &kMethods;
  } else {
    log->~LogFile();
    file->pMethods = nullptr;
  }
  return result;
}

sqlite3_vfs MakeVfs() {
  // All that does not open files is the system's, which takes no notice of whose it is called for.
  sqlite3_vfs vfs = System();
  vfs.szOsFile += static_cast<int>(sizeof(LogFile));
  vfs.pNext = nullptr;
  vfs.zName = kName;
  vfs.xOpen = Open;
  return vfs;
}

}  // namespace

const char* LogVfs() {
  static sqlite3_vfs vfs = MakeVfs();
  static const int registered = sqlite3_vfs_register(&vfs, 0);
  if (registered != SQLITE_OK) throw std::bad_alloc();
  return kName;
}

}  // namespace clinic::sqlite
