// When a series takes place.
#pragma once

#include <vector>

#include "clinic/series.hpp"

namespace clinic::internal {

/// A request for each occurrence of a series, by start, without ids. Errors: those of BookSeries
/// that are not an occurrence's own.
Result<std::vector<BookRequest>> OccurrencesOf(const Scheduler& scheduler,
                                               const SeriesRequest& request);

}  // namespace clinic::internal
