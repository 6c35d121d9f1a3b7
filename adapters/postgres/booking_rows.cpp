#include "adapters/postgres/booking_rows.hpp"

#include <algorithm>
#include <utility>

#include "adapters/postgres/connection.hpp"

namespace clinic::postgres {
namespace {

// A row for each allocation, and one for a booking that has none. Those of one booking follow each
// other, by resource.
constexpr const char* kColumns =
    "b.id, b.starts_at, b.ends_at, b.status, b.occupies, b.overrides, b.expires_at, b.series, "
    "b.reason, b.version, b.created_at, b.updated_at, "
    "a.resource, lower(a.during), upper(a.during), a.pool, a.lane IS NULL";
constexpr const char* kAllocations = " LEFT JOIN allocation a ON a.booking = b.id";

void ReadBookingColumns(Row& row, Booking& booking) {
  booking.interval = row.Times();
  booking.status = row.Text();
  booking.occupies = row.Flag();
  booking.overrides = row.Flag();
  booking.expires_at = row.Optional([](Row& r) { return r.Time(); });
  booking.series = row.Optional([](Row& r) { return r.Id<SeriesId>(); });
  booking.reason = row.Text();
  booking.version = row.Number<std::uint32_t>();
  booking.created_at = row.Time();
  booking.updated_at = row.Time();
}

// Puts bookings together of the rows that follow each other.
class Reader {
 public:
  explicit Reader(std::function<void(StoredBooking&&)> visit) : visit_(std::move(visit)) {}

  void Read(const Rows& rows) {
    for (Row row : rows) {
      const auto id = row.Id<BookingId>();
      if (!has_current_ || current_.booking.id != id) Begin(id);
      Booking fields;
      ReadBookingColumns(row, first_of_booking_ ? current_.booking : fields);
      first_of_booking_ = false;
      const auto resource = row.Optional([](Row& r) { return r.Id<ResourceId>(); });
      if (!resource) continue;
      Allocation& allocation = current_.booking.allocations.emplace_back();
      allocation.resource = *resource;
      allocation.occupied = row.Times();
      allocation.pool = row.Text();
      if (row.Flag()) current_.without_lane.push_back(*resource);
    }
  }

  /// Visits the last booking.
  void Finish() {
    if (!std::exchange(has_current_, false)) return;
    visit_(std::move(current_));
    current_ = StoredBooking();
  }

 private:
  void Begin(BookingId id) {
    Finish();
    current_.booking.id = id;
    has_current_ = true;
    first_of_booking_ = true;
  }

  std::function<void(StoredBooking&&)> visit_;
  StoredBooking current_;
  bool has_current_ = false;
  bool first_of_booking_ = false;
};

std::vector<StoredBooking> ReadAll(const Rows& rows) {
  std::vector<StoredBooking> bookings;
  Reader reader([&](StoredBooking&& one) { bookings.push_back(std::move(one)); });
  reader.Read(rows);
  reader.Finish();
  return bookings;
}

std::optional<StoredBooking> ReadOne(Connection& connection, BookingId id, const char* lock) {
  static const std::string kSelect = std::string("SELECT ") + kColumns + " FROM booking b" +
                                     kAllocations + " WHERE b.id = $1 ORDER BY a.resource";
  std::vector<StoredBooking> found = ReadAll(connection.Run(kSelect + lock, id));
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

// Instants are compared inside the time that there is.
Interval Clamped(const Interval& range) {
  return {std::clamp(range.start, kEarliest, kLatest), std::clamp(range.end, kEarliest, kLatest)};
}

// A list's statement, and what it is run with.
struct Selection {
  std::string sql;
  std::vector<Value> values;

  template <typename T>
  std::string Parameter(const T& value) {
    values.push_back(Encode(value));
    return "$" + std::to_string(values.size());
  }
};

Selection Select(const BookingQuery& query) {
  Selection page;
  // Along which index the page is read, and what is known of a visit's start there.
  const bool by_resource = !query.resources.empty();
  const std::string start = by_resource ? "a.visit_starts_at" : "b.starts_at";
  const std::string key = start + (by_resource ? ", a.booking" : ", b.id");
  page.sql = "SELECT b.* FROM ";
  page.sql += by_resource ? "allocation a JOIN booking b ON b.id = a.booking WHERE a.resource = " +
                                page.Parameter(query.resources.front())
                          : "booking b WHERE true";
  for (std::size_t i = 1; i < query.resources.size(); ++i) {
    page.sql += " AND EXISTS (SELECT FROM allocation WHERE booking = b.id AND resource = " +
                page.Parameter(query.resources[i]) + ")";
  }
  if (query.overlapping) {
    // No visit that overlaps starts earlier than the longest one takes: four hours, but where there
    // are longer ones, which an index of their own knows.
    const Interval range = Clamped(*query.overlapping);
    const std::string from = page.Parameter(range.start);
    page.sql += " AND " + start + " < " + page.Parameter(range.end) + " AND b.ends_at > " + from +
                " AND " + start + " > " + from +
                "::bigint - coalesce((SELECT max(ends_at - starts_at) FROM booking "
                "WHERE ends_at - starts_at > 14400), 14400)";
  }
  if (query.status) page.sql += " AND b.status = " + page.Parameter(*query.status);
  if (query.after) {
    page.sql += " AND (" + key + ") > (" + page.Parameter(query.after->first) + ", " +
                page.Parameter(query.after->second) + ")";
  }
  page.sql += " ORDER BY " + key + " LIMIT " + page.Parameter(Limit(query.limit));
  return page;
}

}  // namespace

std::optional<StoredBooking> ReadBookingToChange(Connection& connection, BookingId id) {
  return ReadOne(connection, id, " FOR NO KEY UPDATE OF b");
}

std::optional<Booking> ReadBooking(Connection& connection, BookingId id) {
  std::optional<StoredBooking> stored = ReadOne(connection, id, "");
  if (!stored) return std::nullopt;
  return std::move(stored->booking);
}

std::vector<Booking> ListBookings(Connection& connection, const BookingQuery& query) {
  std::vector<Booking> page;
  if (query.overlapping && query.overlapping->start >= query.overlapping->end) return page;
  const Selection selection = Select(query);
  const Rows rows =
      connection.RunPrepared(std::string("SELECT ") + kColumns + " FROM (" + selection.sql + ") b" +
                                 kAllocations + " ORDER BY b.starts_at, b.id, a.resource",
                             selection.values);
  for (StoredBooking& stored : ReadAll(rows)) page.push_back(std::move(stored.booking));
  return page;
}

// A cursor, so that what is read takes little memory, and the database can be asked in between.
void ForEachBooking(Connection& connection, const std::function<void(Booking&&)>& visit) {
  connection.RunScript(std::string("SET LOCAL enable_seqscan = on; "
                                   "DECLARE each_booking NO SCROLL CURSOR FOR SELECT ") +
                       kColumns + " FROM booking b" + kAllocations +
                       " ORDER BY b.id, a.resource; SET LOCAL enable_seqscan = off");
  Reader reader([&](StoredBooking&& stored) { visit(std::move(stored.booking)); });
  while (true) {
    const Rows rows = connection.RunScript("FETCH 5000 FROM each_booking");
    if (rows.empty()) break;
    reader.Read(rows);
  }
  reader.Finish();
  connection.RunScript("CLOSE each_booking");
}

}  // namespace clinic::postgres
