#include "server/json/pointer.hpp"

namespace clinic::json {

std::string Child(std::string_view pointer, std::string_view name) {
  std::string child;
  child.reserve(pointer.size() + 1 + name.size());
  child.append(pointer).push_back('/');
  for (const char c : name) {
    if (c == '~') {
      child.append("~0");
    } else if (c == '/') {
      child.append("~1");
    } else {
      child.push_back(c);
    }
  }
  return child;
}

std::string Child(std::string_view pointer, std::size_t index) {
  return Child(pointer, std::to_string(index));
}

}  // namespace clinic::json
