// What is written down beside a change, in the change's own transaction: who did it, what others
// are to be told of it, and the answer that a repeated request gets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "clinic/id.hpp"
#include "clinic/time.hpp"

namespace clinic {

/// Who read or wrote what, when, from where.
struct AuditEntry {
  std::int64_t sequence = 0;  ///< given by the store, rising
  Instant at{};
  std::string actor{};                  ///< an account's id, or the name of a part of the system
  std::string action{};                 ///< "appointment.book", "patient.read", ...
  std::string subject{};                ///< the id of what it was done to
  std::optional<ResourceId> patient{};  ///< whose data it was
  std::string source{};                 ///< the address that it came from
  std::string request{};                ///< the request's id
  std::string detail{};

  friend bool operator==(const AuditEntry&, const AuditEntry&) = default;
};

/// Which audit entries to list. Filters that are given all apply. The newest come first.
struct AuditQuery {
  std::optional<std::string> actor{};
  std::optional<std::string> action{};
  std::optional<std::string> subject{};
  std::optional<ResourceId> patient{};
  std::optional<Instant> from{};         ///< inclusive
  std::optional<Instant> to{};           ///< exclusive
  std::optional<std::int64_t> before{};  ///< a sequence
  std::size_t limit = 50;
};

/// Something that changed, for others to be told of: other programs, and the other schedulers over
/// the same store, which know of a change by its event alone.
struct OutboxEvent {
  std::int64_t sequence = 0;  ///< given by the store, rising in the order of the commits
  /// "appointment.booked", "resource.changed", "waitlist.offered", ...: what stands before the dot
  /// is the kind of the subject.
  std::string type{};
  Uuid subject{};             ///< whose state is another one since
  std::uint32_t version = 1;  ///< the subject's version that it tells of
  Instant at{};

  friend bool operator==(const OutboxEvent&, const OutboxEvent&) = default;
};

/// The answer to a request that carried an Idempotency-Key.
struct IdempotencyRecord {
  std::string actor{};        ///< keys of different people never meet
  std::string key{};          ///< as the client chose it
  std::string fingerprint{};  ///< of the request: a key is good for one request only
  int status = 0;
  std::string location{};
  std::string body{};
  Instant at{};

  friend bool operator==(const IdempotencyRecord&, const IdempotencyRecord&) = default;
};

}  // namespace clinic
