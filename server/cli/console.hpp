// What a command hears from the outside and answers to: its data go to `out`, its messages to
// `err`.
#pragma once

#include <map>
#include <ostream>
#include <string>

namespace clinic::cli {

struct Console {
  std::ostream& out;
  std::ostream& err;
  std::map<std::string, std::string> environment{};  ///< variables whose names begin with CLINIC_
};

}  // namespace clinic::cli
