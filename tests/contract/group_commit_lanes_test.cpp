// When a group of writers begins beside another one.
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <thread>

#include "adapters/group_commit.hpp"

namespace clinic {
namespace {

using std::chrono::milliseconds;

// Groups that end when they are told to.
class HeldGroups : public testing::Test {
 protected:
  void Run(GroupCommit::Group& group) {
    const int number = ++begun_;
    if (number == 1) in_first_(group);
    while (GroupCommit::Entry* entry = group.Next()) entry->outcome = Result<void>();
  }

  void TwoWrite(const GroupCommit::Limits& limits) {
    GroupCommit line(limits, [this](GroupCommit::Group& group) { Run(group); });
    const Store::Work work = [](UnitOfWork&) { return Result<void>(); };
    std::jthread other([&] {
      while (begun_ == 0) std::this_thread::yield();
      while (!may_write_) std::this_thread::yield();
      EXPECT_TRUE(line.Write(work).ok());
    });
    EXPECT_TRUE(line.Write(work).ok());
  }

  bool AnotherBegins(milliseconds within) {
    for (milliseconds waited{0}; waited < within && begun_ < 2; ++waited) {
      std::this_thread::sleep_for(milliseconds{1});
    }
    return begun_ == 2;
  }

  std::function<void(GroupCommit::Group&)> in_first_;
  std::atomic<bool> may_write_ = true;
  std::atomic<int> begun_ = 0;
};

TEST_F(HeldGroups, AGroupIsAloneUntilItLetsTheNextOneBegin) {
  in_first_ = [&](GroupCommit::Group& group) {
    EXPECT_FALSE(AnotherBegins(milliseconds{20}));
    group.LetNextBegin();
    EXPECT_TRUE(AnotherBegins(milliseconds{5'000}));
  };
  TwoWrite({.lanes = 2, .alone = std::chrono::seconds{10}});
}

TEST_F(HeldGroups, AGroupThatTakesLongIsNotAloneForever) {
  may_write_ = false;
  in_first_ = [&](GroupCommit::Group&) {
    std::this_thread::sleep_for(milliseconds{2});
    may_write_ = true;
    EXPECT_TRUE(AnotherBegins(milliseconds{5'000}));
  };
  TwoWrite({.lanes = 2, .alone = milliseconds{1}});
}

}  // namespace
}  // namespace clinic
