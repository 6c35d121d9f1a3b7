// Which resources the steps of a sequence can take, and how far apart that puts them.
#pragma once

#include <vector>

#include "clinic/sequence.hpp"
#include "engine/sequence_search.hpp"

namespace clinic::internal {

/// The searches that together find every sequence of a query; there is one, unless steps that could
/// take the same resource lie so close together that its buffers keep them apart. In each search
/// the choices of such steps are made. Errors: those of FindSequences, but for kUnbounded.
Result<std::vector<std::vector<SearchedStep>>> SearchesOf(const Scheduler& scheduler,
                                                          const SequenceQuery& query);

}  // namespace clinic::internal
