// What the tests of the command line share: files to read, and the program run as a shell runs it.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace clinic::cli {

/// A folder of its own that goes away with all that is in it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  /// Writes a file into the folder, plain or compressed, and gives back its path.
  std::string Write(std::string_view name, std::string_view content) const;
  std::string WriteGzip(std::string_view name, std::string_view content) const;

  std::string Path(std::string_view name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

/// What a program left behind.
struct Outcome {
  int exit_code = -1;  ///< -1 where a signal ended it
  std::string out;
  std::string err;
};

/// Starts `clinic` with these arguments and, beside PATH, these variables ("NAME=value") only. Its
/// output goes to the files `out` and `err`.
pid_t StartClinic(const std::vector<std::string>& arguments,
                  const std::vector<std::string>& environment, const std::string& out,
                  const std::string& err);

/// Waits for a program that was started, and gives back its exit code, or -1.
int WaitFor(pid_t process);

/// Runs `clinic` to its end.
Outcome RunClinic(const std::vector<std::string>& arguments,
                  const std::vector<std::string>& environment = {});

std::string ReadAll(const std::string& path);

}  // namespace clinic::cli
