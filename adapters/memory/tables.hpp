// Everything that the store keeps.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "adapters/memory/booking_table.hpp"
#include "adapters/memory/table.hpp"
#include "clinic/availability.hpp"
#include "clinic/directory.hpp"
#include "clinic/journal.hpp"
#include "clinic/resource.hpp"
#include "clinic/waitlist.hpp"

namespace clinic::memory {

struct Tables {
  BookingTable bookings;
  Table<std::pair<BookingId, std::uint32_t>, Transition> transitions;

  Table<ResourceId, Resource> resources;
  Table<std::pair<ResourceId, RuleId>, AvailabilityRule> rules;
  Table<std::pair<ResourceId, TimeOffId>, TimeOff> time_off;

  Table<WaitlistId, WaitlistEntry> waitlist;

  Table<AccountId, Account> accounts;
  Table<std::string, AccountId> accounts_by_email;
  Table<ResourceId, Patient> patients;
  Table<SessionId, Session> sessions;

  std::vector<AuditEntry> audit;
  std::vector<OutboxEvent> outbox;
  Table<std::pair<std::string, std::string>, IdempotencyRecord> idempotency;
};

}  // namespace clinic::memory
