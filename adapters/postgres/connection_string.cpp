#include "adapters/postgres/connection_string.hpp"

#include <utility>
#include <vector>

namespace clinic::postgres {

std::string WithDefaults(const std::string& connection_string, const PostgresOptions& options) {
  std::vector<std::pair<std::string, std::string>> defaults = {
      {"connect_timeout", std::to_string(options.connect_timeout.count())},
      {"application_name", "clinic"},
      {"client_encoding", "UTF8"},
      {"keepalives_idle", "10"},
      {"keepalives_interval", "3"},
      {"keepalives_count", "3"},
      {"tcp_user_timeout", std::to_string(options.statement_timeout.count() * 2)}};
  if (connection_string.find(',') != std::string::npos) {
    defaults.emplace_back("target_session_attrs", "primary");
  }
  const bool is_uri = connection_string.starts_with("postgresql://") ||
                      connection_string.starts_with("postgres://");
  std::string result = connection_string;
  for (const auto& [name, value] : defaults) {
    if (connection_string.find(name) != std::string::npos) continue;
    const bool first = result.find('?') == std::string::npos;
    result += is_uri ? (first ? "?" : "&") : " ";
    result += name;
    result += '=';
    result += value;
  }
  return result;
}

// Every statement of ours has an index to go along, whatever the planner knows of the tables yet;
// the plan that it makes once stays. A commit is on disk before it is answered.
std::string SessionSettings(const PostgresOptions& options) {
  const auto set = [](const std::string& name, auto value) {
    return "SET " + name + " = " + std::to_string(value) + "; ";
  };
  return "SET enable_seqscan = off; SET jit = off; SET plan_cache_mode = force_generic_plan; "
         "SET client_min_messages = warning; SET standard_conforming_strings = on; "
         "SET default_transaction_isolation = 'read committed'; " +
         set("statement_timeout", options.statement_timeout.count()) +
         set("lock_timeout", options.lock_timeout.count()) +
         set("idle_in_transaction_session_timeout", options.statement_timeout.count() * 2) +
         "SELECT set_config('synchronous_commit', 'on', false) "
         "WHERE current_setting('synchronous_commit') = 'off'";
}

}  // namespace clinic::postgres
