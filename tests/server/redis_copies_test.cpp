// Copies in Redis, and that none outlives its recall.
#include "adapters/redis/copies.hpp"

#include "tests/server/redis_fixture.hpp"

namespace clinic::redis {
namespace {

using namespace std::chrono_literals;

class RedisCopies : public WithRedis {
 protected:
  void SetUp() override {
    WithRedis::SetUp();
    if (IsSkipped()) return;
    copies_ = std::make_unique<Copies>(*redis_, "test");
  }

  /// As a reader does: looks, and keeps what the database says where there is nothing.
  std::optional<std::string> Read(const std::string& name, const std::string& database) {
    Copies::Sight sight = copies_->Look(name);
    if (sight.vacancy) copies_->Keep(*std::move(sight.vacancy), database);
    return sight.copy;
  }

  bool Recall(const std::string& name) { return copies_->Recall({&name, 1}).ok(); }

  std::unique_ptr<Copies> copies_;
};

TEST_F(RedisCopies, ACopyIsSeenUntilItsTimeIsOver) {
  EXPECT_EQ(Read("a", "1"), std::nullopt);
  EXPECT_EQ(Read("a", "2"), "1");
  std::this_thread::sleep_for(Copies::kKept + 10ms);
  EXPECT_EQ(Read("a", "2"), std::nullopt);
}

TEST_F(RedisCopies, NoCopyIsSeenAfterItsRecall) {
  Read("a", "1");
  ASSERT_TRUE(Recall("a"));
  EXPECT_EQ(Read("a", "1"), std::nullopt);
  EXPECT_EQ(Read("a", "1"), std::nullopt) << "the mark is in its place";
}

TEST_F(RedisCopies, WhoLookedBeforeTheRecallKeepsNothing) {
  Copies::Sight before = copies_->Look("a");
  ASSERT_TRUE(before.vacancy);
  ASSERT_TRUE(Recall("a"));
  copies_->Keep(*std::move(before.vacancy), "1");
  EXPECT_EQ(copies_->Look("a").copy, std::nullopt);
}

TEST_F(RedisCopies, WhoLookedTooLongAgoKeepsNothing) {
  Copies::Sight sight = copies_->Look("a");
  std::this_thread::sleep_for(Copies::kLatest + 10ms);
  copies_->Keep(*std::move(sight.vacancy), "1");
  EXPECT_EQ(copies_->Look("a").copy, std::nullopt);
}

TEST_F(RedisCopies, WhoLookedInAnEarlierLifeKeepsNothing) {
  Copies::Sight sight = copies_->Look("a");
  server_->Kill();
  server_->Start();
  copies_->Keep(*std::move(sight.vacancy), "1");
  WaitUntilBack();
  EXPECT_EQ(copies_->Look("a").copy, std::nullopt);
}

TEST_F(RedisCopies, WhatASnapshotBringsBackIsNotLookedFor) {
  Read("a", "1");
  server_->Run({"SAVE"});
  ASSERT_TRUE(Recall("a"));
  server_->Kill();
  server_->Start();
  EXPECT_EQ(server_->Run({"DBSIZE"}).integer, 2) << "the copy, and the greeting";
  (void)Read("b", "1");  // notices that it was away
  WaitUntilBack();
  EXPECT_EQ(copies_->Look("a").copy, std::nullopt);
}

TEST_F(RedisCopies, ARecallThatCannotBeToldSaysSo) {
  Read("a", "1");
  server_->Kill();
  EXPECT_FALSE(Recall("a"));
}

TEST_F(RedisCopies, AServerThatHungPutsNoCopyThereWhenItGoesOn) {
  Copies::Sight sight = copies_->Look("a");
  server_->Signal(SIGSTOP);
  copies_->Keep(*std::move(sight.vacancy), "1");  // lies in the socket from now on
  EXPECT_FALSE(Recall("a"));
  std::this_thread::sleep_for(Copies::kLatest);
  server_->Signal(SIGCONT);
  WaitUntilBack();
  EXPECT_EQ(copies_->Look("a").copy, std::nullopt);
}

TEST_F(RedisCopies, ManyAreRecalledTogether) {
  std::vector<std::string> names;
  for (int i = 0; i < 2'500; ++i) names.push_back(std::to_string(i));
  for (const std::string& name : names) Read(name, "1");
  ASSERT_TRUE(copies_->Recall(names).ok());
  for (const std::string& name : names) ASSERT_EQ(copies_->Look(name).copy, std::nullopt);
}

}  // namespace
}  // namespace clinic::redis
