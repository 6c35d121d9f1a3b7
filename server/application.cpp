#include "server/application.hpp"

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <random>
#include <thread>
#include <utility>

#include "adapters/store_figures.hpp"
#include "server/auth/key_folder.hpp"
#include "server/auth/random.hpp"
#include "server/database.hpp"
#include "server/demo.hpp"
#include "server/http/server.hpp"
#include "server/routes/api.hpp"
#include "server/secret_file.hpp"
#include "server/store_follower.hpp"
#include "server/telemetry/metrics.hpp"

namespace clinic::server {
namespace {

constexpr std::chrono::seconds kHoldsAreWrittenDownEvery{1};
constexpr std::chrono::seconds kKeysAreReadEvery{5};

std::uint64_t Seed() {
  std::random_device device;
  return static_cast<std::uint64_t>(device()) << 32 | device();
}

Result<std::string> SecretFor(const ApplicationOptions& options) {
  if (!options.secret_file.empty()) return ReadOrMakeSecret(options.secret_file);
  if (const auto path = SqlitePath(options.database)) return ReadOrMakeSecret(*path + ".secret");
  return auth::RandomToken();
}

Result<auth::KeySet> KeysFor(const ApplicationOptions& options, const std::string& secret) {
  if (options.keys.empty()) return auth::KeySet::Create({{.id = "1", .secret = secret}});
  return auth::LoadKeyFolder(options.keys, std::chrono::system_clock::now());
}

Result<std::string> MetricsTokenFor(const ApplicationOptions& options) {
  if (options.metrics_token_file.empty()) return std::string();
  return ReadSecret(options.metrics_token_file);
}

Result<void> CheckOrigins(const std::vector<std::string>& origins) {
  for (const std::string& origin : origins) {
    if (Result<void> checked = CheckOrigin(origin); !checked.ok()) return checked;
  }
  return {};
}

/// The same error, of a setting, whose file has to be there.
Error Of(std::string_view setting, Error error) {
  if (error.code == ErrorCode::kNotFound) error.code = ErrorCode::kUnavailable;
  error.message = std::string(setting) + ": " + error.message;
  return error;
}

std::vector<std::string> PatternsOf(const Api& api) {
  std::vector<std::string> patterns;
  for (const Api::Route& route : api.routes()) patterns.push_back(route.pattern);
  return patterns;
}

/// Calls something every so often, until it is destroyed.
class Ticker {
 public:
  Ticker(std::chrono::milliseconds period, std::function<void()> tick)
      : thread_([this, period, tick = std::move(tick)] {
          std::unique_lock lock(mutex_);
          while (!ended_.wait_for(lock, period, [this] { return stop_; })) tick();
        }) {}
  ~Ticker() {
    {
      const std::lock_guard lock(mutex_);
      stop_ = true;
    }
    ended_.notify_all();
    thread_.join();
  }

 private:
  std::mutex mutex_;
  std::condition_variable ended_;
  bool stop_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace

class Application::Impl {
 public:
  Impl(const ApplicationOptions& options, std::unique_ptr<StoreFigures> figures,
       std::unique_ptr<Store> store, Zone zone, auth::KeySet keys, auth::Clients clients,
       std::string secret)
      : log_({.level = options.log_level}),
        clock_(options.clock ? SystemClock::StartingAt(*options.clock) : SystemClock()),
        figures_(std::move(figures)),
        store_(std::move(store)),
        ids_(clock_, Seed()),
        keys_(std::move(keys)),
        clients_(std::move(clients)),
        issuer_(keys_, Tokens(), clock_, ids_),
        verifier_(keys_, Tokens(), clock_),
        zone_(std::move(zone)),
        secret_(std::move(secret)) {}

  Result<void> Start(const ApplicationOptions& options, std::string metrics_token) {
    Result<std::unique_ptr<Scheduler>> scheduler =
        Scheduler::Open(*store_, clock_, ids_, {.load_threads = 2});
    if (!scheduler.ok()) return std::move(scheduler).error();
    scheduler_ = *std::move(scheduler);
    SharedOptions shared_options = options.shared;
    shared_options.store_is_far = IsPostgres(options.database);
    Result<std::unique_ptr<SharedState>> shared =
        SharedState::Open(shared_options, *store_, [this](const Error* away) {
          if (away == nullptr) {
            log_.Say(telemetry::LogLevel::kInfo, "Redis is there again");
          } else {
            log_.Say(telemetry::LogLevel::kError, "goes on without " + away->message);
          }
        });
    if (!shared.ok()) return std::move(shared).error();
    shared_ = *std::move(shared);
    services_.reset(new Services{
        .store = *store_,
        .scheduler = *scheduler_,
        .accounts = Accounts(*store_, *scheduler_, ids_, issuer_, verifier_, shared_->sign_ins()),
        .patients = Patients(*store_, *scheduler_),
        .doctors = Doctors(*store_, *scheduler_, zone_),
        .directory = DirectoryCache(*store_, *scheduler_),
        .appointments = Appointments(*store_, *scheduler_, zone_),
        .audit = AuditTrail(*store_, *scheduler_),
        .idempotency = Idempotency(*store_, clock_),
        .limits = shared_->limits(),
        .proxies = shared_->proxies(),
        .clients = clients_,
        .keys = keys_,
        .secret = secret_});
    if (options.demo) {
      if (Result<void> added = AddDemo(*services_); !added.ok()) return added;
    }
    const http::ExceptionReport on_exception = [this](const http::Request& request,
                                                      std::string_view what) {
      log_.Say(telemetry::LogLevel::kError, what, request.id);
    };
    api_ = std::make_unique<Api>(*services_,
                                 ApiOptions{.cors = Cors(options.cors_origins),
                                            .on_exception = on_exception,
                                            .warn =
                                                [this](std::string_view what) {
                                                  log_.Say(telemetry::LogLevel::kWarning, what);
                                                },
                                            .observe =
                                                [this](const telemetry::Served& served) {
                                                  metrics_->Count(served);
                                                  log_.Write(served);
                                                },
                                            .metrics = [this] { return metrics_->Text(); },
                                            .metrics_token = std::move(metrics_token)});
    AddRoutes(*api_);
    metrics_ = std::make_unique<telemetry::Metrics>(PatternsOf(*api_), Sources());

    http::Options front;
    front.host = options.host;
    front.port = options.port;
    front.new_id = [this] { return ToString(ids_.NewUuid()); };
    front.on_exception = on_exception;
    front.on_refusal = [this](const http::Problem& problem, std::string_view,
                              std::string_view request_id) {
      metrics_->CountRefused(problem.status, problem.code);
      log_.WriteRefused(problem.status, problem.code, request_id);
    };
    front.loop_threads = std::clamp(std::thread::hardware_concurrency(), 1U, 4U);
    // With Redis, how often somebody asked is asked over the network.
    if (options.shared.redis.empty()) {
      front.answer_at_once = [this](const http::Request& request) {
        return api_->ServeAtOnce(request);
      };
    }
    front_ = std::make_unique<http::Server>(
        front, [this](const http::Request& request) { return api_->Serve(request); });
    follower_ = std::make_unique<StoreFollower>(*store_, *scheduler_, [this](const Error* error) {
      services_->following = error == nullptr;
      if (error == nullptr) {
        log_.Say(telemetry::LogLevel::kInfo, "follows the changes of other programs again");
      } else {
        log_.Say(telemetry::LogLevel::kError,
                 "cannot follow the changes of other programs: " + error->message);
      }
    });
    ticker_ = std::make_unique<Ticker>(kHoldsAreWrittenDownEvery, [this] {
      // What cannot be written down now is written down at the next tick.
      (void)scheduler_->ExpireHolds();
    });
    if (!options.keys.empty()) {
      followed_keys_ = std::make_unique<auth::FollowedKeys>(
          options.keys, keys_,
          [this](auth::FollowedKeys::Outcome outcome, const std::string& what) {
            const bool failed = outcome == auth::FollowedKeys::Outcome::kFailed;
            log_.Say(failed ? telemetry::LogLevel::kError : telemetry::LogLevel::kInfo, what);
          });
      ReloadKeys();
      keys_ticker_ = std::make_unique<Ticker>(kKeysAreReadEvery, [this] { ReloadKeys(); });
    }
    Result<void> started = front_->Start();
    return started.ok() ? started : Of("--host, --port", started.error());
  }

  void ReloadKeys() {
    if (followed_keys_) followed_keys_->Reload(std::chrono::system_clock::now());
  }

  std::uint16_t port() const { return front_->port(); }

  const Api& api() const { return *api_; }

  void Stop(std::chrono::milliseconds patience) {
    log_.Say(telemetry::LogLevel::kInfo, "stopping");
    services_->draining = true;
    front_->Stop(patience);
    keys_ticker_.reset();
    ticker_.reset();
    follower_.reset();
  }

 private:
  telemetry::Sources Sources() {
    return {.connections = [this] { return front_->state().connections; },
            .queued_requests = [this] { return front_->state().queued_requests; },
            .in_flight = [this] { return api_->in_flight(); },
            .feed_lag_seconds = [this] { return follower_ ? follower_->behind().count() : 0; },
            .dropped_log_lines = [this] { return log_.dropped(); },
            .store = figures_.get()};
  }

  static auth::TokenSettings Tokens() { return {.issuer = "clinic", .audience = "clinic"}; }

  // Destroyed from the last to the first: what uses something stands below it.
  telemetry::Log log_;
  SystemClock clock_;
  std::unique_ptr<StoreFigures> figures_;
  std::unique_ptr<Store> store_;
  UuidV7Generator ids_;
  auth::KeyRing keys_;
  auth::Clients clients_;
  auth::TokenIssuer issuer_;
  auth::TokenVerifier verifier_;
  Zone zone_;
  std::string secret_;
  std::unique_ptr<Scheduler> scheduler_;
  std::unique_ptr<SharedState> shared_;
  std::unique_ptr<Services> services_;
  std::unique_ptr<telemetry::Metrics> metrics_;
  std::unique_ptr<Api> api_;
  std::unique_ptr<Ticker> ticker_;
  std::unique_ptr<auth::FollowedKeys> followed_keys_;
  std::unique_ptr<Ticker> keys_ticker_;
  std::unique_ptr<StoreFollower> follower_;
  std::unique_ptr<http::Server> front_;
};

Result<std::unique_ptr<Application>> Application::Start(const ApplicationOptions& options) {
  Result<Zone> zone = Zone::Load(options.timezone);
  if (!zone.ok()) return Of("--timezone", zone.error());
  if (Result<void> origins = CheckOrigins(options.cors_origins); !origins.ok()) {
    return Of("--cors-origin", origins.error());
  }
  Result<auth::Clients> clients = auth::Clients::Register(options.oauth_clients);
  if (!clients.ok()) return Of("--oauth-client", clients.error());
  Result<std::string> metrics_token = MetricsTokenFor(options);
  if (!metrics_token.ok()) return Of("--metrics-token-file", metrics_token.error());
  if (IsPostgres(options.database) && options.secret_file.empty() && !options.demo) {
    return Error{ErrorCode::kInvalidArgument,
                 "--secret-file: is needed over PostgreSQL, where all servers of a database have "
                 "the same secret"};
  }
  auto figures = std::make_unique<StoreFigures>();
  Result<std::unique_ptr<Store>> store =
      OpenDatabase(options.database, IfMissing::kCreate, figures.get());
  if (!store.ok()) return Of("--database", store.error());
  Result<std::string> secret = SecretFor(options);
  if (!secret.ok()) return Of("--secret-file", secret.error());
  Result<auth::KeySet> keys = KeysFor(options, *secret);
  if (!keys.ok()) return Of("--keys", keys.error());

  auto impl =
      std::make_unique<Impl>(options, std::move(figures), *std::move(store), *std::move(zone),
                             *std::move(keys), *std::move(clients), *secret);
  if (Result<void> started = impl->Start(options, *std::move(metrics_token)); !started.ok()) {
    return std::move(started).error();
  }
  return std::unique_ptr<Application>(new Application(std::move(impl)));
}

Application::Application(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Application::~Application() = default;

std::uint16_t Application::port() const { return impl_->port(); }

const Api& Application::api() const { return impl_->api(); }

void Application::ReloadKeys() { impl_->ReloadKeys(); }

void Application::Stop(std::chrono::milliseconds patience) { impl_->Stop(patience); }

}  // namespace clinic::server
