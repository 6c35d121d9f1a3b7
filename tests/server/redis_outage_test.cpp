// A Redis that goes away, hangs and comes back.
#include "tests/server/redis_fixture.hpp"

namespace clinic::redis {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using Clock = std::chrono::steady_clock;

class RedisOutage : public WithRedis {
 protected:
  Result<Reply> Ping() {
    Result<Redis::Lease> lease = redis_->Connect();
    if (!lease.ok()) return std::move(lease).error();
    return (*lease)->Run({"PING"});
  }
};

TEST_F(RedisOutage, WordsArriveAsTheyAre) {
  const std::string odd = "a\0b\r\n%s $1 \xff"s;
  Result<Redis::Lease> lease = redis_->Connect();
  ASSERT_TRUE(lease.ok());
  ASSERT_TRUE((*lease)->Run({"SET", odd, odd}).ok());
  EXPECT_EQ((*lease)->Run({"GET", odd})->text, odd);
}

TEST_F(RedisOutage, WhileItIsAwayEverybodyIsToldAtOnce) {
  ASSERT_TRUE(Ping().ok());
  server_->Kill();
  const Result<Reply> first = Ping();
  ASSERT_FALSE(first.ok());
  EXPECT_EQ(first.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(first.error().message.find("secret"), std::string::npos);
  EXPECT_TRUE(is_away_);
  const auto begun = Clock::now();
  for (int i = 0; i < 10'000; ++i) ASSERT_FALSE(Ping().ok());
  EXPECT_LT(Clock::now() - begun, 10'000 * Timeouts().connect / 100);
}

TEST_F(RedisOutage, ItIsFoundAgain) {
  server_->Kill();
  EXPECT_FALSE(Ping().ok());
  server_->Start();
  WaitUntilBack();
  EXPECT_TRUE(Ping().ok());
  EXPECT_EQ(reports_, 2);
}

TEST_F(RedisOutage, AnAnswerThatDoesNotComeIsAnOutage) {
  ASSERT_TRUE(Ping().ok());
  server_->Signal(SIGSTOP);
  EXPECT_FALSE(Ping().ok());
  EXPECT_TRUE(is_away_);
  server_->Signal(SIGCONT);
  WaitUntilBack();
  EXPECT_TRUE(Ping().ok());
}

TEST_F(RedisOutage, AConnectionOfAnEarlierLifeIsNotLentAgain) {
  Result<Redis::Lease> old = redis_->Connect();
  ASSERT_TRUE(old.ok());
  const std::string life = (*old)->server_life();
  server_->Kill();
  EXPECT_FALSE(Ping().ok());
  server_->Start();
  WaitUntilBack();
  { const Redis::Lease given_back = *std::move(old); }
  for (int i = 0; i < 3; ++i) {
    Result<Redis::Lease> lease = redis_->Connect();
    ASSERT_TRUE(lease.ok());
    EXPECT_NE((*lease)->server_life(), life);
    EXPECT_TRUE((*lease)->Run({"PING"}).ok());
  }
}

TEST_F(RedisOutage, AForgottenScriptIsSentAgain) {
  static constexpr Script kTwice{"return ARGV[1] * 2"};
  Result<Redis::Lease> lease = redis_->Connect();
  const std::string_view twenty_one[] = {"21"};
  EXPECT_EQ((*lease)->Run(kTwice, {}, twenty_one)->integer, 42);
  server_->Run({"SCRIPT", "FLUSH"});
  EXPECT_EQ((*lease)->Run(kTwice, {}, twenty_one)->integer, 42);
}

TEST_F(RedisOutage, AWrongPasswordIsAnOutageThatSaysSo) {
  const std::string url = "unix://:wrong@" + server_->url().substr(server_->url().find('@') + 1);
  std::string reason;
  const auto other = Redis::Open(url, [&](const Error* away) {
    if (away != nullptr) reason = away->message;
  });
  ASSERT_TRUE(other.ok());
  EXPECT_FALSE((*other)->Connect().ok());
  EXPECT_NE(reason.find("WRONGPASS"), std::string::npos) << reason;
}

TEST_F(RedisOutage, ThreadsAreServedOrToldWhateverHappens) {
  std::atomic<bool> stop = false;
  std::atomic<int> served = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      while (!stop) served += Ping().ok() ? 1 : 0;
    });
  }
  for (int round = 0; round < 3; ++round) {
    server_->Kill();
    server_->Start();
    const int before = served;
    while (served < before + 100) std::this_thread::sleep_for(1ms);
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace clinic::redis
