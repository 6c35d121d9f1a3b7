// The PostgreSQL database as the durable scenario needs it.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "bench/durable.hpp"

namespace clinic::bench {

/// Whether PostgreSQL's programs are installed.
bool HasPostgres();

/// Makes databases on one server, each a schema of its own. The server is started in `folder` when
/// the first one is made, and writes to the disk as it does by default; it is gone, with all that
/// it kept, when the last copy of this function and the last database are.
std::function<std::unique_ptr<DurableDatabase>(const std::string& folder)> PostgresDatabases();

}  // namespace clinic::bench
