// By what a person knows their sessions apart, and an admin sees that another one was faster.
#include "adapters/sqlite/migrations.hpp"

namespace clinic::sqlite {

Migration AddSignInDetails() {
  return {5, "add sign-in details",
          "ALTER TABLE account ADD COLUMN version INTEGER NOT NULL DEFAULT 1;"
          "ALTER TABLE session ADD COLUMN refreshed_at INTEGER NOT NULL DEFAULT 0;"
          "ALTER TABLE session ADD COLUMN address TEXT NOT NULL DEFAULT '';"
          "ALTER TABLE session ADD COLUMN user_agent TEXT NOT NULL DEFAULT '';"
          "UPDATE session SET refreshed_at = created_at"};
}

}  // namespace clinic::sqlite
