#include "tests/server/cli_support.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <zlib.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace clinic::cli {

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "clinic-cli-XXXXXX").string();
  path_ = mkdtemp(pattern.data());
}

TemporaryFolder::~TemporaryFolder() { std::filesystem::remove_all(path_); }

std::string TemporaryFolder::Write(std::string_view name, std::string_view content) const {
  const std::string path = Path(name);
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

std::string TemporaryFolder::WriteGzip(std::string_view name, std::string_view content) const {
  const std::string path = Path(name);
  const gzFile file = gzopen(path.c_str(), "wb");
  gzwrite(file, content.data(), static_cast<unsigned>(content.size()));
  gzclose(file);
  return path;
}

pid_t StartClinic(const std::vector<std::string>& arguments,
                  const std::vector<std::string>& environment, const std::string& out,
                  const std::string& err) {
  std::vector<std::string> words = {CLINIC_PROGRAM};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables = {"PATH=/usr/bin:/bin"};
  variables.insert(variables.end(), environment.begin(), environment.end());
  const auto pointers = [](std::vector<std::string>& texts) {
    std::vector<char*> result;
    for (std::string& text : texts) result.push_back(text.data());
    result.push_back(nullptr);
    return result;
  };

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  constexpr int kFlags = O_WRONLY | O_CREAT | O_TRUNC;
  posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), kFlags, 0600);
  posix_spawn_file_actions_addopen(&actions, 2, err.c_str(), kFlags, 0600);
  pid_t process = -1;
  posix_spawn(&process, CLINIC_PROGRAM, &actions, nullptr, pointers(words).data(),
              pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  return process;
}

int WaitFor(pid_t process) {
  int status = 0;
  if (waitpid(process, &status, 0) != process || !WIFEXITED(status)) return -1;
  return WEXITSTATUS(status);
}

Outcome RunClinic(const std::vector<std::string>& arguments,
                  const std::vector<std::string>& environment) {
  const TemporaryFolder folder;
  const std::string out = folder.Path("out");
  const std::string err = folder.Path("err");
  const int exit_code = WaitFor(StartClinic(arguments, environment, out, err));
  return {exit_code, ReadAll(out), ReadAll(err)};
}

std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace clinic::cli
