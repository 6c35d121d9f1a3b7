#include "server/telemetry/process.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

namespace clinic::telemetry {
namespace {

std::string ReadText(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The fields of /proc/self/stat as proc(5) numbers them, from the third on; the second one, the
// program's name, may hold anything.
std::vector<std::uint64_t> StatFields() {
  const std::string text = ReadText("/proc/self/stat");
  const std::size_t name_end = text.rfind(')');
  std::vector<std::uint64_t> fields(3);
  if (name_end == std::string::npos) return fields;
  std::istringstream rest(text.substr(name_end + 1));
  std::string state;
  rest >> state;
  for (std::int64_t field = 0; rest >> field;) fields.push_back(static_cast<std::uint64_t>(field));
  return fields;
}

// When the machine was started, in seconds since 1970.
double BootTime() {
  std::istringstream lines(ReadText("/proc/stat"));
  for (std::string word; lines >> word;) {
    double seconds = 0;
    if (word == "btime" && lines >> seconds) return seconds;
  }
  return 0;
}

std::uint64_t CountOpenFiles() {
  std::error_code error;
  const std::filesystem::directory_iterator files("/proc/self/fd", error);
  if (error) return 0;
  const auto count = std::distance(begin(files), end(files));
  return static_cast<std::uint64_t>(count) - 1;  // but the folder itself
}

}  // namespace

ProcessFigures ReadProcess() {
  constexpr std::size_t kUserTime = 13, kSystemTime = 14, kThreads = 19, kStartTime = 21,
                        kVirtualBytes = 22, kResidentPages = 23;
  ProcessFigures figures;
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  const std::vector<std::uint64_t> fields = StatFields();
  if (fields.size() > kResidentPages) {
    figures.cpu_seconds = static_cast<double>(fields[kUserTime] + fields[kSystemTime]) / ticks;
    figures.threads = fields[kThreads];
    figures.start_time_seconds = BootTime() + static_cast<double>(fields[kStartTime]) / ticks;
    figures.virtual_bytes = fields[kVirtualBytes];
    figures.resident_bytes =
        fields[kResidentPages] * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  }
  figures.open_files = CountOpenFiles();
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) figures.most_open_files = files.rlim_cur;
  return figures;
}

}  // namespace clinic::telemetry
