// What the schedulers over one file tell each other: not of bookings alone, and versions by which
// they see who was faster.
#include "adapters/sqlite/migrations.hpp"

namespace clinic::sqlite {

Migration FeedAllChanges() {
  return {4, "feed all changes",
          "ALTER TABLE outbox RENAME COLUMN booking TO subject;"
          "ALTER TABLE waitlist ADD COLUMN version INTEGER NOT NULL DEFAULT 1"};
}

}  // namespace clinic::sqlite
