#include "adapters/postgres/pending_rows.hpp"

namespace clinic::postgres {
namespace {

// The function of the schema, with a parameter for each column.
std::string Call(std::size_t parameters) {
  std::string sql = "SELECT write_rows(";
  for (std::size_t i = 1; i <= parameters; ++i) {
    sql += (i == 1 ? "$" : ", $") + std::to_string(i);
  }
  return sql + ")";
}

template <std::size_t Columns>
void AppendTable(std::array<BinaryColumn, Columns>& table,
                 const std::array<BinaryColumn, Columns>& later) {
  for (std::size_t i = 0; i < Columns; ++i) table[i].Append(later[i]);
}

using enum ElementType;

template <std::size_t Columns>
void TakeTable(std::array<BinaryColumn, Columns>& table,
               const std::array<ElementType, Columns>& types, std::vector<std::string>& values) {
  for (std::size_t i = 0; i < Columns; ++i) {
    values.push_back(table[i].Bytes(types[i]));
    table[i] = BinaryColumn();
  }
}

}  // namespace

template <std::size_t Columns, typename... Values>
void PendingRows::AddRow(std::array<BinaryColumn, Columns>& table, const Values&... values) {
  static_assert(sizeof...(Values) == Columns);
  std::size_t column = 0;
  (table[column++].Add(values), ...);
}

void PendingRows::Add(const Booking& booking) {
  AddRow(bookings_, booking.id, booking.interval.start, booking.interval.end, booking.status,
         booking.occupies, booking.overrides, booking.expires_at, booking.series, booking.reason,
         booking.version, booking.created_at, booking.updated_at);
  for (const Allocation& allocation : booking.allocations) {
    AddRow(allocations_, booking.id, allocation.resource, allocation.occupied.start,
           allocation.occupied.end, allocation.pool);
  }
}

void PendingRows::Add(const Transition& transition) {
  AddRow(transitions_, transition.booking, transition.version, transition.action, transition.from,
         transition.to, transition.at, transition.by, transition.reason);
}

void PendingRows::Add(const AuditEntry& entry) {
  AddRow(audit_, entry.at, entry.actor, entry.action, entry.subject, entry.patient, entry.source,
         entry.request, entry.detail);
}

void PendingRows::Add(const OutboxEvent& event) {
  AddRow(outbox_, event.type, event.subject, event.version, event.at);
}

void PendingRows::Add(const IdempotencyRecord& record) {
  AddRow(idempotency_, record.actor, record.key, record.fingerprint, record.status, record.location,
         record.body, record.at);
}

bool PendingRows::empty() const {
  return bookings_[0].empty() && transitions_[0].empty() && audit_[0].empty() &&
         idempotency_[0].empty() && outbox_[0].empty();
}

void PendingRows::Append(const PendingRows& later) {
  AppendTable(bookings_, later.bookings_);
  AppendTable(allocations_, later.allocations_);
  AppendTable(transitions_, later.transitions_);
  AppendTable(audit_, later.audit_);
  AppendTable(idempotency_, later.idempotency_);
  AppendTable(outbox_, later.outbox_);
}

std::vector<std::string> PendingRows::Take() {
  std::vector<std::string> values;
  TakeTable(bookings_,
            {kUuid, kBigint, kBigint, kText, kBoolean, kBoolean, kBigint, kUuid, kText, kBigint,
             kBigint, kBigint},
            values);
  TakeTable(allocations_, {kUuid, kUuid, kBigint, kBigint, kText}, values);
  TakeTable(transitions_, {kUuid, kBigint, kText, kText, kText, kBigint, kText, kText}, values);
  TakeTable(audit_, {kBigint, kText, kText, kText, kUuid, kText, kText, kText}, values);
  TakeTable(idempotency_, {kText, kText, kText, kInteger, kText, kText, kBigint}, values);
  TakeTable(outbox_, {kText, kUuid, kBigint, kBigint}, values);
  return values;
}

void PendingRows::Write(Connection& connection) {
  if (empty()) return;
  const std::vector<std::string> values = Take();
  static const std::string kCall = Call(values.size());
  connection.RunBinary(kCall, values);
}

void PendingRows::WriteAndCommit(Connection& connection, const Uuid& writer, std::int64_t commits) {
  std::vector<std::string> values = Take();
  const std::size_t rows = values.size();
  AppendBytes(values.emplace_back(), writer.high);
  AppendBytes(values.back(), writer.low);
  AppendBytes(values.emplace_back(), static_cast<std::uint64_t>(commits));
  static const std::string kCall = "WITH mark AS (INSERT INTO commit_mark VALUES ($" +
                                   std::to_string(rows + 1) + ", $" + std::to_string(rows + 2) +
                                   ") ON CONFLICT (writer) DO UPDATE SET commits = $" +
                                   std::to_string(rows + 2) + ", at = now()) " + Call(rows);
  connection.RunBinary(kCall, values);
}

}  // namespace clinic::postgres
