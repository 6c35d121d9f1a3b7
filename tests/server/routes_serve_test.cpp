// What every answer has, whatever became of its route.
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "adapters/memory/memory_store.hpp"
#include "clinic/id_generator.hpp"
#include "server/auth/random.hpp"
#include "server/routes/api.hpp"
#include "server/shared_state.hpp"

namespace clinic::server {
namespace {

constexpr std::string_view kPage = "https://desk.example";

class ServeTest : public testing::Test {
 protected:
  ServeTest() {
    api_.Add(http::Method::kGet, "/throws", Access::Anyone(),
             [](const Call&) -> http::Response { throw std::runtime_error("a secret"); });
    api_.Add(http::Method::kGet, "/throws-a-number", Access::Anyone(),
             [](const Call&) -> http::Response { throw 7; });
    AddOperations(api_);
  }

  http::Response Get(std::string path) {
    http::Request request;
    request.path = std::move(path);
    request.remote_address = "127.0.0.1";
    request.id = "one";
    request.headers = {{"Origin", std::string(kPage)}, {"X-Forwarded-Proto", "https"}};
    return api_.Serve(request);
  }

  static std::string Header(const http::Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
      if (http::EqualsIgnoringCase(key, name)) return value;
    }
    return {};
  }

  MemoryStore store_;
  SystemClock clock_;
  UuidV7Generator ids_{clock_, 1};
  std::unique_ptr<Scheduler> scheduler_ = Scheduler::Open(store_, clock_, ids_).value();
  std::unique_ptr<SharedState> shared_ =
      SharedState::Open({.trusted_proxies = {"127.0.0.1"}}, store_, {}).value();
  auth::KeyRing keys_{auth::KeySet::Create({{.id = "1", .secret = auth::RandomToken()}}).value()};
  auth::TokenIssuer issuer_{keys_, {}, clock_, ids_};
  auth::TokenVerifier verifier_{keys_, {}, clock_};
  auth::Clients clients_ = auth::Clients::Register({}).value();
  Zone zone_ = Zone::Load("UTC").value();
  Services services_{
      .store = store_,
      .scheduler = *scheduler_,
      .accounts = Accounts(store_, *scheduler_, ids_, issuer_, verifier_, shared_->sign_ins()),
      .patients = Patients(store_, *scheduler_),
      .doctors = Doctors(store_, *scheduler_, zone_),
      .directory = DirectoryCache(store_, *scheduler_),
      .appointments = Appointments(store_, *scheduler_, zone_),
      .audit = AuditTrail(store_, *scheduler_),
      .idempotency = Idempotency(store_, clock_),
      .limits = shared_->limits(),
      .proxies = shared_->proxies(),
      .clients = clients_,
      .keys = keys_,
      .secret = "a secret"};
  std::vector<std::string> reported_;
  std::vector<int> observed_;
  int gathered_ = 0;
  Api api_{
      services_,
      {.cors = Cors({std::string(kPage)}),
       .on_exception =
           [this](const http::Request& request, std::string_view what) {
             reported_.push_back(request.id + ": " + std::string(what));
           },
       .observe = [this](const telemetry::Served& served) { observed_.push_back(served.status); },
       .metrics = [this] { return "gathered " + std::to_string(++gathered_); }}};
};

TEST_F(ServeTest, TheFailureOfARouteHasWhatEveryAnswerHas) {
  for (const char* path : {"/throws", "/throws-a-number"}) {
    const http::Response response = Get(path);
    EXPECT_EQ(response.status, 500);
    EXPECT_EQ(Header(response, "Access-Control-Allow-Origin"), kPage);
    EXPECT_NE(Header(response, "Strict-Transport-Security"), "");
    EXPECT_NE(Header(response, "RateLimit-Remaining"), "");
    EXPECT_EQ(response.body.find("a secret"), std::string::npos);
  }
  EXPECT_EQ(reported_, (std::vector<std::string>{"one: a secret", "one: not a std::exception"}));
  EXPECT_EQ(observed_, (std::vector<int>{500, 500}));
  EXPECT_EQ(api_.in_flight(), 0U);
}

TEST_F(ServeTest, AFloodGathersTheMetricsOnce) {
  EXPECT_EQ(Get("/metrics").body, "gathered 1");
  for (int i = 0; i < 1'000; ++i) Get("/metrics");
  EXPECT_LT(gathered_, 100);
}

TEST_F(ServeTest, DrainingAndAFeedThatStandsStillShowAtOnce) {
  EXPECT_EQ(Get("/readyz").status, 200);
  services_.following = false;
  EXPECT_NE(Get("/readyz").body.find("\"feed\""), std::string::npos);
  services_.draining = true;
  EXPECT_NE(Get("/readyz").body.find("\"draining\""), std::string::npos);
  services_.draining = false;
  services_.following = true;
  EXPECT_EQ(Get("/readyz").status, 200);
}

}  // namespace
}  // namespace clinic::server
