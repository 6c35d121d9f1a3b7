// What is wrong with one field of a document.
#pragma once

#include <string>

namespace clinic::json {

/// Where something is wrong (a JSON pointer, RFC 6901), and what, in words for people.
struct FieldError {
  std::string pointer;
  std::string detail;

  friend bool operator==(const FieldError&, const FieldError&) = default;
};

}  // namespace clinic::json
