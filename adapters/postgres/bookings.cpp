#include "adapters/postgres/bookings.hpp"

#include "adapters/postgres/booking_rows.hpp"

namespace clinic::postgres {
namespace {

Error NoBooking(BookingId id) {
  return {ErrorCode::kNotFound, "there is no booking " + ToString(id)};
}

bool Exists(Connection& connection, BookingId id) {
  return !connection.Run("SELECT FROM booking WHERE id = $1", id).empty();
}

}  // namespace

Result<void> Bookings::Insert(const Booking& booking) {
  return unit_.Add([&]() -> Result<void> {
    if (Result<void> valid = Validate(booking); !valid.ok()) return valid;
    if (unit_.writing == Writing::kHopefully) {
      unit_.layers.rows().Add(booking);
      return {};
    }
    unit_.layers.Settle();
    unit_.layers.BeforeWriting();
    return InsertBooking(unit_.connection, booking);
  });
}

Result<void> Bookings::Update(const Booking& booking) {
  return unit_.Write([&]() -> Result<void> {
    if (Result<void> valid = Validate(booking); !valid.ok()) return valid;
    unit_.layers.Settle();
    const std::optional<StoredBooking> before = ReadBookingToChange(unit_.connection, booking.id);
    if (!before) return NoBooking(booking.id);
    if (before->booking.version + 1 != booking.version) {
      return Error{ErrorCode::kStaleVersion,
                   "the booking has version " + std::to_string(before->booking.version)};
    }
    return ReplaceBooking(unit_.connection, *before, booking);
  });
}

Result<void> Bookings::Vacate(BookingId id) {
  return unit_.Write([&]() -> Result<void> {
    unit_.layers.Settle();
    if (!ReadBookingToChange(unit_.connection, id)) return NoBooking(id);
    unit_.connection.Run("DELETE FROM allocation WHERE booking = $1", id);
    return {};
  });
}

Result<Booking> Bookings::Get(BookingId id) {
  return unit_.AskSettled([&]() -> Result<Booking> {
    std::optional<Booking> booking;
    if (unit_.access == Access::kRead) {
      booking = ReadBooking(unit_.connection, id);
    } else if (std::optional<StoredBooking> stored = ReadBookingToChange(unit_.connection, id)) {
      booking = std::move(stored->booking);
    }
    if (!booking) return NoBooking(id);
    return *std::move(booking);
  });
}

Result<std::vector<Booking>> Bookings::List(const BookingQuery& query) {
  return unit_.AskSettled(
      [&]() -> Result<std::vector<Booking>> { return ListBookings(unit_.connection, query); });
}

Result<void> Bookings::ForEach(const std::function<void(Booking&&)>& visit) {
  return unit_.AskSettled([&]() -> Result<void> {
    ForEachBooking(unit_.connection, visit);
    return {};
  });
}

Result<void> Bookings::Append(const Transition& transition) {
  return unit_.Add([&]() -> Result<void> {
    if (unit_.writing == Writing::kHopefully) {
      unit_.layers.rows().Add(transition);
      return {};
    }
    unit_.layers.BeforeWriting();
    if (!Exists(unit_.connection, transition.booking)) return NoBooking(transition.booking);
    const Rows inserted = unit_.connection.Run(
        "INSERT INTO transition VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
        transition.booking, transition.version, transition.action, transition.from, transition.to,
        transition.at, transition.by, transition.reason);
    if (inserted.changed() > 0) return {};
    return Error{ErrorCode::kAlreadyExists,
                 "the booking has a transition to version " + std::to_string(transition.version)};
  });
}

Result<std::vector<Transition>> Bookings::History(BookingId id) {
  return unit_.AskSettled([&]() -> Result<std::vector<Transition>> {
    std::vector<Transition> history;
    for (Row row :
         unit_.connection.Run("SELECT version, action, from_status, to_status, at, actor, reason "
                              "FROM transition WHERE booking = $1 ORDER BY version",
                              id)) {
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

}  // namespace clinic::postgres
