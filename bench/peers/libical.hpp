// libical's iterator over the occurrences of a rule.
#pragma once

#include <span>
#include <string>

#include "clinic/time.hpp"

namespace clinic::bench {

class LibicalRule {
 public:
  static constexpr const char* kName = "libical";

  LibicalRule(const std::string& rule, CivilTime start);
  LibicalRule(const LibicalRule&) = delete;
  LibicalRule& operator=(const LibicalRule&) = delete;
  ~LibicalRule();

  /// The first occurrences, from the start on.
  void Expand(std::span<CivilTime> out);

  /// The first occurrence at or after `from`, which it goes to by its own means.
  CivilTime FirstFrom(CivilTime from);

 private:
  struct State;
  State* state_;
};

}  // namespace clinic::bench
