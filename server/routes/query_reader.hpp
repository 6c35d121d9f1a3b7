// Reads the parameters of a query string as ObjectReader reads a body: all that is wrong with them
// is collected, a parameter that nobody asked for too. Pointers name a parameter as if it were a
// field.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "clinic/id.hpp"
#include "clinic/time_text.hpp"
#include "server/http/message.hpp"
#include "server/http/problem.hpp"

namespace clinic::server {

/// The pages that lists come in.
inline constexpr std::int64_t kDefaultLimit = 50;
inline constexpr std::int64_t kHighestLimit = 500;

class QueryReader {
 public:
  explicit QueryReader(const http::Request& request) : request_(request) {}

  std::optional<std::string> Text(std::string_view name, std::size_t max_length = 200);
  std::optional<std::int64_t> Integer(std::string_view name, std::int64_t lowest,
                                      std::int64_t highest);
  std::optional<TimeText> Time(std::string_view name);

  template <typename AnyId>
  std::optional<AnyId> Identifier(std::string_view name) {
    const std::optional<std::string> text = Text(name);
    if (!text) return std::nullopt;
    const std::optional<AnyId> id = AnyId::Parse(*text);
    if (!id) Refuse(name, "must be a UUID");
    return id;
  }

  /// `limit`, within the contract's bounds.
  std::size_t Limit();

  /// `cursor` as MakeCursor made it, split into the parts that it was made of.
  std::optional<std::pair<std::string, Uuid>> Cursor();

  /// `cursor` of a list that is ordered by a number.
  std::optional<std::pair<std::int64_t, Uuid>> NumberCursor();

  void Refuse(std::string_view name, std::string detail);

  /// Adds an error for each parameter that was not asked for, or that is given twice. To be called
  /// last.
  bool Finish();

  const std::vector<http::FieldError>& errors() const { return errors_; }

 private:
  const http::Request& request_;
  std::set<std::string, std::less<>> known_;
  std::vector<http::FieldError> errors_;
};

/// The place in a list behind an item, for the client to send back: what the list is ordered by,
/// and the item's id. Opaque to clients.
std::string MakeCursor(std::string_view order, const Uuid& id);

}  // namespace clinic::server
