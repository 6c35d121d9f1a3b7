// The words that stand in a database for the values of an enum.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "clinic/directory.hpp"
#include "clinic/resource.hpp"

namespace clinic {

template <typename Enum>
struct Words;

template <>
struct Words<ResourceKind> {
  static constexpr auto kAll = std::to_array<std::pair<ResourceKind, const char*>>(
      {{ResourceKind::kPractitioner, "practitioner"},
       {ResourceKind::kPatient, "patient"},
       {ResourceKind::kRoom, "room"},
       {ResourceKind::kDevice, "device"}});
};

template <>
struct Words<Resource::Hours> {
  static constexpr auto kAll = std::to_array<std::pair<Resource::Hours, const char*>>(
      {{Resource::Hours::kAlways, "always"}, {Resource::Hours::kByRules, "by-rules"}});
};

template <>
struct Words<Role> {
  static constexpr auto kAll =
      std::to_array<std::pair<Role, const char*>>({{Role::kPatient, "patient"},
                                                   {Role::kDoctor, "doctor"},
                                                   {Role::kReceptionist, "receptionist"},
                                                   {Role::kAdmin, "admin"}});
};

/// Requires that `value` is one of the enum's.
template <typename Enum>
const char* Word(Enum value) {
  for (const auto& [known, word] : Words<Enum>::kAll) {
    if (known == value) return word;
  }
  return "";
}

/// Nothing for a word that nothing is called.
template <typename Enum>
std::optional<Enum> FindWord(std::string_view text) {
  for (const auto& [value, word] : Words<Enum>::kAll) {
    if (text == word) return value;
  }
  return std::nullopt;
}

}  // namespace clinic
