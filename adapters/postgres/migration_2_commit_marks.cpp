// What a connection's last commit was: the proof of one that was not answered.
#include "adapters/postgres/migrations.hpp"

namespace clinic::postgres {

Migration AddCommitMarks() {
  return {2, "mark commits", R"sql(
CREATE TABLE commit_mark (
  writer uuid PRIMARY KEY,
  commits bigint NOT NULL,
  at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 20);
)sql"};
}

}  // namespace clinic::postgres
