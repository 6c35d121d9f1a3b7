#include "server/services/leased_sign_ins.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <thread>
#include <vector>

namespace clinic::server {
namespace {

using namespace std::chrono_literals;
using Clock = LeasedSignIns::Clock;

/// What all nodes ask: sessions as they are, or an error.
struct Truth {
  std::mutex mutex;
  absl::flat_hash_map<SessionId, SignIn> sessions;
  std::atomic<bool> is_away = false;
  std::atomic<int> asked = 0;
  std::function<void()> meanwhile{};  ///< called once, between reading a session and telling of it
};

class TruthfulSignIns final : public SignIns {
 public:
  explicit TruthfulSignIns(Truth& truth) : truth_(truth) {}

  Result<SignIn> Find(SessionId id) override {
    ++truth_.asked;
    if (truth_.is_away) return Error{ErrorCode::kUnavailable, "away"};
    std::optional<SignIn> found;
    std::function<void()> meanwhile;
    {
      const std::lock_guard lock(truth_.mutex);
      const auto session = truth_.sessions.find(id);
      if (session != truth_.sessions.end()) found = session->second;
      meanwhile = std::exchange(truth_.meanwhile, nullptr);
    }
    if (meanwhile) meanwhile();
    if (!found) return Error{ErrorCode::kNotFound, "no session"};
    return *found;
  }
  Result<void> Ended(std::span<const SessionId>) override {
    if (truth_.is_away) return Error{ErrorCode::kUnavailable, "away"};
    return {};
  }

 private:
  Truth& truth_;
};

class LeasedSignInsTest : public ::testing::Test {
 protected:
  LeasedSignIns MakeNode(const LeasedSignIns::Limits& limits = {}) {
    return LeasedSignIns(std::make_unique<TruthfulSignIns>(truth_), limits);
  }

  SessionId SignInAs(std::uint64_t number) {
    const SessionId id(Uuid(0, number));
    SignIn sign_in{.session = {.id = id, .expires_at = Instant{1h}},
                   .account = {.full_name = "Ada Nowak", .role = Role::kDoctor}};
    sign_in.session.account = sign_in.account.id = AccountId(Uuid(1, number));
    sign_in.account.resource = ResourceId(Uuid(2, number));
    const std::lock_guard lock(truth_.mutex);
    truth_.sessions[id] = sign_in;
    return id;
  }

  void EndInTheStore(SessionId id) {
    const std::lock_guard lock(truth_.mutex);
    truth_.sessions[id].session.ended_at = Instant{2h};
  }

  static bool IsIn(LeasedSignIns& node, SessionId id) {
    const Result<SignIn> found = node.Find(id);
    return found.ok() && !found->session.ended_at;
  }

  // However slow the machine, nothing expires meanwhile.
  static constexpr LeasedSignIns::Limits kForLong{.lease = 1h, .most = 3};

  Truth truth_;
};

TEST_F(LeasedSignInsTest, ErrorsAreAskedForAnew) {
  LeasedSignIns node = MakeNode(kForLong);
  const SessionId nobody(Uuid(0, 9));
  EXPECT_EQ(node.Find(nobody).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(node.Find(nobody).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(truth_.asked, 2);
  truth_.is_away = true;
  EXPECT_EQ(node.Find(nobody).error().code, ErrorCode::kUnavailable);
  truth_.is_away = false;
  EXPECT_EQ(node.Find(nobody).error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(node.FindKept(nobody));
}

TEST_F(LeasedSignInsTest, SessionsThatAreOverAreAskedForAnew) {
  LeasedSignIns node = MakeNode(kForLong);
  const SessionId ended = SignInAs(1);
  EndInTheStore(ended);
  const SessionId disabled = SignInAs(2);
  truth_.sessions[disabled].account.disabled = true;
  for (const SessionId id : {ended, disabled}) {
    truth_.asked = 0;
    EXPECT_TRUE(node.Find(id).ok());
    EXPECT_TRUE(node.Find(id).ok());
    EXPECT_EQ(truth_.asked, 2);
    EXPECT_FALSE(node.FindKept(id));
  }
}

TEST_F(LeasedSignInsTest, WhatARequestNeedsIsRemembered) {
  LeasedSignIns node = MakeNode(kForLong);
  const SessionId id = SignInAs(1);
  ASSERT_TRUE(node.Find(id).ok());
  const std::optional<SignIn> kept = node.FindKept(id);
  ASSERT_TRUE(kept);
  const SignIn& truth = truth_.sessions[id];
  EXPECT_EQ(kept->session.id, id);
  EXPECT_EQ(kept->session.account, truth.account.id);
  EXPECT_EQ(kept->session.expires_at, truth.session.expires_at);
  EXPECT_EQ(kept->account.id, truth.account.id);
  EXPECT_EQ(kept->account.role, truth.account.role);
  EXPECT_EQ(kept->account.resource, truth.account.resource);
}

TEST_F(LeasedSignInsTest, ASessionIsLookedUpOnceInAWhileHoweverOftenItAsks) {
  LeasedSignIns node = MakeNode();
  const SessionId id = SignInAs(1);
  const Clock::time_point begun = Clock::now();
  int found = 0;
  while (Clock::now() < begun + 400ms) found += node.Find(id).ok();
  EXPECT_GT(found, 100);
  const auto halves = (Clock::now() - begun) / (LeasedSignIns::Limits().lease / 2);
  EXPECT_LE(truth_.asked, halves + 1);
  EXPECT_GT(truth_.asked, 1) << "what was looked up is good for a moment only";
}

TEST_F(LeasedSignInsTest, WhileOneAsksAnewTheOthersGoOn) {
  LeasedSignIns node = MakeNode({.lease = 2s});
  const SessionId id = SignInAs(1);
  ASSERT_TRUE(node.Find(id).ok());
  std::this_thread::sleep_for(1s);
  std::optional<int> asked_by_others;
  truth_.meanwhile = [&] {
    const int asked = truth_.asked;
    if (node.Find(id).ok()) asked_by_others = truth_.asked - asked;
  };
  EXPECT_TRUE(node.Find(id).ok());
  EXPECT_EQ(asked_by_others, 0) << "nothing where nobody asked anew, or the others were refused";
}

TEST_F(LeasedSignInsTest, NoNodeLetsAnybodyInOnceItIsToldThatTheirSessionHasEnded) {
  LeasedSignIns here = MakeNode();
  LeasedSignIns there = MakeNode();
  for (std::uint64_t round = 1; round <= 10; ++round) {
    const SessionId id = SignInAs(round);
    std::atomic<bool> told = false;
    std::atomic<bool> stop = false;
    std::atomic<int> let_in_before = 0;
    std::atomic<int> let_in_after = 0;
    std::vector<std::thread> askers;
    for (LeasedSignIns* node : {&here, &there, &there}) {
      askers.emplace_back([&, node] {
        while (!stop) {
          const bool was_told = told;
          if (IsIn(*node, id)) ++(was_told ? let_in_after : let_in_before);
        }
      });
    }
    while (let_in_before < 100) std::this_thread::yield();
    EndInTheStore(id);
    EXPECT_TRUE(here.Ended({&id, 1}).ok());
    told = true;
    std::this_thread::sleep_for(5ms);
    stop = true;
    for (std::thread& asker : askers) asker.join();
    EXPECT_EQ(let_in_after, 0);
  }
}

TEST_F(LeasedSignInsTest, AnAnswerThatCameLateIsNotKeptFromWhenItCame) {
  LeasedSignIns here = MakeNode();
  LeasedSignIns there = MakeNode();
  const SessionId id = SignInAs(1);
  // Read before the session ended, told after everybody was told of that.
  truth_.meanwhile = [&] {
    EndInTheStore(id);
    EXPECT_TRUE(here.Ended({&id, 1}).ok());
  };
  EXPECT_TRUE(IsIn(there, id)) << "it was asked for before the end";
  EXPECT_FALSE(there.FindKept(id));
  EXPECT_FALSE(IsIn(there, id));
}

TEST_F(LeasedSignInsTest, WhereOthersCannotBeToldThatIsSaidAfterAsLong) {
  LeasedSignIns node = MakeNode();
  const SessionId id = SignInAs(1);
  ASSERT_TRUE(node.Find(id).ok());
  truth_.is_away = true;
  const Clock::time_point begun = Clock::now();
  const Result<void> told = node.Ended({&id, 1});
  EXPECT_EQ(told.error().code, ErrorCode::kUnavailable);
  EXPECT_GE(Clock::now() - begun, LeasedSignIns::Limits().lease);
  EXPECT_FALSE(node.FindKept(id));
}

TEST_F(LeasedSignInsTest, NoMoreAreKeptThanThereIsRoomFor) {
  LeasedSignIns node = MakeNode(kForLong);
  std::vector<SessionId> ids;
  for (std::uint64_t number = 1; number <= 20; ++number) ids.push_back(SignInAs(number));
  for (const SessionId id : ids) EXPECT_TRUE(node.Find(id).ok());
  int kept = 0;
  for (const SessionId id : ids) kept += node.FindKept(id).has_value();
  EXPECT_LE(kept, 3);
  EXPECT_TRUE(node.FindKept(ids.back()));
}

}  // namespace
}  // namespace clinic::server
