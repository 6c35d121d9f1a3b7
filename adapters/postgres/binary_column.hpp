// Arrays as PostgreSQL's own bytes (array_send): many rows are written faster than as text, and
// read faster.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/postgres/values.hpp"
#include "clinic/id.hpp"
#include "clinic/time.hpp"

namespace clinic::postgres {

/// A type of PostgreSQL's, by the number that it has everywhere (pg_type.dat).
enum class ElementType : std::uint32_t {
  kBoolean = 16,
  kBigint = 20,
  kInteger = 23,
  kText = 25,
  kUuid = 2950
};

/// Appends a number of that many bytes, the highest first.
template <std::unsigned_integral T>
void AppendBytes(std::string& bytes, T number) {
  for (int shift = static_cast<int>(sizeof(T)) * 8 - 8; shift >= 0; shift -= 8) {
    bytes += static_cast<char>(number >> shift & 0xFF);
  }
}

/// An array, written as it grows. Of which type its elements are is said by what is added: text,
/// bool, int (kInteger), all other numbers, times and durations (kBigint), ids (kUuid).
class BinaryColumn {
 public:
  void Add(const std::string& text) {
    const std::string escaped = EscapeText(text);
    Begin(escaped.size());
    elements_ += escaped;
  }
  void Add(std::same_as<bool> auto value) { AddNumber(static_cast<std::uint8_t>(value)); }
  void Add(std::same_as<int> auto number) { AddNumber(static_cast<std::uint32_t>(number)); }
  void Add(std::same_as<std::uint32_t> auto number) { AddNumber(std::uint64_t{number}); }
  void Add(std::same_as<std::int64_t> auto number) {
    AddNumber(static_cast<std::uint64_t>(number));
  }
  void Add(const Uuid& uuid) {
    Begin(2 * sizeof(std::uint64_t));
    AppendBytes(elements_, uuid.high);
    AppendBytes(elements_, uuid.low);
  }
  template <typename Tag>
  void Add(const Id<Tag>& id) {
    Add(id.uuid());
  }
  template <typename Clock>
  void Add(std::chrono::time_point<Clock, Duration> time) {
    Add(std::int64_t{time.time_since_epoch().count()});
  }
  template <typename T>
  void Add(const std::optional<T>& value) {
    if (value) return Add(*value);
    ++size_;
    has_null_ = true;
    AppendBytes(elements_, ~std::uint32_t{0});
  }

  bool empty() const { return size_ == 0; }

  /// Puts the elements of `later` behind these.
  void Append(const BinaryColumn& later) {
    elements_ += later.elements_;
    size_ += later.size_;
    has_null_ |= later.has_null_;
  }

  /// The array as one parameter.
  std::string Bytes(ElementType type) const {
    std::string bytes;
    bytes.reserve(elements_.size() + 20);
    AppendBytes(bytes, std::uint32_t{empty() ? 0U : 1U});  // dimensions
    AppendBytes(bytes, std::uint32_t{has_null_});
    AppendBytes(bytes, static_cast<std::uint32_t>(type));
    if (empty()) return bytes;
    AppendBytes(bytes, size_);
    AppendBytes(bytes, std::uint32_t{1});  // the first one's index
    return bytes += elements_;
  }

 private:
  void Begin(std::size_t bytes) {
    ++size_;
    AppendBytes(elements_, static_cast<std::uint32_t>(bytes));
  }
  template <std::unsigned_integral T>
  void AddNumber(T number) {
    Begin(sizeof(T));
    AppendBytes(elements_, number);
  }

  std::string elements_;
  std::uint32_t size_ = 0;
  bool has_null_ = false;
};

}  // namespace clinic::postgres
