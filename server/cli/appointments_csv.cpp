#include "server/cli/appointments_csv.hpp"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <string>
#include <vector>

#include "clinic/time_text.hpp"

namespace clinic::cli {
namespace {

// Always in quotes: a reason is a person's words.
std::string Quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted += '"';
}

// Without an offset, as the times of such a file are all of one zone.
std::string Utc(Instant instant) { return FormatCivil(CivilTime(instant.time_since_epoch())); }

using Kinds = absl::flat_hash_map<ResourceId, ResourceKind>;

std::string FirstOf(const Booking& booking, ResourceKind kind, const Kinds& kinds) {
  for (const Allocation& allocation : booking.allocations) {
    const auto found = kinds.find(allocation.resource);
    if (found != kinds.end() && found->second == kind) return ToString(allocation.resource);
  }
  return {};
}

}  // namespace

Result<std::size_t> WriteAppointmentsCsv(Store& store, std::ostream& out) {
  Kinds kinds;
  std::vector<Booking> bookings;
  Result<void> read = store.Read([&](UnitOfWork& work) -> Result<void> {
    kinds.clear();
    bookings.clear();
    Result<void> resources = work.resources().ForEach(
        [&](Resource&& resource) { kinds.emplace(resource.id, resource.kind); });
    if (!resources.ok()) return resources;
    return work.bookings().ForEach([&](Booking&& booking) {
      if (!booking.expires_at) bookings.push_back(std::move(booking));
    });
  });
  if (!read.ok()) return std::move(read).error();
  std::ranges::sort(bookings, {},
                    [](const Booking& b) { return std::pair(b.interval.start, b.id); });
  out << "practitioner_id,appointment_id,patient_id,start,end,status,reason\r\n";
  for (const Booking& booking : bookings) {
    out << FirstOf(booking, ResourceKind::kPractitioner, kinds) << ',' << ToString(booking.id)
        << ',' << FirstOf(booking, ResourceKind::kPatient, kinds) << ','
        << Utc(booking.interval.start) << ',' << Utc(booking.interval.end) << ',' << booking.status
        << ',' << Quoted(booking.reason) << "\r\n";
  }
  return bookings.size();
}

}  // namespace clinic::cli
