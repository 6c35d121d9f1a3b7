// clinic serve: the server, until it is told to stop.
//
// SIGTERM drains: no new connections, what is being served is answered, then it ends with kDone.
// SIGINT does the same and ends with kInterrupted. SIGHUP reads the folder of keys again.
#include <signal.h>

#include <csignal>
#include <memory>
#include <utility>

#include "clinic/time_text.hpp"
#include "server/application.hpp"
#include "server/cli/commands.hpp"
#include "server/database.hpp"
#include "server/demo.hpp"

namespace clinic::cli {
namespace {

constexpr std::chrono::seconds kPatience{20};

struct ServeOptions {
  std::optional<std::string> host;
  std::optional<std::int64_t> port;
  std::optional<std::string> database;
  std::optional<std::string> timezone;
  std::optional<std::string> clock;
  std::optional<std::string> secret_file;
  std::optional<std::string> redis;
  std::optional<std::string> address_limit;
  std::optional<std::string> account_limit;
  std::optional<std::string> sign_in_limit;
  std::vector<std::string> trusted_proxies;
  std::optional<std::string> keys;
  std::vector<std::string> oauth_clients;
  std::vector<std::string> cors_origins;
  std::optional<std::string> log_level;
  std::optional<std::string> metrics_token_file;
  bool demo = false;
};

/// Keeps the signals that a server heeds from ending it at once; waits for them.
class Signals {
 public:
  Signals() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGTERM);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  }

  int Wait() const {
    int signal = 0;
    while (sigwait(&signals_, &signal) != 0) {
    }
    return signal;
  }

 private:
  sigset_t signals_{};
};

void Welcome(std::ostream& out, const std::string& url, bool demo) {
  out << "clinic is listening on " << url << "\nOpen " << url << "/ to see what it offers, " << url
      << "/docs to try it out.\n";
  if (demo) {
    out << "\nSign in as patient@example.com, doctor@example.com, reception@example.com or\n"
           "admin@example.com, all with the password "
        << server::kDemoPassword << ":\n\n"
        << "  TOKEN=$(curl -s " << url << "/api/auth/login -H 'Content-Type: application/json' \\\n"
        << "    -d '{\"email\":\"patient@example.com\",\"password\":\"" << server::kDemoPassword
        << "\"}' | sed 's/.*\"access_token\":\"\\([^\"]*\\).*/\\1/')\n"
        << "  curl -s -H \"Authorization: Bearer $TOKEN\" '" << url
        << "/api/slots?specialty=cardiology&limit=3'\n\n";
  }
  out.flush();
}

/// What is shared with other servers, and what limits what is asked of this one.
Result<server::SharedOptions> SharedOf(const ServeOptions& options) {
  server::SharedOptions shared{.redis = options.redis.value_or(""),
                               .trusted_proxies = options.trusted_proxies};
  const auto read = [](const char* setting, const std::optional<std::string>& text,
                       std::optional<limits::Quota>& quota) -> Result<void> {
    if (!text) return {};
    const Result<std::optional<limits::Quota>> parsed = limits::ParseQuota(*text);
    if (!parsed.ok()) return Error{parsed.error().code, setting + parsed.error().message};
    quota = *parsed;
    return {};
  };
  Result<void> done = read("--address-limit: ", options.address_limit, shared.quotas.address);
  if (done.ok()) done = read("--account-limit: ", options.account_limit, shared.quotas.account);
  if (done.ok()) done = read("--sign-in-limit: ", options.sign_in_limit, shared.quotas.sign_in);
  if (!done.ok()) return std::move(done).error();
  return shared;
}

ExitCode Serve(const ServeOptions& options, Console& console) {
  const auto fail = [&](const Error& error) {
    console.err << "clinic serve: " << error.message << "\n";
    return error.code == ErrorCode::kInvalidArgument ? ExitCode::kUsage
           : error.code == ErrorCode::kUnavailable   ? ExitCode::kUnavailable
                                                     : ExitCode::kFailed;
  };
  const Signals signals;
  std::signal(SIGPIPE, SIG_IGN);  // a peer that is gone is an error of the write to it
  server::ApplicationOptions settings;
  if (options.host) settings.host = *options.host;
  if (options.port) settings.port = static_cast<std::uint16_t>(*options.port);
  settings.database = options.database.value_or(server::kDefaultDatabase);
  if (options.timezone) settings.timezone = *options.timezone;
  if (options.secret_file) settings.secret_file = *options.secret_file;
  if (options.keys) settings.keys = *options.keys;
  settings.oauth_clients = options.oauth_clients;
  settings.cors_origins = options.cors_origins;
  if (options.metrics_token_file) settings.metrics_token_file = *options.metrics_token_file;
  settings.demo = options.demo;
  Result<server::SharedOptions> shared = SharedOf(options);
  if (!shared.ok()) return fail(shared.error());
  settings.shared = *std::move(shared);
  if (options.log_level) {
    const auto level = telemetry::ParseLogLevel(*options.log_level);
    if (!level) {
      return fail({ErrorCode::kInvalidArgument, "--log-level: \"" + *options.log_level +
                                                    "\" is neither off, error, warning nor info"});
    }
    settings.log_level = *level;
  }
  if (options.clock) {
    const Result<Instant> start = ParseInstant(*options.clock);
    if (!start.ok())
      return fail({ErrorCode::kInvalidArgument, "--clock: " + start.error().message});
    settings.clock = *start;
  }
  Result<std::unique_ptr<server::Application>> application = server::Application::Start(settings);
  if (!application.ok()) return fail(application.error());
  Welcome(console.out, "http://" + settings.host + ":" + std::to_string((*application)->port()),
          settings.demo);

  int signal = signals.Wait();
  for (; signal == SIGHUP; signal = signals.Wait()) (*application)->ReloadKeys();
  (*application)->Stop(kPatience);
  return signal == SIGINT ? ExitCode::kInterrupted : ExitCode::kDone;
}

}  // namespace

void AddServe(CommandLine& line) {
  const auto options = std::make_shared<ServeOptions>();
  Command& serve = line.Add("serve", "Run the REST server");
  serve.Text("host", "ADDRESS", options->host, "What to listen on; 127.0.0.1 by default");
  serve.Integer("port", "N", options->port, {0, 65'535},
                "8000 by default; 0 takes a free one and prints it");
  serve.Text("database", "NAME", options->database,
             "sqlite:PATH, postgresql://HOST/NAME or memory:; sqlite:clinic.db by default");
  serve.Text("timezone", "ZONE", options->timezone,
             "The clinic's IANA time zone, for times that belong to no doctor; UTC by default");
  serve.Text("secret-file", "FILE", options->secret_file,
             "Holds the secret that tokens are signed with, and is made where it is not there; "
             "PATH.secret beside an SQLite file by default, needed over PostgreSQL");
  serve.Text(
      "redis", "URL", options->redis,
      "redis://:PASSWORD@HOST:PORT/DATABASE or unix:///PATH, which servers over one database "
      "share limits and sign-ins in; none by default");
  serve.Text(
      "address-limit", "QUOTA", options->address_limit,
      "What one address may ask for: COUNT/second, /minute or /hour, or off; 30000/minute by "
      "default, for a whole clinic may be behind one");
  serve.Text("account-limit", "QUOTA", options->account_limit,
             "What one account may ask for; 1200/minute by default");
  serve.Text("sign-in-limit", "QUOTA", options->sign_in_limit,
             "How often one e-mail may sign in from one address; 10/minute by default");
  serve.Texts("trusted-proxy", "NETWORK", options->trusted_proxies,
              "Addresses or networks whose X-Forwarded-For or Forwarded is believed, with commas "
              "between; may be given again; none by default");
  serve.Text("keys", "FOLDER", options->keys,
             "Holds keys to sign tokens with instead, as `clinic keys` makes them; they can be "
             "rotated while the server runs");
  serve.Texts(
      "oauth-client", "ID[:SECRET]", options->oauth_clients,
      "A program that may ask /api/auth/token for tokens; may be given again; every program "
      "may by default, and needs no secret");
  serve.Texts("cors-origin", "ORIGIN", options->cors_origins,
              "Whose pages may read the answers, as in https://desk.example; may be given again");
  serve.Text("log-level", "LEVEL", options->log_level,
             "off, error, warning or info; info by default, which has a line for every request");
  serve.Text("metrics-token-file", "FILE", options->metrics_token_file,
             "Holds the token that /metrics asks for; it is open to everybody by default");
  serve.Text("clock", "INSTANT", options->clock,
             "Start time there, as in 2024-03-01T08:00:00Z; for demos and tests");
  serve.Switch("demo", options->demo, "Add the people of the documented examples");
  serve.OnRun([options](Console& console) { return Serve(*options, console); });
}

}  // namespace clinic::cli
