#include "adapters/postgres/failure.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace clinic::postgres {
namespace {

bool IsOneOf(std::string_view state, std::initializer_list<std::string_view> states) {
  return std::ranges::find(states, state) != states.end();
}

struct Meaning {
  std::string_view states;  ///< that begin so
  ErrorCode code;
  const char* what;
};

// From the particular to the general.
constexpr auto kMeanings = std::to_array<Meaning>({
    {"57014", ErrorCode::kUnavailable, "the database took too long"},
    {"55P03", ErrorCode::kUnavailable, "another program holds a lock in the database"},
    {"25006", ErrorCode::kUnavailable, "the database is read-only"},
    {"53100", ErrorCode::kUnavailable, "the disk that the database is on is full"},
    {"53300", ErrorCode::kUnavailable, "the database takes no more connections"},
    {"XX001", ErrorCode::kCorrupt, "the database is damaged"},
    {"XX002", ErrorCode::kCorrupt, "the database is damaged"},
    {"08", ErrorCode::kUnavailable, "the database does not answer"},
    {"22", ErrorCode::kInvalidArgument, "the database cannot hold the value"},
    {"23", ErrorCode::kInvalidArgument, "the database refuses the row"},
    {"28", ErrorCode::kUnavailable, "the database does not let us in"},
    {"40", ErrorCode::kUnavailable, "the database is busy with others who write the same"},
    {"57P", ErrorCode::kUnavailable, "the database is shutting down or starting up"},
    {"", ErrorCode::kUnavailable, "the database failed"},
});

}  // namespace

bool Failure::ends_connection() const {
  return sqlstate_.starts_with("08") ||
         IsOneOf(sqlstate_, {"25006", "57P01", "57P02", "57P03", "57P05", "25P03"});
}

bool Failure::is_broken_rule() const {
  return sqlstate_.starts_with("22") || sqlstate_.starts_with("23");
}

bool Failure::may_be_rerun() const {
  // A broken constraint is one where somebody else was quicker: what is wrong in itself was found
  // before, by the same statements that then name it.
  if (is_unknown()) return false;
  return ends_connection() ||
         IsOneOf(sqlstate_, {"40001", "40P01", "55P03", "23P01", "23505", "23503"});
}

Error ToError(const Failure& failure) {
  const std::string_view state = failure.sqlstate();
  const Meaning& meaning = *std::ranges::find_if(
      kMeanings, [&](const Meaning& known) { return state.starts_with(known.states); });
  return {meaning.code, std::string(meaning.what) + " (" + failure.what() + ")"};
}

Error ToError(const CorruptRow& row) {
  return {ErrorCode::kCorrupt, std::string("the database is damaged: ") + row.what()};
}

}  // namespace clinic::postgres
