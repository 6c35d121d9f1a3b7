#include "adapters/postgres/values.hpp"

namespace clinic::postgres {
namespace {

constexpr char kEscape = '\1';
constexpr std::string_view kEscaped("\0\1", 2);

}  // namespace

std::string EscapeText(std::string_view text) {
  if (text.find_first_of(kEscaped) == std::string_view::npos) return std::string(text);
  std::string escaped;
  for (const char c : text) {
    if (c == '\0' || c == kEscape) escaped += kEscape;
    escaped += c == '\0' ? '\1' : c == kEscape ? '\2' : c;
  }
  return escaped;
}

std::string UnescapeText(std::string_view stored) {
  if (stored.find(kEscape) == std::string_view::npos) return std::string(stored);
  std::string text;
  for (std::size_t i = 0; i < stored.size(); ++i) {
    const bool pair = stored[i] == kEscape && i + 1 < stored.size();
    text += pair ? static_cast<char>(stored[++i] - 1) : stored[i];
  }
  return text;
}

void Column::AddElement(const Value& value) {
  if (!elements_.empty()) elements_ += ',';
  if (!value) {
    elements_ += "NULL";
    return;
  }
  elements_ += '"';
  for (const char c : *value) {
    if (c == '"' || c == '\\') elements_ += '\\';
    elements_ += c;
  }
  elements_ += '"';
}

std::vector<std::string> ParseArray(std::string_view literal) {
  std::vector<std::string> elements;
  if (literal.size() <= 2) return elements;  // {}
  elements.emplace_back();
  bool quoted = false;
  for (std::size_t i = 1; i + 1 < literal.size(); ++i) {
    const char c = literal[i];
    if (c == '\\') {
      elements.back() += literal[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      elements.emplace_back();
    } else {
      elements.back() += c;
    }
  }
  return elements;
}

}  // namespace clinic::postgres
