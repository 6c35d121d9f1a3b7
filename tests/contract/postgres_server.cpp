#include "tests/contract/postgres_server.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <iterator>
#include <pqxx/pqxx>
#include <stdexcept>
#include <thread>
#include <vector>

// libpqxx 6.4 keeps the answer that says that a connection is lost.
extern "C" const char* __lsan_default_suppressions() { return "leak:libpqxx"; }

namespace clinic {
namespace {

int FreePort() {
  const int probe = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  bind(probe, reinterpret_cast<sockaddr*>(&address), size);
  getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size);
  close(probe);
  return ntohs(address.sin_port);
}

// PostgreSQL runs as anybody but root.
const passwd* Runner() { return geteuid() == 0 ? getpwnam("postgres") : nullptr; }

// In a child that is about to be another program.
void BecomeRunner() {
  if (const passwd* runner = Runner()) {
    const bool done = initgroups(runner->pw_name, runner->pw_gid) == 0 &&
                      setgid(runner->pw_gid) == 0 && setuid(runner->pw_uid) == 0;
    if (!done) _exit(126);
  }
  prctl(PR_SET_PDEATHSIG, SIGQUIT);  // an immediate shutdown, whatever becomes of the parent
}

pid_t Launch(const std::vector<std::string>& command, const std::filesystem::path& log) {
  std::vector<char*> arguments;
  for (const std::string& argument : command)
    arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  const pid_t child = fork();
  if (child != 0) return child;
  BecomeRunner();
  const int output = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  execv(arguments[0], arguments.data());
  _exit(127);
}

int WaitFor(pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
  return status;
}

}  // namespace

std::filesystem::path PostgresServer::Programs() {
  std::filesystem::path newest;
  std::error_code none;
  for (const auto& version : std::filesystem::directory_iterator("/usr/lib/postgresql", none)) {
    const std::filesystem::path programs = version.path() / "bin";
    if (std::filesystem::exists(programs / "postgres") && programs > newest) newest = programs;
  }
  return newest;
}

PostgresServer* PostgresServer::Shared() {
  if (Programs().empty()) return nullptr;
  static PostgresServer server;
  return &server;
}

PostgresServer::PostgresServer(const Options& options)
    : folder_(options.folder), fsync_(options.fsync), port_(FreePort()) {
  if (const passwd* runner = Runner()) {
    if (chown(folder_.path().c_str(), runner->pw_uid, runner->pw_gid) != 0) {
      throw std::runtime_error("the server's folder cannot be given away");
    }
  }
  const std::string data = (folder_.path() / "data").string();
  const pid_t made = Launch({(Programs() / "initdb").string(), "-D", data, "-U", "clinic", "-A",
                             "trust", "-E", "UTF8", "--locale=C", "--no-sync"},
                            folder_.path() / "log");
  if (WaitFor(made) != 0) throw std::runtime_error("initdb failed");
  Start();
  RunSql(NewSchema(), "CREATE EXTENSION btree_gist SCHEMA public");
}

// Its children have ended then too, and leave nothing more in the folder.
PostgresServer::~PostgresServer() { End(SIGQUIT); }

void PostgresServer::Start() {
  for (int attempt = 0; attempt < 100; ++attempt) {
    process_ = Launch({(Programs() / "postgres").string(), "-D", (folder_.path() / "data").string(),
                       "-k", folder_.path().string(), "-p", std::to_string(port_), "-c",
                       "listen_addresses=127.0.0.1", "-c", fsync_ ? "fsync=on" : "fsync=off", "-c",
                       "max_connections=200", "-c", "deadlock_timeout=100ms"},
                      folder_.path() / "log");
    while (waitpid(process_, nullptr, WNOHANG) == 0) {
      if (Answers()) return;
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    // What a killed server leaves behind lives on for a moment, and keeps another one from
    // starting.
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
  }
  throw std::runtime_error("the server does not start");
}

// Its sessions too, which would carry out what they are sent before they notice.
void PostgresServer::Kill() {
  const std::string process = std::to_string(process_);
  std::ifstream children("/proc/" + process + "/task/" + process + "/children");
  const std::vector<pid_t> sessions{std::istream_iterator<pid_t>(children), {}};
  End(SIGKILL);
  for (const pid_t session : sessions) kill(session, SIGKILL);
}

void PostgresServer::End(int signal) {
  if (process_ <= 0) return;
  kill(process_, signal);
  WaitFor(process_);
  process_ = -1;
}

bool PostgresServer::Answers() const {
  try {
    pqxx::connection("host=" + folder_.path().string() + " port=" + std::to_string(port_) +
                     " user=clinic dbname=postgres");
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

std::string PostgresServer::NewSchema() {
  const std::string base = "host=" + folder_.path().string() + " port=" + std::to_string(port_) +
                           " user=clinic dbname=postgres";
  const std::string schema = "test_" + std::to_string(++schemas_);
  RunSql(base, "CREATE SCHEMA " + schema);
  return base + " options='-c search_path=" + schema + ",public'";
}

std::string PostgresServer::OverPort(const std::string& connection_string, int port) {
  const std::size_t user = connection_string.find(" user=");
  return "host=127.0.0.1 port=" + std::to_string(port) + connection_string.substr(user);
}

std::string RunSql(const std::string& connection_string, const std::string& sql) {
  pqxx::connection connection(connection_string);
  pqxx::quiet_errorhandler quiet(connection);
  try {
    pqxx::nontransaction statements(connection);
    const pqxx::result answer = statements.exec(sql);
    return answer.empty() || answer.columns() == 0 ? "" : answer[0][0].c_str();
  } catch (const pqxx::sql_error& error) {
    return "refused: " + error.sqlstate();
  }
}

}  // namespace clinic
