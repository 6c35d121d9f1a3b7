// Which allocations any other member of a pool would have done for.
#include "adapters/sqlite/migrations.hpp"

namespace clinic::sqlite {

// Whatever was booked before this was known had been asked for by name.
Migration RememberPools() {
  return {3, "remember pools", "ALTER TABLE allocation ADD COLUMN pool TEXT NOT NULL DEFAULT ''"};
}

}  // namespace clinic::sqlite
