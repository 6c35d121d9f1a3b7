// The words that stand in the file for the values of an enum.
#pragma once

#include <string_view>

#include "adapters/sqlite/errors.hpp"
#include "adapters/words.hpp"

namespace clinic::sqlite {

/// Throws CorruptRow for a word that nothing is called.
template <typename Enum>
Enum ParseWord(std::string_view text) {
  if (const std::optional<Enum> value = FindWord<Enum>(text)) return *value;
  throw CorruptRow("an unknown word");
}

}  // namespace clinic::sqlite
