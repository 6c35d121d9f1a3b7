#include "server/services/audit_trail.hpp"

namespace clinic::server {

Result<std::vector<AuditEntry>> AuditTrail::List(const Caller& caller, const AuditQuery& query) {
  std::vector<AuditEntry> page;
  Result<void> done = store_.Write([&](UnitOfWork& work) -> Result<void> {
    Result<std::vector<AuditEntry>> found = work.audit().List(query);
    if (!found.ok()) return std::move(found).error();
    page = *std::move(found);
    return work.audit().Append(AuditOf(caller, scheduler_.Now(), "audit.read",
                                       query.subject.value_or(query.actor.value_or("")),
                                       query.patient));
  });
  if (!done.ok()) return std::move(done).error();
  return page;
}

}  // namespace clinic::server
