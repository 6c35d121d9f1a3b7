// Reads the fields of a JSON object that a stranger sent, and collects everything that is wrong
// with it, so that one answer can name all of it.
//
//   json::ObjectReader body = json::ObjectReader::Parse(request.body);
//   const auto doctor = body.RequiredId<ResourceId>("doctor_id");
//   const std::string reason = body.RequiredString("reason", {.min_length = 1, .max_length = 500});
//   const auto minutes = body.OptionalInteger("duration_minutes", {.min = 1, .max = 1440});
//   body.RefuseUnknown();
//   if (!body.ok()) return BadRequest(body.errors());
//
// A Required… field that is absent, null or wrong adds an error and gives an empty value, which
// means nothing: look at ok() before using any. An Optional… field that is absent or null gives
// nullopt without an error; one that is wrong gives nullopt and an error.
//
// In a PATCH, absent means "leave it", and null means "clear it". Has() tells them apart:
//
//   if (body.Has("full_name")) patch.full_name = body.RequiredString("full_name", …);  // not null
//   if (body.Has("phone")) patch.phone = body.OptionalString("phone", …);              // null
//   clears
//
// Text that is not JSON, or not an object, is an error like any other, and then every field reads
// as empty without an error of its own. Nested readers add to the same list of errors.
//
// Not safe for use by several threads at once. Every call is linear in the fields that were read
// of the object before, plus the length of what it reads; RefuseUnknown in those times all fields.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "clinic/id.hpp"
#include "clinic/time_text.hpp"
#include "server/json/document.hpp"
#include "server/json/field_error.hpp"

namespace clinic::json {

/// What stands under a name.
enum class Kind { kAbsent, kNull, kBoolean, kInteger, kFraction, kString, kArray, kObject };

/// Which control characters (U+0001 to U+001F, U+007F to U+009F) a string may contain.
enum class Controls { kNone, kLinesAndTabs, kAll };

/// What a string must be. Lengths are inclusive and count code points; a string of white space only
/// is refused wherever an empty one is.
struct StringRules {
  std::size_t min_length = 0;
  std::size_t max_length = 1000;
  Controls controls = Controls::kLinesAndTabs;
};

/// The range of an integer, inclusive. 3.0 is not an integer.
struct IntegerRules {
  std::int64_t min = std::numeric_limits<std::int64_t>::min();
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
};

/// How many elements an array may have, inclusive.
struct ListRules {
  std::size_t min_items = 0;
  std::size_t max_items = 100;
};

/// A word, and what it stands for.
template <typename T>
struct Choice {
  std::string_view word;
  T value;
};

class ObjectReader {
 public:
  /// Reads `text`, which should be an object.
  static ObjectReader Parse(std::string_view text);

  /// Reads a document, whose root should be an object.
  explicit ObjectReader(Document document);

  ObjectReader(ObjectReader&&) = default;
  ObjectReader& operator=(ObjectReader&&) = default;

  /// True while nothing is wrong, here and in all readers of the same document.
  bool ok() const;

  /// True where there is an object to read at all.
  bool is_object() const { return object_ != nullptr; }

  /// Everything that is wrong, in the order in which it was found; at most kMaxErrors.
  const std::vector<FieldError>& errors() const;

  /// Further errors are not collected: an answer is not longer than it is useful.
  static constexpr std::size_t kMaxErrors = 50;

  /// True where the field is there, be it null.
  bool Has(std::string_view name) { return KindOf(name) != Kind::kAbsent; }

  /// For a field that may be of several types: look first, then read it as what it is.
  Kind KindOf(std::string_view name);

  /// Adds an error of the caller's own to a field.
  void Refuse(std::string_view name, std::string detail);

  /// Adds "unknown field" for every field that was neither read nor looked at by now, so that a
  /// misspelt name is not silently ignored. Nested readers are asked one by one.
  void RefuseUnknown();

  std::string RequiredString(std::string_view name, const StringRules& rules = {});
  std::optional<std::string> OptionalString(std::string_view name, const StringRules& rules = {});

  std::int64_t RequiredInteger(std::string_view name, const IntegerRules& rules = {});
  std::optional<std::int64_t> OptionalInteger(std::string_view name,
                                              const IntegerRules& rules = {});

  bool RequiredBoolean(std::string_view name);
  std::optional<bool> OptionalBoolean(std::string_view name);

  Uuid RequiredUuid(std::string_view name);
  std::optional<Uuid> OptionalUuid(std::string_view name);

  template <typename AnyId>
  AnyId RequiredId(std::string_view name) {
    return AnyId(RequiredUuid(name));
  }
  template <typename AnyId>
  std::optional<AnyId> OptionalId(std::string_view name) {
    const std::optional<Uuid> uuid = OptionalUuid(name);
    return uuid ? std::optional<AnyId>(AnyId(*uuid)) : std::nullopt;
  }

  /// An instant, or a civil time where no offset is given (ParseTime).
  TimeText RequiredTime(std::string_view name);
  std::optional<TimeText> OptionalTime(std::string_view name);

  /// "2024-03-05" (ParseDate).
  CivilDay RequiredDate(std::string_view name);
  std::optional<CivilDay> OptionalDate(std::string_view name);

  /// An address as HTML's <input type=email> takes it (WHATWG HTML, "valid e-mail address"), at
  /// most 254 characters (RFC 5321 §4.5.3.1.3). Given back as it came.
  std::string RequiredEmail(std::string_view name);
  std::optional<std::string> OptionalEmail(std::string_view name);

  /// One word out of a few: RequiredChoice<Policy>("policy", {{"skip", Policy::kSkip}, …}).
  template <typename T, std::size_t N>
  T RequiredChoice(std::string_view name, const Choice<T> (&choices)[N]) {
    const std::optional<std::size_t> index = ChoiceIndex(name, Words(choices), /*required=*/true);
    return choices[index.value_or(0)].value;
  }
  template <typename T, std::size_t N>
  std::optional<T> OptionalChoice(std::string_view name, const Choice<T> (&choices)[N]) {
    const std::optional<std::size_t> index = ChoiceIndex(name, Words(choices), /*required=*/false);
    return index ? std::optional<T>(choices[*index].value) : std::nullopt;
  }

  ObjectReader RequiredObject(std::string_view name);
  std::optional<ObjectReader> OptionalObject(std::string_view name);

  /// Arrays. Every element that is wrong is an error of its own, and null is no element.
  std::vector<std::string> RequiredStrings(std::string_view name, const ListRules& list = {},
                                           const StringRules& item = {});
  std::optional<std::vector<std::string>> OptionalStrings(std::string_view name,
                                                          const ListRules& list = {},
                                                          const StringRules& item = {});
  std::optional<std::vector<CivilDay>> OptionalDates(std::string_view name,
                                                     const ListRules& list = {});
  std::vector<ObjectReader> RequiredObjects(std::string_view name, const ListRules& list = {});
  std::optional<std::vector<ObjectReader>> OptionalObjects(std::string_view name,
                                                           const ListRules& list = {});

 private:
  struct Shared;

  /// A reader of `object`; of nothing, silently, where that is null.
  ObjectReader(std::shared_ptr<Shared> shared, const nlohmann::json* object, std::string pointer);

  template <typename T, std::size_t N>
  static std::array<std::string_view, N> Words(const Choice<T> (&choices)[N]) {
    std::array<std::string_view, N> words;
    for (std::size_t i = 0; i < N; ++i) words[i] = choices[i].word;
    return words;
  }
  std::optional<std::size_t> ChoiceIndex(std::string_view name,
                                         std::span<const std::string_view> words, bool required);

  const nlohmann::json* Find(std::string_view name);
  void Demand(std::string_view name);
  template <typename Read>
  auto Required(std::string_view name, const Read& read);
  template <typename Read>
  auto Optional(std::string_view name, const Read& read);
  template <typename Read>
  auto List(std::string_view name, const ListRules& rules, const Read& read);

  std::shared_ptr<Shared> shared_;
  const nlohmann::json* object_;
  std::string pointer_;
  std::vector<const nlohmann::json*> known_;  // fields that were looked at
};

}  // namespace clinic::json
