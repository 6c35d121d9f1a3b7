// Writes SQLite's write-ahead log to its file in long pieces.
//
// SQLite writes each page that a transaction changed by two calls of write, and then syncs the log:
// some 250 calls for a group of 30 bookings, which take as long as the disk does. Nothing in the
// log counts before it is synced, so here they are gathered in memory, and written when SQLite
// syncs.
//
// This stands on two things, which a connection with this VFS sets, and leaves so:
//  - `synchronous = FULL`: SQLite syncs the log before it lets anybody see a commit.
//  - `cache_spill = OFF`: SQLite writes to the log inside COMMIT only, and so ends by a sync, or by
//    an error that undoes the whole transaction. Pages that were spilled before would stay here
//    when the transaction is rolled back, and be written over what another program has committed
//    since; and were they lost for a full disk, the transaction could still be committed without
//    them. What a transaction changes has to fit into memory instead.
#pragma once

namespace clinic::sqlite {

/// The name of the VFS, which is the system's own but for the log. Registered by the first call.
/// Throws std::bad_alloc where it cannot be. Safe to call from any thread.
const char* LogVfs();

}  // namespace clinic::sqlite
