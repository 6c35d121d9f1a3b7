// Where SQLite's exceptions end.
#pragma once

#include <SQLiteCpp/Exception.h>

#include <stdexcept>

#include "clinic/result.hpp"

namespace clinic::sqlite {

/// A row that cannot be true: an id of the wrong length, a word that nothing is called.
struct CorruptRow : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What the exception means for who called the store.
Error ToError(const SQLite::Exception& exception);

/// True where the statement failed for want of uniqueness (of the primary key or another).
bool IsDuplicate(const SQLite::Exception& exception);
/// True where it refers to a row that is not there.
bool IsMissingReference(const SQLite::Exception& exception);
/// True where a trigger refused it.
bool IsRefusedByTrigger(const SQLite::Exception& exception);

/// Runs `f`, which returns a Result; what it throws of SQLite's becomes an Error.
template <typename F>
auto Guarded(F&& f) -> decltype(f()) {
  try {
    return f();
  } catch (const SQLite::Exception& exception) {
    return ToError(exception);
  } catch (const CorruptRow& row) {
    return Error{ErrorCode::kCorrupt, std::string("the database is damaged: ") + row.what()};
  }
}

}  // namespace clinic::sqlite
