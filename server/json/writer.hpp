// Writes JSON text (RFC 8259), as it goes, without building a tree first.
//
//   std::string text = json::WriteObject([&](json::ObjectWriter& out) {
//     out.Field("id", appointment.id);
//     out.Field("expires_at", expires_at);                     // an optional: null where it is
//     empty out.Array("conflicts", [&](json::ArrayWriter& conflicts) {
//       for (const Conflict& conflict : all) {
//         conflicts.Object([&](json::ObjectWriter& item) { item.Field("id", conflict.resource); });
//       }
//     });
//   });
//
// What comes out is always JSON in UTF-8: names stand only in objects, everything that is opened is
// closed, control characters are escaped, bytes that are not UTF-8 become U+FFFD, and a number that
// JSON cannot write (NaN, infinity) becomes null. Write a field's name once, and write to the
// innermost object or array only: debug builds check the latter.
//
// Instants have no overload on purpose: whoever writes one decides its offset
// (clinic/time_text.hpp).
//
// A writer belongs to one thread. Writing is O(length).
#pragma once

#include <cassert>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "clinic/id.hpp"

namespace clinic::json {

class ObjectWriter;
class ArrayWriter;

/// The text so far, and how many objects and arrays are open in it.
struct Output {
  Output() { text.reserve(512); }  // an appointment, say

  std::string text;
  std::size_t depth = 0;
};

/// Appends `value` in quotes, escaped (RFC 8259 §7).
void AppendString(std::string& text, std::string_view value);
void AppendInteger(std::string& text, std::int64_t value);
void AppendUnsigned(std::string& text, std::uint64_t value);
void AppendDouble(std::string& text, double value);

inline void AppendValue(std::string& text, std::string_view value) { AppendString(text, value); }
inline void AppendValue(std::string& text, const char* value) { AppendString(text, value); }
inline void AppendValue(std::string& text, const std::string& value) { AppendString(text, value); }
inline void AppendValue(std::string& text, const Uuid& id) { AppendString(text, ToString(id)); }
inline void AppendValue(std::string& text, std::nullptr_t) { text.append("null"); }
inline void AppendValue(std::string& text, std::same_as<bool> auto value) {
  text.append(value ? "true" : "false");
}
inline void AppendValue(std::string& text, std::floating_point auto value) {
  AppendDouble(text, static_cast<double>(value));
}
inline void AppendValue(std::string& text, std::signed_integral auto value) {
  AppendInteger(text, value);
}
template <std::unsigned_integral T>
requires(!std::same_as<T, bool>) void AppendValue(std::string& text, T value) {
  AppendUnsigned(text, value);
}
template <typename Tag>
void AppendValue(std::string& text, const Id<Tag>& id) {
  AppendString(text, ToString(id));
}
template <typename T>
void AppendValue(std::string& text, const std::optional<T>& value) {
  value ? AppendValue(text, *value) : AppendValue(text, nullptr);
}

/// What objects and arrays have in common: members with commas between them.
class Scope {
 public:
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

 protected:
  Scope(Output& out, char open, char close) : out_(out), depth_(++out.depth), close_(close) {
    out_.text.push_back(open);
  }
  ~Scope() {
    out_.text.push_back(close_);
    --out_.depth;
  }

  std::string& Separate() {
    assert(out_.depth == depth_);
    if (!first_) out_.text.push_back(',');
    first_ = false;
    return out_.text;
  }

  Output& out_;  // NOLINT: shared with the two kinds of scope only

 private:
  [[maybe_unused]] std::size_t depth_;  // for the assertion
  char close_;
  bool first_ = true;
};

/// Writes the elements of an array that is open.
class ArrayWriter : private Scope {
 public:
  explicit ArrayWriter(Output& out) : Scope(out, '[', ']') {}

  /// A string, an integer, a floating-point number, a bool, nullptr, an id, or an optional of
  /// these.
  template <typename T>
  void Item(const T& value) {
    AppendValue(Separate(), value);
  }

  /// An object or an array, filled by `fill(ObjectWriter&)` or `fill(ArrayWriter&)`.
  template <typename Fill>
  void Object(const Fill& fill);
  template <typename Fill>
  void Array(const Fill& fill);

  /// JSON text from elsewhere, as it is. Requires that it is one valid value.
  void Raw(std::string_view json) { Separate().append(json); }
};

/// Writes the fields of an object that is open.
class ObjectWriter : private Scope {
 public:
  explicit ObjectWriter(Output& out) : Scope(out, '{', '}') {}

  /// A string, an integer, a floating-point number, a bool, nullptr, an id, or an optional of
  /// these.
  template <typename T>
  void Field(std::string_view name, const T& value) {
    AppendValue(Name(name), value);
  }

  /// An object or an array, filled by `fill(ObjectWriter&)` or `fill(ArrayWriter&)`.
  template <typename Fill>
  void Object(std::string_view name, const Fill& fill) {
    Name(name);
    ObjectWriter object(out_);
    fill(object);
  }
  template <typename Fill>
  void Array(std::string_view name, const Fill& fill) {
    Name(name);
    ArrayWriter array(out_);
    fill(array);
  }

  /// JSON text from elsewhere, as it is. Requires that it is one valid value.
  void Raw(std::string_view name, std::string_view json) { Name(name).append(json); }

 private:
  std::string& Name(std::string_view name) {
    std::string& text = Separate();
    AppendString(text, name);
    text.push_back(':');
    return text;
  }
};

template <typename Fill>
void ArrayWriter::Object(const Fill& fill) {
  Separate();
  ObjectWriter object(out_);
  fill(object);
}

template <typename Fill>
void ArrayWriter::Array(const Fill& fill) {
  Separate();
  ArrayWriter array(out_);
  fill(array);
}

/// The text of an object that `fill(ObjectWriter&)` fills.
template <typename Fill>
std::string WriteObject(const Fill& fill) {
  Output out;
  {
    ObjectWriter object(out);
    fill(object);
  }
  return std::move(out.text);
}

/// The text of an array that `fill(ArrayWriter&)` fills.
template <typename Fill>
std::string WriteArray(const Fill& fill) {
  Output out;
  {
    ArrayWriter array(out);
    fill(array);
  }
  return std::move(out.text);
}

}  // namespace clinic::json
