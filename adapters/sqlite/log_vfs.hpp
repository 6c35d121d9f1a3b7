// Writes SQLite's write-ahead log to its file in long pieces.
//
// SQLite writes each page that a transaction changed by two calls of write, and then syncs the log:
// some 250 calls for a group of 30 bookings, which take as long as the disk does. Nothing in the
// log counts before it is synced, so here they are gathered in memory and written by one call when
// SQLite syncs, or wants to read back what it wrote.
//
// This relies on SQLite to sync before it lets anybody see a commit, as it does under
// `synchronous = FULL`: a connection with this VFS sets that, and leaves it so.
#pragma once

namespace clinic::sqlite {

/// The name of the VFS, which is the system's own but for the log. Registered by the first call.
/// Throws std::bad_alloc where it cannot be. Safe to call from any thread.
const char* LogVfs();

}  // namespace clinic::sqlite
