// Books a room in each store that was installed; the second booking of the same hour is refused.
#include <adapters/memory/memory_store.hpp>
#include <clinic/clinic.hpp>
#include <cstdio>
#ifdef WITH_SQLITE
#include <adapters/sqlite/sqlite_store.hpp>
#endif

namespace {

bool BooksOnce(clinic::Store& store) {
  clinic::SystemClock clock;
  clinic::UuidV7Generator ids(clock, /*seed=*/1);
  const auto scheduler = clinic::Scheduler::Open(store, clock, ids);
  if (!scheduler.ok()) return false;
  const auto room = (*scheduler)->AddResource({.kind = clinic::ResourceKind::kRoom});
  const clinic::Instant start = clock.Now() + std::chrono::hours{1};
  const clinic::BookRequest request{.resources = {room->id},
                                    .interval = {start, start + std::chrono::hours{1}}};
  const bool first = (*scheduler)->Book(request).ok();
  const auto second = (*scheduler)->Book(request);
  return first && !second.ok() && second.error().code == clinic::ErrorCode::kConflict;
}

}  // namespace

int main() {
  clinic::MemoryStore memory;
  if (!BooksOnce(memory)) return 1;
#ifdef WITH_SQLITE
  std::remove("stranger.db");
  const auto sqlite = clinic::SqliteStore::Open("stranger.db");
  if (!sqlite.ok() || !BooksOnce(**sqlite)) return 1;
#endif
}
