// JSON Pointer (RFC 6901): where in a document something is, as "/participants/0/name".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace clinic::json {

/// `pointer` with the member `name` appended, "~" and "/" in it escaped (§3).
std::string Child(std::string_view pointer, std::string_view name);

/// `pointer` with the array element `index` appended.
std::string Child(std::string_view pointer, std::size_t index);

}  // namespace clinic::json
