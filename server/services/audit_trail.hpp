// Who read or wrote what, for those who may ask.
#pragma once

#include <vector>

#include "clinic/scheduler.hpp"
#include "clinic/store.hpp"
#include "server/services/caller.hpp"

namespace clinic::server {

/// Safe to call from any thread.
class AuditTrail {
 public:
  AuditTrail(Store& store, Scheduler& scheduler) : store_(store), scheduler_(scheduler) {}

  /// For admins. Leaves an entry itself, which is on no page that it was read for.
  Result<std::vector<AuditEntry>> List(const Caller& caller, const AuditQuery& query);

 private:
  Store& store_;
  Scheduler& scheduler_;
};

}  // namespace clinic::server
