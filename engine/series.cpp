// Booking series.
#include "clinic/series.hpp"

#include <algorithm>
#include <utility>

#include "clinic/time_text.hpp"
#include "engine/series_occurrences.hpp"

namespace clinic {
namespace {

// How often something is tried again that others came in between of.
constexpr int kAttempts = 16;

/// Gives the occurrences what makes them a series.
void Name(std::vector<BookRequest>& occurrences, SeriesId series) {
  for (BookRequest& occurrence : occurrences) {
    occurrence.series = series;
    occurrence.id = BookingId(NameBasedUuid(series.uuid(), FormatUtc(occurrence.interval.start)));
  }
}

BookedSeries SeriesOf(SeriesId id, const std::vector<BookRequest>& occurrences,
                      std::vector<Result<Booking>> bookings) {
  BookedSeries series{.id = id, .occurrences = {}};
  for (std::size_t i = 0; i < occurrences.size(); ++i) {
    series.occurrences.push_back({occurrences[i].interval, std::move(bookings[i])});
  }
  return series;
}

/// One error for all the occurrences that cannot be had; none where each of them can.
std::optional<Error> AllThatIsRefused(const std::vector<BookRequest>& occurrences,
                                      const std::vector<Result<void>>& judged) {
  std::optional<Error> all;
  std::size_t refused = 0;
  std::string each;
  for (std::size_t i = 0; i < occurrences.size(); ++i) {
    if (judged[i].ok()) continue;
    const Error& error = judged[i].error();
    if (!all) all = Error{.code = error.code, .message = {}, .position = i};
    all->code = std::min(all->code, error.code);
    all->conflicts.insert(all->conflicts.end(), error.conflicts.begin(), error.conflicts.end());
    each += (refused++ == 0 ? ": " : "; ") + FormatUtc(occurrences[i].interval.start) + " (" +
            error.message + ")";
  }
  if (!all) return all;
  std::ranges::sort(all->conflicts, {},
                    [](const Conflict& c) { return std::pair(c.interval, c.resource); });
  all->message = std::to_string(refused) + " of " + std::to_string(occurrences.size()) +
                 " occurrences cannot be had" + each;
  return all;
}

Result<BookedSeries> BookAll(Scheduler& scheduler, SeriesId id,
                             const std::vector<BookRequest>& occurrences, const Command& command,
                             const Alongside<BookedSeries>& alongside) {
  const auto series = [&](const std::vector<Booking>& bookings) {
    return SeriesOf(id, occurrences, {bookings.begin(), bookings.end()});
  };
  std::optional<Error> said;  // by what is written alongside
  Alongside<std::vector<Booking>> told;
  if (alongside) {
    told = [&](UnitOfWork& work, const std::vector<Booking>& bookings) {
      Result<void> written = alongside(work, series(bookings));
      said = written.ok() ? std::nullopt : std::optional(written.error());
      return written;
    };
  }
  const std::vector<Change> changes(occurrences.begin(), occurrences.end());
  for (int attempt = 1;; ++attempt) {
    const Result<std::vector<Booking>> booked = scheduler.Apply(changes, command, told);
    if (booked.ok()) return series(*booked);
    if (said) return *std::move(said);
    if (booked.error().code == ErrorCode::kUnavailable) return booked.error();
    if (std::optional<Error> refused =
            AllThatIsRefused(occurrences, scheduler.CheckEach(occurrences))) {
      return *std::move(refused);
    }
    // What stood in the way has gone meanwhile.
    if (attempt == kAttempts) return booked.error();
  }
}

Result<BookedSeries> BookWhatCanBeHad(Scheduler& scheduler, SeriesId id,
                                      const std::vector<BookRequest>& occurrences,
                                      const Command& command,
                                      const Alongside<BookedSeries>& alongside) {
  std::optional<Error> said;
  Alongside<std::vector<Result<Booking>>> told;
  if (alongside) {
    told = [&](UnitOfWork& work, const std::vector<Result<Booking>>& bookings) {
      Result<void> written = alongside(work, SeriesOf(id, occurrences, bookings));
      said = written.ok() ? std::nullopt : std::optional(written.error());
      return written;
    };
  }
  std::vector<Result<Booking>> booked = scheduler.BookEach(occurrences, command, told);
  if (said) return *std::move(said);
  for (const Result<Booking>& booking : booked) {
    if (!booking.ok() && booking.error().code == ErrorCode::kUnavailable) return booking.error();
  }
  return SeriesOf(id, occurrences, std::move(booked));
}

}  // namespace

Result<BookedSeries> BookSeries(Scheduler& scheduler, const SeriesRequest& request,
                                const Command& command, const Alongside<BookedSeries>& alongside) {
  Result<std::vector<BookRequest>> occurrences = internal::OccurrencesOf(scheduler, request);
  if (!occurrences.ok()) return std::move(occurrences).error();
  const SeriesId id = request.first.series.value_or(SeriesId(scheduler.NewUuid()));
  Name(*occurrences, id);
  if (request.policy == SeriesRequest::Policy::kSkipConflicts) {
    return BookWhatCanBeHad(scheduler, id, *occurrences, command, alongside);
  }
  return BookAll(scheduler, id, *occurrences, command, alongside);
}

Result<std::vector<CheckedOccurrence>> CheckSeries(const Scheduler& scheduler,
                                                   const SeriesRequest& request) {
  Result<std::vector<BookRequest>> occurrences = internal::OccurrencesOf(scheduler, request);
  if (!occurrences.ok()) return std::move(occurrences).error();
  if (request.first.series) Name(*occurrences, *request.first.series);
  std::vector<Result<void>> judged = scheduler.CheckEach(*occurrences);
  std::vector<CheckedOccurrence> checked;
  for (std::size_t i = 0; i < occurrences->size(); ++i) {
    checked.push_back({(*occurrences)[i].interval, std::move(judged[i])});
  }
  return checked;
}

Result<std::vector<Booking>> BookingsOfSeries(const Scheduler& scheduler, const SeriesPart& part) {
  Result<std::vector<Booking>> bookings = scheduler.BookingsOf(part.resource, {part.from, kLatest});
  if (!bookings.ok()) return bookings;
  std::erase_if(*bookings, [&](const Booking& booking) {
    return booking.series != part.series || booking.interval.start < part.from;
  });
  return bookings;
}

Result<std::vector<Booking>> CancelSeries(Scheduler& scheduler, const SeriesPart& part,
                                          const Command& command,
                                          const Alongside<std::vector<Booking>>& alongside) {
  for (int attempt = 1;; ++attempt) {
    SeriesPart coming = part;
    coming.from = std::max(part.from, scheduler.Now());
    const Result<std::vector<Booking>> bookings = BookingsOfSeries(scheduler, coming);
    if (!bookings.ok() || bookings->empty()) return bookings;
    std::vector<Change> changes;
    for (const Booking& booking : *bookings) {
      changes.emplace_back(Act{.booking = booking.id,
                               .action = std::string(action::kCancel),
                               .expected_version = booking.version});
    }
    Result<std::vector<Booking>> cancelled = scheduler.Apply(changes, command, alongside);
    const bool again = !cancelled.ok() && (cancelled.error().code == ErrorCode::kStaleVersion ||
                                           cancelled.error().code == ErrorCode::kHoldExpired);
    if (!again || attempt == kAttempts) return cancelled;
  }
}

}  // namespace clinic
