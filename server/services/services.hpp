// What a clinic does, all of it, as the routes are given it.
#pragma once

#include <atomic>
#include <string>

#include "server/auth/clients.hpp"
#include "server/limits/limits.hpp"
#include "server/limits/trusted_proxies.hpp"
#include "server/services/accounts.hpp"
#include "server/services/appointments.hpp"
#include "server/services/audit_trail.hpp"
#include "server/services/directory_cache.hpp"
#include "server/services/doctors.hpp"
#include "server/services/idempotency.hpp"
#include "server/services/patients.hpp"

namespace clinic::server {

struct Services {
  Store& store;
  Scheduler& scheduler;
  Accounts accounts;
  Patients patients;
  Doctors doctors;
  DirectoryCache directory;
  Appointments appointments;
  AuditTrail audit;
  Idempotency idempotency;
  limits::Limits& limits;
  const limits::TrustedProxies& proxies;
  const auth::Clients& clients;        ///< the programs that may ask for tokens
  const auth::KeyRing& keys;           ///< that tokens are signed with
  std::string secret;                  ///< what only this server knows; never leaves it
  std::atomic<bool> draining = false;  ///< the server is about to stop
  std::atomic<bool> following = true;  ///< it learns of what others do to the store
};

}  // namespace clinic::server
