// By what a person knows their sessions apart, and an admin sees that another one was faster.
#include "adapters/postgres/migrations.hpp"

namespace clinic::postgres {

Migration AddSignInDetails() {
  return {3, "add sign-in details", R"sql(
ALTER TABLE account ADD COLUMN version bigint NOT NULL DEFAULT 1 CHECK (version >= 0);
ALTER TABLE session
  ADD COLUMN refreshed_at bigint NOT NULL DEFAULT 0,
  ADD COLUMN address text NOT NULL DEFAULT '',
  ADD COLUMN user_agent text NOT NULL DEFAULT '';
UPDATE session SET refreshed_at = created_at;
)sql"};
}

}  // namespace clinic::postgres
