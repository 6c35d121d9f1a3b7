#include "server/cli/copy_report.hpp"

#include <iomanip>
#include <string_view>
#include <utility>

namespace clinic::cli {

void PrintCopied(std::ostream& out, const Copied& copied) {
  const std::pair<std::string_view, std::size_t> lines[] = {
      {"practitioners, patients, rooms and devices", copied.resources},
      {"availability rules", copied.availability_rules},
      {"time off", copied.time_off},
      {"accounts", copied.accounts},
      {"patient profiles", copied.patients},
      {"sessions", copied.sessions},
      {"bookings", copied.bookings},
      {"transitions of bookings", copied.transitions},
      {"waitlist entries", copied.waitlist_entries},
      {"audit entries", copied.audit_entries},
      {"events", copied.outbox_events},
      {"idempotency records", copied.idempotency_records},
  };
  for (const auto& [what, count] : lines) {
    out << std::setw(10) << count << "  " << what << "\n";
  }
}

}  // namespace clinic::cli
