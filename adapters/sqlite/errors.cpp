#include "adapters/sqlite/errors.hpp"

#include <sqlite3.h>

namespace clinic::sqlite {
namespace {

std::string Describe(const SQLite::Exception& exception) {
  switch (exception.getErrorCode()) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "the database is busy: another program is writing to it";
    case SQLITE_FULL:
      return "the disk that the database is on is full";
    case SQLITE_READONLY:
      return "the database cannot be written to: the file or its folder is read-only";
    case SQLITE_CANTOPEN:
      return "the database file cannot be opened";
    case SQLITE_IOERR:
      return "the database file cannot be read or written";
    case SQLITE_CORRUPT:
      return "the database is damaged";
    case SQLITE_NOTADB:
      return "the file is no SQLite database";
    default:
      return "the database failed";
  }
}

}  // namespace

Error ToError(const SQLite::Exception& exception) {
  ErrorCode code = ErrorCode::kUnavailable;
  switch (exception.getErrorCode()) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_MISMATCH:
      code = ErrorCode::kCorrupt;
      break;
    case SQLITE_CONSTRAINT:
    case SQLITE_TOOBIG:
      code = ErrorCode::kInvalidArgument;
      break;
    default:
      break;
  }
  return {code, Describe(exception) + " (" + exception.what() + ")"};
}

bool IsDuplicate(const SQLite::Exception& exception) {
  return exception.getExtendedErrorCode() == SQLITE_CONSTRAINT_PRIMARYKEY ||
         exception.getExtendedErrorCode() == SQLITE_CONSTRAINT_UNIQUE;
}

bool IsMissingReference(const SQLite::Exception& exception) {
  return exception.getExtendedErrorCode() == SQLITE_CONSTRAINT_FOREIGNKEY;
}

bool IsRefusedByTrigger(const SQLite::Exception& exception) {
  return exception.getExtendedErrorCode() == SQLITE_CONSTRAINT_TRIGGER;
}

}  // namespace clinic::sqlite
