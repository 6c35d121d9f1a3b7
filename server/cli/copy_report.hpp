// What was copied from one database to another, in words.
#pragma once

#include <ostream>

#include "clinic/copy_store.hpp"

namespace clinic::cli {

/// A line for each kind of row, with how many there were.
void PrintCopied(std::ostream& out, const Copied& copied);

}  // namespace clinic::cli
