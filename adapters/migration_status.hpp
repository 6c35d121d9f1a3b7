// What a database's schema lacks.
#pragma once

#include <string>

namespace clinic {

/// One step of the schema.
struct MigrationStatus {
  int version = 0;
  std::string name;

  friend bool operator==(const MigrationStatus&, const MigrationStatus&) = default;
};

}  // namespace clinic
