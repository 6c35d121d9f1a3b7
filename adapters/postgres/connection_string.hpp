// What connections are made with, beside what the connection string says.
#pragma once

#include <string>

#include "adapters/postgres/postgres_store.hpp"

namespace clinic::postgres {

/// The connection string, with what it does not say itself: how long to wait for a host, that a
/// host which fell silent is given up, and which of several hosts is wanted.
std::string WithDefaults(const std::string& connection_string, const PostgresOptions& options);

/// The statements that set up a session.
std::string SessionSettings(const PostgresOptions& options);

}  // namespace clinic::postgres
