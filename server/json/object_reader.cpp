#include "server/json/object_reader.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "server/json/pointer.hpp"
#include "server/json/value.hpp"

namespace clinic::json {

using Json = nlohmann::json;

namespace {

constexpr std::size_t kUsualFields = 16;

}  // namespace

// What all readers of one document have in common.
struct ObjectReader::Shared {
  explicit Shared(Document read) : document(std::move(read)) {}

  void Refuse(std::string pointer, std::string detail) {
    if (errors.size() < kMaxErrors) errors.push_back({std::move(pointer), std::move(detail)});
  }

  // What `result` has; or it is refused, for the value that `pointer()` points to.
  template <typename T, typename Pointer>
  std::optional<T> Accept(Result<T> result, const Pointer& pointer) {
    if (result) return std::move(result).value();
    Refuse(pointer(), std::move(result).error().message);
    return std::nullopt;
  }

  Document document;
  std::vector<FieldError> errors;
};

ObjectReader::ObjectReader(std::shared_ptr<Shared> shared, const Json* object, std::string pointer)
    : shared_(std::move(shared)), object_(object), pointer_(std::move(pointer)) {
  if (object_ != nullptr && !object_->is_object()) {
    shared_->Refuse(pointer_, WrongType(*object_, "an object").message);
    object_ = nullptr;
  }
  if (object_ != nullptr) known_.reserve(std::min(object_->size(), kUsualFields));
}

ObjectReader::ObjectReader(Document document)
    : ObjectReader(std::make_shared<Shared>(document), &document.root(), "") {}

ObjectReader ObjectReader::Parse(std::string_view text) {
  std::variant<Document, SyntaxError> parsed = json::Parse(text);
  if (auto* document = std::get_if<Document>(&parsed)) return ObjectReader(std::move(*document));
  auto& error = std::get<SyntaxError>(parsed);
  auto shared = std::make_shared<Shared>(Document(Json(nullptr)));
  shared->Refuse(std::move(error.pointer), std::move(error.detail));
  return ObjectReader(std::move(shared), nullptr, "");
}

bool ObjectReader::ok() const { return shared_->errors.empty(); }

const std::vector<FieldError>& ObjectReader::errors() const { return shared_->errors; }

const Json* ObjectReader::Find(std::string_view name) {
  if (object_ == nullptr) return nullptr;
  const auto field = object_->find(name);
  if (field == object_->end()) return nullptr;
  if (std::ranges::find(known_, &*field) == known_.end()) known_.push_back(&*field);
  return &*field;
}

Kind ObjectReader::KindOf(std::string_view name) {
  const Json* value = Find(name);
  return value == nullptr ? Kind::kAbsent : KindOfValue(*value);
}

void ObjectReader::Refuse(std::string_view name, std::string detail) {
  shared_->Refuse(Child(pointer_, name), std::move(detail));
}

void ObjectReader::RefuseUnknown() {
  if (object_ == nullptr) return;
  for (const auto& field : object_->items()) {
    const bool is_known = std::ranges::find(known_, &field.value()) != known_.end();
    if (!is_known) Refuse(field.key(), "unknown field");
  }
}

// What `read` makes of the field, a Result; nothing where the field is absent or null.
template <typename Read>
auto ObjectReader::Optional(std::string_view name, const Read& read) {
  const Json* value = Find(name);
  const auto pointer = [&] { return Child(pointer_, name); };
  using Value = decltype(shared_->Accept(read(*value), pointer));
  if (value == nullptr || value->is_null()) return Value();
  return shared_->Accept(read(*value), pointer);
}

// Adds an error where the field is absent or null.
void ObjectReader::Demand(std::string_view name) {
  const Kind kind = KindOf(name);
  if (kind == Kind::kAbsent && object_ != nullptr) Refuse(name, "is required");
  if (kind == Kind::kNull) Refuse(name, "must not be null");
}

template <typename Read>
auto ObjectReader::Required(std::string_view name, const Read& read) {
  Demand(name);
  auto value = Optional(name, read);
  using Value = typename decltype(value)::value_type;
  return value ? std::move(*value) : Value();
}

std::string ObjectReader::RequiredString(std::string_view name, const StringRules& rules) {
  return Required(name, [&](const Json& value) { return ReadString(value, rules); });
}
std::optional<std::string> ObjectReader::OptionalString(std::string_view name,
                                                        const StringRules& rules) {
  return Optional(name, [&](const Json& value) { return ReadString(value, rules); });
}

std::int64_t ObjectReader::RequiredInteger(std::string_view name, const IntegerRules& rules) {
  return Required(name, [&](const Json& value) { return ReadInteger(value, rules); });
}
std::optional<std::int64_t> ObjectReader::OptionalInteger(std::string_view name,
                                                          const IntegerRules& rules) {
  return Optional(name, [&](const Json& value) { return ReadInteger(value, rules); });
}

bool ObjectReader::RequiredBoolean(std::string_view name) { return Required(name, ReadBoolean); }
std::optional<bool> ObjectReader::OptionalBoolean(std::string_view name) {
  return Optional(name, ReadBoolean);
}

Uuid ObjectReader::RequiredUuid(std::string_view name) { return Required(name, ReadUuid); }
std::optional<Uuid> ObjectReader::OptionalUuid(std::string_view name) {
  return Optional(name, ReadUuid);
}

TimeText ObjectReader::RequiredTime(std::string_view name) { return Required(name, ReadTime); }
std::optional<TimeText> ObjectReader::OptionalTime(std::string_view name) {
  return Optional(name, ReadTime);
}

CivilDay ObjectReader::RequiredDate(std::string_view name) { return Required(name, ReadDate); }
std::optional<CivilDay> ObjectReader::OptionalDate(std::string_view name) {
  return Optional(name, ReadDate);
}

std::string ObjectReader::RequiredEmail(std::string_view name) { return Required(name, ReadEmail); }
std::optional<std::string> ObjectReader::OptionalEmail(std::string_view name) {
  return Optional(name, ReadEmail);
}

std::optional<std::size_t> ObjectReader::ChoiceIndex(std::string_view name,
                                                     std::span<const std::string_view> words,
                                                     bool required) {
  if (required) Demand(name);
  return Optional(name, [&](const Json& value) { return ReadChoice(value, words); });
}

ObjectReader ObjectReader::RequiredObject(std::string_view name) {
  Demand(name);
  std::optional<ObjectReader> object = OptionalObject(name);
  return object ? std::move(*object) : ObjectReader(shared_, nullptr, Child(pointer_, name));
}

std::optional<ObjectReader> ObjectReader::OptionalObject(std::string_view name) {
  const Json* value = Find(name);
  if (value == nullptr || value->is_null()) return std::nullopt;
  return ObjectReader(shared_, value, Child(pointer_, name));
}

// What `read(element, pointer)` makes of each element of an array, without those that it refuses.
template <typename Read>
auto ObjectReader::List(std::string_view name, const ListRules& rules, const Read& read) {
  using Item = typename std::invoke_result_t<Read, const Json&, std::string>::value_type;
  const std::optional<const Json*> array =
      Optional(name, [&](const Json& value) { return ReadArray(value, rules); });
  if (!array) return std::optional<std::vector<Item>>();
  const std::string pointer = Child(pointer_, name);
  std::vector<Item> items;
  for (std::size_t i = 0; i < (*array)->size(); ++i) {
    std::optional<Item> item = read((**array)[i], Child(pointer, i));
    if (item) items.push_back(std::move(*item));
  }
  return std::optional(std::move(items));
}

std::vector<std::string> ObjectReader::RequiredStrings(std::string_view name, const ListRules& list,
                                                       const StringRules& item) {
  Demand(name);
  return OptionalStrings(name, list, item).value_or(std::vector<std::string>());
}
std::optional<std::vector<std::string>> ObjectReader::OptionalStrings(std::string_view name,
                                                                      const ListRules& list,
                                                                      const StringRules& item) {
  return List(name, list, [&](const Json& value, std::string pointer) {
    return shared_->Accept(ReadString(value, item), [&] { return pointer; });
  });
}

std::optional<std::vector<CivilDay>> ObjectReader::OptionalDates(std::string_view name,
                                                                 const ListRules& list) {
  return List(name, list, [&](const Json& value, std::string pointer) {
    return shared_->Accept(ReadDate(value), [&] { return pointer; });
  });
}

std::vector<ObjectReader> ObjectReader::RequiredObjects(std::string_view name,
                                                        const ListRules& list) {
  Demand(name);
  std::optional<std::vector<ObjectReader>> objects = OptionalObjects(name, list);
  return objects ? std::move(*objects) : std::vector<ObjectReader>();
}
std::optional<std::vector<ObjectReader>> ObjectReader::OptionalObjects(std::string_view name,
                                                                       const ListRules& list) {
  return List(name, list, [&](const Json& value, std::string pointer) {
    return std::optional(ObjectReader(shared_, &value, std::move(pointer)));
  });
}

}  // namespace clinic::json
