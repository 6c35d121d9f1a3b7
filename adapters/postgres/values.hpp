// Our types as PostgreSQL's text.
//
// Text: PostgreSQL's cannot hold a NUL. The characters U+0000 and U+0001 are written as the pairs
// U+0001 U+0001 and U+0001 U+0002, so that every text comes back, sorts (by bytes) as it did, and
// is found by any part that has neither. Text that is not UTF-8 is refused.
#pragma once

#include <chrono>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clinic/id.hpp"
#include "clinic/time.hpp"

namespace clinic::postgres {

/// A statement's parameter: its text, or null.
using Value = std::optional<std::string>;

std::string EscapeText(std::string_view text);
std::string UnescapeText(std::string_view stored);

inline Value Encode(std::string_view text) { return EscapeText(text); }
inline Value Encode(const std::string& text) { return EscapeText(text); }
inline Value Encode(const char* word) { return std::string(word); }
inline Value Encode(bool value) { return value ? "t" : "f"; }

template <std::integral T>
Value Encode(T number) {
  return std::to_string(number);
}

inline Value Encode(const Uuid& uuid) { return ToString(uuid); }

template <typename Tag>
Value Encode(const Id<Tag>& id) {
  return ToString(id);
}

inline Value Encode(Duration duration) { return std::to_string(duration.count()); }

template <typename Clock>
Value Encode(std::chrono::time_point<Clock, Duration> time) {
  return Encode(time.time_since_epoch());
}

template <typename T>
Value Encode(const std::optional<T>& value) {
  return value ? Encode(*value) : Value();
}

/// An array, written as it grows.
class Column {
 public:
  template <typename T>
  void Add(const T& value) {
    AddElement(Encode(value));
  }

  /// The array as one parameter.
  std::string Literal() const { return "{" + elements_ + "}"; }

  bool empty() const { return elements_.empty(); }

 private:
  void AddElement(const Value& value);

  std::string elements_;
};

inline Value Encode(const Column& column) { return column.Literal(); }

template <typename T>
Value Encode(const std::vector<T>& values) {
  Column column;
  for (const T& value : values) column.Add(value);
  return column.Literal();
}

/// The elements of a one-dimensional array without nulls, as PostgreSQL writes it.
std::vector<std::string> ParseArray(std::string_view literal);

}  // namespace clinic::postgres
