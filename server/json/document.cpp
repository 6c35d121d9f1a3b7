#include "server/json/document.hpp"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "server/json/pointer.hpp"

namespace clinic::json {
namespace {

using Json = nlohmann::json;

// Walks over the text, and tells how far the parser has come: its events do not say.
class TrackedIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  TrackedIterator(const char* at, const char** furthest) : at_(at), furthest_(furthest) {}

  reference operator*() const { return *at_; }
  TrackedIterator& operator++() {
    *furthest_ = ++at_;
    return *this;
  }
  friend bool operator==(const TrackedIterator& a, const TrackedIterator& b) {
    return a.at_ == b.at_;
  }

 private:
  const char* at_;
  const char** furthest_;
};

// What the parser's message says without its repetition of the position, and without the bytes that
// it read, which need not be UTF-8.
std::string Describe(const nlohmann::detail::exception& error) {
  static constexpr int kNumberOverflow = 406;
  if (error.id == kNumberOverflow) return "the number is too large";
  std::string_view message = error.what();
  if (const auto start = message.find("syntax error"); start != std::string_view::npos) {
    message.remove_prefix(start);
  }
  return std::string(message.substr(0, message.find("; last read: ")));
}

// Builds the value from the parser's events, and stops at the first that is refused.
class Builder final : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return AddScalar(Json(nullptr)); }
  bool boolean(bool value) override { return AddScalar(Json(value)); }
  bool number_integer(std::int64_t value) override { return AddScalar(Json(value)); }
  bool number_unsigned(std::uint64_t value) override { return AddScalar(Json(value)); }
  bool number_float(double value, const std::string& text) override {
    // What is written as an integer comes as one, unless 64 bits are too few for it.
    if (text.find_first_of(".eE") == std::string::npos) {
      return Refuse(Here(), "the integer does not fit in 64 bits");
    }
    return AddScalar(Json(value));
  }
  bool string(std::string& value) override {
    if (value.find('\0') != std::string::npos) {
      return Refuse(Here(), "U+0000 is not accepted in a string");
    }
    return AddScalar(Json(value));  // a copy: the parser goes on with the room that `value` has
  }
  bool binary(Json::binary_t&) override { return Refuse(Here(), "binary data"); }

  bool start_object(std::size_t) override { return Open(Json::object()); }
  bool start_array(std::size_t) override { return Open(Json::array()); }
  bool end_object() override { return Close(); }
  bool end_array() override { return Close(); }

  bool key(std::string& name) override {
    Level& level = open_.back();
    if (name.find('\0') != std::string::npos) {
      return Refuse(Here(), "U+0000 is not accepted in a name");
    }
    const auto [member, is_new] = level.container->emplace(name, nullptr);
    level.name = &member.key();
    level.member = &*member;
    if (!is_new) return Refuse(Here(), "the name \"" + name + "\" occurs twice");
    return true;
  }

  bool parse_error(std::size_t, const std::string&,
                   const nlohmann::detail::exception& error) override {
    return Refuse(Here(), Describe(error));
  }

  Json TakeRoot() { return std::move(root_); }
  const std::string& pointer() const { return pointer_; }
  const std::string& detail() const { return detail_; }

 private:
  struct Level {
    Json* container;
    const std::string* name = nullptr;  // of the member that is being read; null between members
    Json* member = nullptr;             // where its value goes
  };

  bool Refuse(std::string pointer, std::string detail) {
    pointer_ = std::move(pointer);
    detail_ = std::move(detail);
    return false;
  }

  Json* Add(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    Level& level = open_.back();
    if (level.container->is_array()) {
      level.container->push_back(std::move(value));
      return &level.container->back();
    }
    *level.member = std::move(value);
    return level.member;
  }

  bool AddScalar(Json value) {
    Add(std::move(value));
    EndMember();
    return true;
  }

  void EndMember() {
    if (!open_.empty()) open_.back().name = nullptr;
  }

  bool Open(Json container) {
    if (open_.size() == kMaxDepth) {
      return Refuse(Here(), "nested deeper than " + std::to_string(kMaxDepth) + " levels");
    }
    open_.push_back({Add(std::move(container))});
    return true;
  }

  bool Close() {
    open_.pop_back();
    EndMember();
    return true;
  }

  // The pointer of the value that is being read; between two members, that of their object.
  std::string Here() const {
    std::string pointer;
    for (const Level& level : open_) {
      const bool innermost = &level == &open_.back();
      if (level.name) {
        pointer = Child(pointer, *level.name);
      } else if (level.container->is_array()) {
        const std::size_t size = level.container->size();
        pointer = Child(pointer, innermost ? size : size - 1);
      }
    }
    return pointer;
  }

  Json root_;
  std::vector<Level> open_;
  std::string pointer_;
  std::string detail_;
};

SyntaxError ErrorAt(std::string_view text, std::size_t offset, std::string pointer,
                    std::string_view detail) {
  const std::string_view before = text.substr(0, offset);
  SyntaxError error;
  error.offset = offset;
  error.line = 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
  const std::size_t newline = before.rfind('\n');
  error.column = 1 + offset - (newline == std::string_view::npos ? 0 : newline + 1);
  error.pointer = std::move(pointer);
  error.detail = "line " + std::to_string(error.line) + ", column " + std::to_string(error.column) +
                 ": " + std::string(detail);
  return error;
}

}  // namespace

Document::Document(Json root) : root_(std::make_shared<const Json>(std::move(root))) {}

std::variant<Document, SyntaxError> Parse(std::string_view text) {
  static constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    return ErrorAt(text, 0, "", "a byte order mark is not accepted");
  }
  // The parser would take a NUL for the end of the text, and not look at what follows.
  if (const auto nul = text.find('\0'); nul != std::string_view::npos) {
    return ErrorAt(text, nul, "", "there is a NUL byte in the text");
  }
  const char* furthest = text.data();
  Builder builder;
  const TrackedIterator first(text.data(), &furthest);
  const TrackedIterator last(text.data() + text.size(), &furthest);
  if (!Json::sax_parse(first, last, &builder)) {
    const auto offset = static_cast<std::size_t>(furthest - text.data());
    return ErrorAt(text, offset, builder.pointer(), builder.detail());
  }
  return Document(builder.TakeRoot());
}

}  // namespace clinic::json
