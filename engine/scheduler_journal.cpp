// What is written down beside a change.
#include <exception>

#include "engine/scheduler_impl.hpp"

namespace clinic {

Result<void> Scheduler::Impl::Commit(const Store::Work& work) const {
  if (store_ == nullptr) return {};
  // What is written alongside is the caller's code, and a reservation must not outlive its failure.
  try {
    return store_->Write(work);
  } catch (const std::exception& failure) {
    return Error{ErrorCode::kUnavailable, std::string("writing failed: ") + failure.what()};
  }
}

Result<void> Scheduler::Impl::Record(UnitOfWork& work, const Booking& booking,
                                     std::string_view action, std::string_view from,
                                     const Command& command) const {
  Result<void> written =
      booking.version == 1 ? work.bookings().Insert(booking) : work.bookings().Update(booking);
  if (!written.ok()) return written;

  written = work.bookings().Append({.booking = booking.id,
                                    .version = booking.version,
                                    .action = std::string(action),
                                    .from = std::string(from),
                                    .to = booking.status,
                                    .at = booking.updated_at,
                                    .by = command.actor,
                                    .reason = command.reason});
  if (!written.ok()) return written;

  const bool moved = booking.version > 1 && booking.status == from;
  written = work.outbox().Append({.type = "appointment." + (moved ? "rescheduled" : booking.status),
                                  .subject = booking.id.uuid(),
                                  .version = booking.version,
                                  .at = booking.updated_at});
  if (!written.ok()) return written;

  std::optional<ResourceId> patient;
  for (const Allocation& allocation : booking.allocations) {
    const auto state = FindState(allocation.resource);
    if (state && state->kind == ResourceKind::kPatient) patient = allocation.resource;
  }
  return Audit(work, "appointment." + std::string(action), ToString(booking.id), patient, command);
}

Result<void> Scheduler::Impl::Audit(UnitOfWork& work, std::string action, std::string subject,
                                    std::optional<ResourceId> patient,
                                    const Command& command) const {
  return work.audit().Append({.at = clock_.Now(),
                              .actor = command.actor,
                              .action = std::move(action),
                              .subject = std::move(subject),
                              .patient = patient,
                              .source = command.source,
                              .request = command.request,
                              .detail = command.reason});
}

Result<void> Scheduler::Impl::Announce(UnitOfWork& work, const Resource& resource,
                                       std::string action, const Command& command) const {
  const bool added = action == "resource.add";
  Result<void> written =
      work.outbox().Append({.type = added ? "resource.added" : "resource.changed",
                            .subject = resource.id.uuid(),
                            .version = resource.version,
                            .at = clock_.Now()});
  if (!written.ok()) return written;
  return Audit(work, std::move(action), ToString(resource.id), {}, command);
}

}  // namespace clinic
