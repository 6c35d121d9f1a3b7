// Strict JSON text (RFC 8259), read from a stranger.
//
// Refused beside what the grammar refuses, because readers differ on what it means:
//   - nesting deeper than 64 levels
//   - a name that occurs twice in one object
//   - bytes that are not UTF-8, a byte order mark, and U+0000 in any spelling
//   - integers beyond 64 bits, and numbers too large for a double
//   - anything but white space after the value
#pragma once

#include <cstddef>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <variant>

namespace clinic::json {

/// The deepest nesting that is read: 64 arrays or objects, one inside the other.
inline constexpr std::size_t kMaxDepth = 64;

/// What is wrong with a text, and where.
struct SyntaxError {
  std::size_t offset = 0;  ///< in bytes, from the start; where reading stopped
  std::size_t line = 1;    ///< of `offset`, from 1
  std::size_t column = 1;  ///< of `offset`, in bytes, from 1
  std::string pointer;     ///< the value that was being read (RFC 6901); "" is the whole
  std::string detail;      ///< for people: "line 3, column 7: the name \"reason\" occurs twice"
};

/// A value that was read. Copies share it; it never changes, and is safe to read from any thread.
class Document {
 public:
  explicit Document(nlohmann::json root);

  const nlohmann::json& root() const { return *root_; }

 private:
  std::shared_ptr<const nlohmann::json> root_;
};

/// Reads a whole text. O(n log n), at most kMaxDepth deep; no exception leaves it.
std::variant<Document, SyntaxError> Parse(std::string_view text);

}  // namespace clinic::json
