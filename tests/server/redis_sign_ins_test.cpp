// Who is signed in, with copies in Redis: nobody who has signed out gets in.
#include <atomic>
#include <thread>
#include <vector>

#include "adapters/memory/memory_store.hpp"
#include "server/services/kept_sign_ins.hpp"
#include "tests/server/redis_fixture.hpp"

namespace clinic::server {
namespace {

using namespace std::chrono_literals;

/// Counts how often it is asked who is signed in.
class CountingStore final : public Store {
 public:
  Result<void> Write(const Work& work) override { return store_.Write(work); }
  Result<void> Read(const Work& work) override { return store_.Read(work); }
  Result<SignIn> FindSignIn(SessionId id) override {
    ++asked;
    Result<SignIn> found = store_.FindSignIn(id);
    if (meanwhile) std::exchange(meanwhile, nullptr)();
    return found;
  }
  Result<std::unique_ptr<ChangeSignal>> Watch() override { return store_.Watch(); }

  std::atomic<int> asked = 0;
  std::function<void()> meanwhile;  ///< called once, after the store was read

 private:
  MemoryStore store_;
};

class SignInsInRedis : public WithRedis {
 protected:
  void SetUp() override {
    WithRedis::SetUp();
    if (IsSkipped()) return;
    other_redis_ = Open();
    here_ = std::make_unique<KeptSignIns>(store_, *redis_);
    there_ = std::make_unique<KeptSignIns>(store_, *other_redis_);
    const Result<void> added = store_.Write([&](UnitOfWork& work) -> Result<void> {
      Result<void> done = work.directory().Insert(account_);
      return done.ok() ? work.directory().Insert(session_) : done;
    });
    ASSERT_TRUE(added.ok()) << added.error().message;
  }

  /// What a logout does, at `node`.
  void SignOut(KeptSignIns& node) {
    session_.ended_at = Instant{2h};
    ASSERT_TRUE(
        store_.Write([&](UnitOfWork& work) { return work.directory().Update(session_); }).ok());
    EXPECT_TRUE(node.Ended({&session_.id, 1}).ok());
  }

  bool IsIn(KeptSignIns& node) {
    const Result<SignIn> found = node.Find(session_.id);
    return found.ok() && !found->session.ended_at;
  }

  Account account_{.id = *AccountId::Parse("550e8400-e29b-41d4-a716-446655440000"),
                   .email = "ada@example.com",
                   .full_name = "Ada",
                   .role = Role::kDoctor,
                   .password_hash = "hash",
                   .resource = *ResourceId::Parse("6ba7b811-9dad-11d1-80b4-00c04fd430c8"),
                   .created_at = Instant{1h}};
  Session session_{.id = *SessionId::Parse("6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
                   .account = account_.id,
                   .refresh_token_hash = "hash",
                   .created_at = Instant{1h},
                   .expires_at = Instant{9h}};
  CountingStore store_;
  std::unique_ptr<redis::Redis> other_redis_;
  std::unique_ptr<KeptSignIns> here_;
  std::unique_ptr<KeptSignIns> there_;
};

TEST_F(SignInsInRedis, TheStoreIsAskedOnceForAllNodes) {
  EXPECT_TRUE(IsIn(*here_));
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(IsIn(i % 2 == 0 ? *here_ : *there_));
  EXPECT_EQ(store_.asked, 1);
}

TEST_F(SignInsInRedis, WhatARequestNeedsIsKeptAndNothingOfThePerson) {
  (void)here_->Find(session_.id);
  const SignIn kept = there_->Find(session_.id).value();
  ASSERT_EQ(store_.asked, 1);
  EXPECT_EQ(kept.account.id, account_.id);
  EXPECT_EQ(kept.account.role, account_.role);
  EXPECT_EQ(kept.account.resource, account_.resource);
  EXPECT_EQ(kept.session.expires_at, session_.expires_at);
  for (const redis::Reply& key : server_->Run({"KEYS", "clinic:sign-in:*"}).items) {
    const std::string text = server_->Run({"GET", key.text}).text;
    for (const char* secret : {"hash", "Ada", "ada@example.com"}) {
      EXPECT_EQ(text.find(secret), std::string::npos) << text;
    }
  }
}

TEST_F(SignInsInRedis, WhoSignsOutIsOutEverywhere) {
  EXPECT_TRUE(IsIn(*here_) && IsIn(*there_));
  SignOut(*here_);
  EXPECT_FALSE(IsIn(*here_) || IsIn(*there_));
}

TEST_F(SignInsInRedis, AnAnswerThatTheStoreGaveBeforeIsNotKept) {
  store_.meanwhile = [this] { SignOut(*there_); };
  (void)here_->Find(session_.id);
  EXPECT_FALSE(IsIn(*here_) || IsIn(*there_));
}

TEST_F(SignInsInRedis, WhereRedisCannotBeToldTheAnswerWaitsUntilTheCopiesAreGone) {
  EXPECT_TRUE(IsIn(*here_));
  server_->Signal(SIGSTOP);
  const auto begun = std::chrono::steady_clock::now();
  SignOut(*here_);
  EXPECT_GE(std::chrono::steady_clock::now() - begun, redis::Copies::kGone);
  EXPECT_FALSE(IsIn(*here_));
  server_->Signal(SIGCONT);
  EXPECT_FALSE(IsIn(*there_));
}

TEST_F(SignInsInRedis, OnlySoManyWaitForACopyToBeGone_TheOthersAreToldAtOnce) {
  server_->Kill();
  constexpr int kMore = 4;
  std::atomic<int> refused{0};
  std::vector<std::thread> all;
  for (int i = 0; i < KeptSignIns::kMostWaiting + kMore; ++i) {
    all.emplace_back([&] { refused += here_->Ended({&session_.id, 1}).ok() ? 0 : 1; });
  }
  for (std::thread& one : all) one.join();
  EXPECT_EQ(refused, kMore);
  server_->Start();
}

TEST_F(SignInsInRedis, ARedisThatComesBackInTimeIsTold) {
  EXPECT_TRUE(IsIn(*here_));
  server_->Kill();
  std::thread leaver([this] {
    const auto begun = std::chrono::steady_clock::now();
    SignOut(*here_);
    EXPECT_LT(std::chrono::steady_clock::now() - begun, redis::Copies::kGone);
  });
  std::this_thread::sleep_for(300ms);
  server_->Start();
  leaver.join();
  EXPECT_FALSE(IsIn(*here_) || IsIn(*there_));
}

TEST_F(SignInsInRedis, WithoutRedisTheStoreAnswers) {
  server_->Kill();
  EXPECT_TRUE(IsIn(*here_) && IsIn(*there_));
  EXPECT_EQ(here_->Find(SessionId()).error().code, ErrorCode::kNotFound);
}

TEST_F(SignInsInRedis, WhatCannotBeReadIsNotBelieved) {
  (void)here_->Find(session_.id);
  for (const char* text : {"=", "=x", "=550e8400-e29b-41d4-a716-446655440000 king - 1 2 3",
                           "=550e8400-e29b-41d4-a716-446655440000 admin x 1 2 3",
                           "=550e8400-e29b-41d4-a716-446655440000 admin - 1 2"}) {
    for (const redis::Reply& key : server_->Run({"KEYS", "clinic:sign-in:*"}).items) {
      server_->Run({"SET", key.text, text, "KEEPTTL"});
    }
    EXPECT_EQ(here_->Find(session_.id)->account.role, Role::kDoctor);
  }
  EXPECT_EQ(store_.asked, 6);
}

}  // namespace
}  // namespace clinic::server
