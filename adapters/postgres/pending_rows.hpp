// Rows that are to be written, and have not been sent yet.
//
// A booking is rows in six tables, and each statement is a way to the server and back. New rows
// that nobody has asked for yet wait here, those of a whole group of callers; then they are all
// sent in one statement. That they can be written is hoped for: where one cannot, the server says
// so then, and all of it is done again row by row (Writing::kCarefully).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "adapters/postgres/binary_column.hpp"
#include "adapters/postgres/connection.hpp"
#include "clinic/booking.hpp"
#include "clinic/journal.hpp"

namespace clinic::postgres {

/// Used by one thread.
class PendingRows {
 public:
  void Add(const Booking& booking);  ///< with its allocations
  void Add(const Transition& transition);
  void Add(const AuditEntry& entry);
  void Add(const OutboxEvent& event);
  void Add(const IdempotencyRecord& record);

  bool empty() const;

  /// Puts `later` behind these rows.
  void Append(const PendingRows& later);

  /// Writes all rows in one statement; none are left. Throws Failure, where none was written.
  void Write(Connection& connection);

  /// The same, and marks the commit; outside of a transaction, in one of its own: on return it is
  /// committed.
  void WriteAndCommit(Connection& connection, const Uuid& writer, std::int64_t commits);

 private:
  /// The columns of all tables; none are left.
  std::vector<std::string> Take();

  template <std::size_t Columns, typename... Values>
  static void AddRow(std::array<BinaryColumn, Columns>& table, const Values&... values);

  std::array<BinaryColumn, 12> bookings_;
  std::array<BinaryColumn, 5> allocations_;
  std::array<BinaryColumn, 8> transitions_;
  std::array<BinaryColumn, 8> audit_;
  std::array<BinaryColumn, 7> idempotency_;
  std::array<BinaryColumn, 4> outbox_;
};

}  // namespace clinic::postgres
