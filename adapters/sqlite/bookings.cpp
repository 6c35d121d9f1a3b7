#include "adapters/sqlite/bookings.hpp"

#include "adapters/sqlite/booking_rows.hpp"
#include "adapters/sqlite/query.hpp"

namespace clinic::sqlite {
namespace {

Error NoBooking(BookingId id) {
  return {ErrorCode::kNotFound, "there is no booking " + ToString(id)};
}

// Runs what writes the rows of `booking`. The database decides; what it refused is explained by
// what it holds, in the same transaction.
template <typename F>
Result<void> WriteRows(Connection& connection, const Booking& booking, const Booking* before,
                       F&& write) {
  try {
    write();
    return {};
  } catch (const SQLite::Exception& exception) {
    if (!IsRefusedByTrigger(exception) && !IsMissingReference(exception)) throw;
    const std::vector<Allocation> claims = TimeToClaim(booking, before);
    if (auto error = ExplainRefusal(connection, booking, claims)) return *std::move(error);
    throw;
  }
}

}  // namespace

Result<void> Bookings::Insert(const Booking& booking) {
  return unit_.Write([&]() -> Result<void> {
    if (Result<void> valid = Validate(booking); !valid.ok()) return valid;
    try {
      InsertBookingRow(unit_.connection, booking);
    } catch (const SQLite::Exception& exception) {
      if (!IsDuplicate(exception)) throw;
      return Error{ErrorCode::kAlreadyExists, "there is a booking " + ToString(booking.id)};
    }
    return WriteRows(unit_.connection, booking, nullptr, [&] {
      for (const Allocation& allocation : booking.allocations) {
        InsertAllocationRow(unit_.connection, booking, allocation);
      }
    });
  });
}

Result<void> Bookings::Update(const Booking& booking) {
  return unit_.Write([&]() -> Result<void> {
    if (Result<void> valid = Validate(booking); !valid.ok()) return valid;
    const std::optional<Booking> before = ReadBooking(unit_.connection, booking.id);
    if (!before) return NoBooking(booking.id);
    if (before->version + 1 != booking.version) {
      return Error{ErrorCode::kStaleVersion,
                   "the booking has version " + std::to_string(before->version)};
    }
    return WriteRows(unit_.connection, booking, &*before,
                     [&] { ReplaceBookingRows(unit_.connection, *before, booking); });
  });
}

Result<void> Bookings::Vacate(BookingId id) {
  return unit_.Write([&]() -> Result<void> {
    if (!ReadBooking(unit_.connection, id)) return NoBooking(id);
    Query(unit_.connection, "DELETE FROM allocation WHERE booking = ?1").Bind(id).Run();
    return {};
  });
}

Result<Booking> Bookings::Get(BookingId id) {
  return Guarded([&]() -> Result<Booking> {
    std::optional<Booking> booking = ReadBooking(unit_.connection, id);
    if (!booking) return NoBooking(id);
    return *std::move(booking);
  });
}

Result<std::vector<Booking>> Bookings::List(const BookingQuery& query) {
  return Guarded(
      [&]() -> Result<std::vector<Booking>> { return ListBookings(unit_.connection, query); });
}

Result<void> Bookings::ForEach(const std::function<void(Booking&&)>& visit) {
  return Guarded([&]() -> Result<void> {
    ForEachBooking(unit_.connection, visit);
    return {};
  });
}

Result<void> Bookings::Append(const Transition& transition) {
  return unit_.Write([&]() -> Result<void> {
    try {
      Query(unit_.connection, "INSERT INTO transition VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
          .Bind(transition.booking, transition.version, transition.action, transition.from,
                transition.to, transition.at, transition.by, transition.reason)
          .Run();
      return {};
    } catch (const SQLite::Exception& exception) {
      if (IsMissingReference(exception)) return NoBooking(transition.booking);
      if (!IsDuplicate(exception)) throw;
      return Error{ErrorCode::kAlreadyExists,
                   "the booking has a transition to version " + std::to_string(transition.version)};
    }
  });
}

Result<std::vector<Transition>> Bookings::History(BookingId id) {
  return Guarded([&]() -> Result<std::vector<Transition>> {
    std::vector<Transition> history;
    Query query(unit_.connection,
                "SELECT version, action, from_status, to_status, at, actor, reason "
                "FROM transition WHERE booking = ?1 ORDER BY version");
    query.Bind(id);
    while (query.Next()) {
      Row row = query.row();
      Transition& transition = history.emplace_back();
      transition.booking = id;
      transition.version = row.Number<std::uint32_t>();
      transition.action = row.Text();
      transition.from = row.Text();
      transition.to = row.Text();
      transition.at = row.Time();
      transition.by = row.Text();
      transition.reason = row.Text();
    }
    return history;
  });
}

}  // namespace clinic::sqlite
