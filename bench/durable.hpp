// What the durable scenario asks of a database: a store of ours in it, and a plain client of the
// same database that writes the same rows by hand.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "clinic/booking.hpp"
#include "clinic/scheduler.hpp"
#include "clinic/store.hpp"

namespace clinic::bench {

/// Who asks for all the bookings: what goes into their history and the audit.
inline const Command kAsked{.actor = "0190b6a1-7c3e-7a54-9d0e-3f5b8c2d1e60",
                            .source = "203.0.113.7",
                            .request = "req-5f2c9a7e41d8"};

/// The patient of a booking of this scenario: the second of its two resources.
inline ResourceId PatientOf(const clinic::Booking& booking) {
  return booking.allocations.back().resource;
}

/// A connection of somebody who knows the schema and SQL, and writes what the Scheduler writes of a
/// booking: its row, its allocations, the transition, the outbox event and the audit entry. No
/// engine, no checks of its own; the database's constraints and triggers hold. Used by one thread.
class PlainClient {
 public:
  virtual ~PlainClient() = default;

  /// Writes these bookings in one transaction; false where any was refused.
  virtual bool Write(std::span<const clinic::Booking> bookings) = 0;
};

/// How a plain client goes about it.
struct PlainWay {
  const char* peer;
  std::size_t connections = 1;
  std::size_t bookings_a_transaction = 1;
  /// A statement for each table, also where the database could write all of them in one.
  bool table_by_table = false;
};

/// A database on a real disk.
class DurableDatabase {
 public:
  virtual ~DurableDatabase() = default;

  /// Makes it empty but for the schema. Requires that nobody has it open.
  virtual void Reset() = 0;
  virtual std::unique_ptr<Store> Open() = 0;
  virtual std::unique_ptr<PlainClient> Connect(const PlainWay& way) = 0;

  /// Every row that bookings made, with every column but the sequences that the order of arrival
  /// decides; by key, as text.
  virtual std::string Rows() = 0;
};

/// A database that the scenario is run on: another one is another of these.
struct DurableKind {
  const char* name;
  std::vector<PlainWay> plain;   // beside many callers
  std::vector<PlainWay> lonely;  // beside one
  std::function<std::unique_ptr<DurableDatabase>(const std::string& folder)> make;
};

}  // namespace clinic::bench
