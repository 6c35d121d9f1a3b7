#include "clinic/scheduler.hpp"

#include <utility>

#include "engine/scheduler_follower.hpp"

namespace clinic {

Scheduler::Scheduler(const Clock& clock, IdGenerator& ids, SchedulerOptions options)
    : impl_(std::make_unique<Impl>(nullptr, clock, ids, options)) {}

Scheduler::Scheduler(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Scheduler::~Scheduler() = default;
Scheduler::Scheduler(Scheduler&&) noexcept = default;
Scheduler& Scheduler::operator=(Scheduler&&) noexcept = default;

Result<std::unique_ptr<Scheduler>> Scheduler::Open(Store& store, const Clock& clock,
                                                   IdGenerator& ids, SchedulerOptions options) {
  auto impl = std::make_unique<Impl>(&store, clock, ids, options);
  if (Result<void> loaded = impl->Load(); !loaded.ok()) return std::move(loaded).error();
  return std::unique_ptr<Scheduler>(new Scheduler(std::move(impl)));
}

Result<Resource> Scheduler::AddResource(Resource resource, const Command& command,
                                        const Alongside<Resource>& alongside) {
  return impl_->AddResource(std::move(resource), command, alongside);
}

std::vector<Result<Resource>> Scheduler::AddResources(std::span<const Resource> resources,
                                                      const Command& command,
                                                      const Alongside<Resource>& alongside) {
  return impl_->AddResources(resources, command, alongside);
}

Result<Resource> Scheduler::UpdateResource(Resource resource, const Command& command,
                                           const Alongside<Resource>& alongside) {
  return impl_->Freshly([&] { return impl_->UpdateResource(resource, command, alongside); });
}

Result<Resource> Scheduler::FindResource(ResourceId id) const {
  return impl_->Freshly([&] { return impl_->FindResource(id); });
}

std::vector<Resource> Scheduler::ResourcesWithSpecialty(const std::string& specialty) const {
  return impl_->ResourcesWithSpecialty(specialty);
}

Result<AvailabilityRule> Scheduler::PutAvailability(ResourceId id, AvailabilityRule rule,
                                                    const Command& command,
                                                    const Alongside<AvailabilityRule>& alongside) {
  return impl_->Freshly(
      [&] { return impl_->PutAvailability(id, rule, nullptr, command, alongside); });
}

Result<AvailabilityRule> Scheduler::ReplaceAvailability(ResourceId id,
                                                        const AvailabilityRule& before,
                                                        AvailabilityRule after,
                                                        const Command& command) {
  after.id = before.id;
  return impl_->Freshly([&] { return impl_->PutAvailability(id, after, &before, command, {}); });
}

Result<void> Scheduler::DeleteAvailability(ResourceId id, RuleId rule, const Command& command) {
  return impl_->Freshly([&] { return impl_->DeleteAvailability(id, rule, command); });
}

Result<TimeOff> Scheduler::PutTimeOff(TimeOff time_off, const Command& command,
                                      const Alongside<TimeOff>& alongside) {
  return impl_->Freshly([&] { return impl_->PutTimeOff(time_off, command, alongside); });
}

Result<void> Scheduler::DeleteTimeOff(ResourceId id, TimeOffId time_off, const Command& command) {
  return impl_->Freshly([&] { return impl_->DeleteTimeOff(id, time_off, command); });
}

Result<std::vector<AvailabilityRule>> Scheduler::AvailabilityOf(ResourceId id) const {
  return impl_->Freshly([&] { return impl_->AvailabilityOf(id); });
}

Result<std::vector<TimeOff>> Scheduler::TimeOffOf(ResourceId id) const {
  return impl_->Freshly([&] { return impl_->TimeOffOf(id); });
}

Result<std::vector<Interval>> Scheduler::WindowsOf(ResourceId id, const Interval& range) const {
  return impl_->Freshly([&] { return impl_->WindowsOf(id, range); });
}

Result<std::vector<Booking>> Scheduler::OutsideAvailability(ResourceId id) const {
  return impl_->Freshly([&] { return impl_->OutsideAvailability(id); });
}

Result<Booking> Scheduler::Book(const BookRequest& request, const Command& command,
                                const Alongside<Booking>& alongside) {
  return impl_->Freshly([&] { return impl_->Book(request, command, alongside); });
}

std::vector<Result<Booking>> Scheduler::BookEach(
    std::span<const BookRequest> requests, const Command& command,
    const Alongside<std::vector<Result<Booking>>>& alongside) {
  return impl_->BookEach(requests, command, alongside);
}

Result<Booking> Scheduler::Hold(const BookRequest& request, Duration ttl, const Command& command,
                                const Alongside<Booking>& alongside) {
  BookRequest held = request;
  held.hold = ttl;
  return impl_->Freshly([&] { return impl_->Book(held, command, alongside); });
}

Result<Booking> Scheduler::Confirm(BookingId id, const Command& command) {
  return impl_->Freshly([&] { return impl_->Transition(id, action::kConfirm, command, {}); });
}

Result<Booking> Scheduler::Release(BookingId id, const Command& command) {
  return impl_->Freshly([&] { return impl_->Transition(id, action::kRelease, command, {}); });
}

Result<Booking> Scheduler::Cancel(BookingId id, const Command& command) {
  return impl_->Freshly([&] { return impl_->Transition(id, action::kCancel, command, {}); });
}

Result<Booking> Scheduler::Transition(BookingId id, std::string_view action, const Command& command,
                                      const Alongside<Booking>& alongside) {
  return impl_->Freshly([&] { return impl_->Transition(id, action, command, alongside); });
}

Result<Booking> Scheduler::Reschedule(BookingId id, const RescheduleRequest& request,
                                      const Command& command, const Alongside<Booking>& alongside) {
  return impl_->Freshly([&] { return impl_->Reschedule(id, request, command, alongside); });
}

Result<std::vector<Booking>> Scheduler::Apply(std::span<const Change> changes,
                                              const Command& command,
                                              const Alongside<std::vector<Booking>>& alongside) {
  return impl_->Freshly([&] { return impl_->Apply(changes, command, alongside); });
}

Result<std::vector<Booking>> Scheduler::ApplyWithTimeOff(
    const TimeOff& time_off, std::span<const Change> changes, const Command& command,
    const Alongside<std::vector<Booking>>& alongside) {
  return impl_->Freshly(
      [&] { return impl_->ApplyWithTimeOff(time_off, changes, command, alongside); });
}

Result<Branch> Scheduler::MakeBranch() const {
  if (impl_->IsBranch()) {
    return Error{ErrorCode::kInvalidArgument, "a branch has no branches of its own"};
  }
  auto impl = std::make_unique<Impl>(*impl_);
  return Branch(std::unique_ptr<Scheduler>(new Scheduler(std::move(impl))));
}

Result<std::vector<Booking>> Scheduler::Commit(const Branch& branch, const Command& command,
                                               const Alongside<std::vector<Booking>>& alongside) {
  return impl_->Freshly([&] { return impl_->CommitBranch(*branch->impl_, command, alongside); });
}

Result<std::vector<Booking>> Scheduler::BookingsOf(ResourceId id, const Interval& range) const {
  return impl_->Freshly([&] { return impl_->BookingsOf(id, range); });
}

Result<std::optional<Instant>> Scheduler::EarliestStart(std::span<const ResourceId> resources,
                                                        Instant from, Duration length,
                                                        Instant until) const {
  return impl_->Freshly([&] { return impl_->EarliestStart(resources, from, length, until); });
}

Result<Booking> Scheduler::Find(BookingId id) const {
  return impl_->Freshly([&] { return impl_->Find(id); });
}

Result<void> Scheduler::Check(const BookRequest& request) const {
  return impl_->Freshly([&] { return impl_->Check(request); });
}

std::vector<Result<void>> Scheduler::CheckEach(std::span<const BookRequest> requests) const {
  return impl_->Freshly([&] { return impl_->CheckEach(requests); });
}

Result<std::vector<Slot>> Scheduler::FindSlots(const SlotQuery& query) const {
  return impl_->Freshly([&] { return impl_->FindSlots(query); });
}

bool Scheduler::HasAtHand(std::span<const ResourceId> resources, const Interval& range) const {
  return impl_->HasAtHand(resources, range);
}

Result<std::vector<Explanation>> Scheduler::WhatBlocks(const SlotQuery& query) const {
  return impl_->Freshly([&] { return impl_->WhatBlocks(query); });
}

Result<WaitlistEntry> Scheduler::JoinWaitlist(WaitlistEntry entry, const Command& command,
                                              const Alongside<WaitlistEntry>& alongside) {
  return impl_->Freshly([&] { return impl_->JoinWaitlist(entry, command, alongside); });
}

Result<void> Scheduler::LeaveWaitlist(WaitlistId id, const Command& command) {
  return impl_->Freshly([&] { return impl_->LeaveWaitlist(id, command); });
}

Result<WaitlistEntry> Scheduler::FindWaitlistEntry(WaitlistId id) const {
  return impl_->Freshly([&] { return impl_->FindWaitlistEntry(id); });
}

std::vector<WaitlistEntry> Scheduler::Waitlist(const WaitlistQuery& query) const {
  return impl_->Waitlist(query);
}

Result<std::size_t> Scheduler::ExpireHolds() { return impl_->ExpireHolds(); }

Result<void> Scheduler::CatchUp() { return impl_->CatchUp(); }

Instant Scheduler::Now() const { return impl_->Now(); }

Uuid Scheduler::NewUuid() { return impl_->NewUuid(); }

}  // namespace clinic
