// What the fields that several routes read must be.
#pragma once

#include "server/json/object_reader.hpp"

namespace clinic::server {

inline constexpr json::StringRules kNameRules{
    .min_length = 1, .max_length = 200, .controls = json::Controls::kNone};
inline constexpr json::StringRules kPhoneRules{
    .min_length = 1, .max_length = 40, .controls = json::Controls::kNone};
/// The name of a zone or a specialty.
inline constexpr json::StringRules kWordRules{
    .min_length = 1, .max_length = 80, .controls = json::Controls::kNone};

}  // namespace clinic::server
