// What the system says of this process (Linux: proc(5)).
#pragma once

#include <cstdint>

namespace clinic::telemetry {

/// A figure that the system does not tell is 0.
struct ProcessFigures {
  double cpu_seconds = 0;         ///< user and system, of all threads
  double start_time_seconds = 0;  ///< since 1970 UTC
  std::uint64_t resident_bytes = 0;
  std::uint64_t virtual_bytes = 0;
  std::uint64_t open_files = 0;
  std::uint64_t most_open_files = 0;
  std::uint64_t threads = 0;
};

/// Costs some system calls, and as many as there are open files.
ProcessFigures ReadProcess();

}  // namespace clinic::telemetry
