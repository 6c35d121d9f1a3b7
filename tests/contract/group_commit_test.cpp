// The line of writers, over a disk that is told when to fail and when to take its time.
#include "adapters/group_commit.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <stdexcept>
#include <thread>
#include <utility>

namespace clinic {
namespace {

using std::chrono::milliseconds;

// Works of these tests write to the disk below, and to nothing else.
class NoUnit final : public UnitOfWork {
 public:
  BookingStore& bookings() override { return None<BookingStore>(); }
  ResourceStore& resources() override { return None<ResourceStore>(); }
  WaitlistStore& waitlist() override { return None<WaitlistStore>(); }
  DirectoryStore& directory() override { return None<DirectoryStore>(); }
  AuditStore& audit() override { return None<AuditStore>(); }
  OutboxStore& outbox() override { return None<OutboxStore>(); }
  IdempotencyStore& idempotency() override { return None<IdempotencyStore>(); }
  Result<void> Attempt(const std::function<Result<void>()>& part) override { return part(); }

 private:
  template <typename Port>
  static Port& None() {
    throw std::logic_error("there is no such port here");
  }
};

// Numbers on a disk. Used by one leader after another, which the thread sanitizer sees.
class Disk final : public SharedTransaction {
 public:
  Result<void> Begin() override {
    log += 'b';
    if (const auto act = std::exchange(before_refusing, nullptr)) act();
    if (!begins) return Error{ErrorCode::kUnavailable, "busy"};
    under_way_ = true;
    return {};
  }
  bool IsUnderWay() const override { return under_way_; }
  Result<void> Run(const Store::Work& work) override {
    NoUnit unit;
    before_ = written_.size();
    return work(unit);
  }
  bool HasWritten() const override { return written_.size() != before_; }
  Result<void> Mark() override {
    log += 'm';
    mark_ = written_.size();
    return {};
  }
  Result<void> UndoToMark() override {
    log += 'u';
    if (!undoes) return Error{ErrorCode::kUnavailable, "the mark is gone"};
    written_.resize(mark_);
    return {};
  }
  Result<void> Unmark() override { return {}; }
  Result<void> Commit() override {
    log += 'c';
    std::this_thread::sleep_for(commit_takes);
    under_way_ = false;
    if (commits) durable.insert(durable.end(), written_.begin(), written_.end());
    written_.clear();
    return commits ? Result<void>() : Error{ErrorCode::kUnavailable, "the disk is gone"};
  }
  void RollBack() override { GiveUp(); }

  void Write(int number) { written_.push_back(number); }
  void GiveUp() {
    written_.clear();
    under_way_ = false;
  }
  bool IsDurable(int number) const {
    return std::find(durable.begin(), durable.end(), number) != durable.end();
  }

  bool begins = true;
  std::function<void()> before_refusing;
  bool commits = true;
  bool undoes = true;
  milliseconds commit_takes{0};
  std::string log;
  std::vector<int> durable;

 private:
  bool under_way_ = false;
  std::vector<int> written_;
  std::size_t mark_ = 0;
  std::size_t before_ = 0;
};

class GroupCommitLine : public testing::Test {
 protected:
  Store::Work Writing(int number) {
    return [this, number](UnitOfWork&) -> Result<void> {
      disk_.Write(number);
      return {};
    };
  }
  Store::Work Refused(int number) {
    return [this, number](UnitOfWork&) -> Result<void> {
      disk_.Write(number);
      return Error{ErrorCode::kConflict, "the time is taken"};
    };
  }
  Store::Work Throwing(int number) {
    return [this, number](UnitOfWork&) -> Result<void> {
      disk_.Write(number);
      throw std::runtime_error("the caller's own");
    };
  }

  std::string Outcome(const Store::Work& work) {
    try {
      const Result<void> result = line_->Write(work);
      return result.ok() ? "ok" : std::string(ToString(result.error().code));
    } catch (const std::runtime_error& error) {
      return error.what();
    }
  }

  /// What comes of works of which the first leads, and the others come while it is under way, in
  /// their order: again until they really all shared one group.
  std::vector<std::string> Together(const std::vector<Store::Work>& works) {
    std::vector<std::string> outcomes(works.size());
    for (int attempt = 0; attempt < 100; ++attempt) {
      disk_.log.clear();
      disk_.durable.clear();
      std::atomic<std::size_t> come = 0;
      std::vector<std::jthread> others;
      outcomes[0] = Outcome([&](UnitOfWork& unit) {
        for (std::size_t i = others.size() + 1; i < works.size(); ++i) {
          others.emplace_back([&, i] {
            ++come;
            outcomes[i] = Outcome(works[i]);
          });
          while (come < i) std::this_thread::yield();
          std::this_thread::sleep_for(milliseconds{1 + attempt});
        }
        return works[0](unit);
      });
      others.clear();
      const std::size_t groups = std::size_t(std::count(disk_.log.begin(), disk_.log.end(), 'b'));
      if (groups == expected_transactions_) return outcomes;
    }
    ADD_FAILURE() << "they never shared a group";
    return outcomes;
  }

  void UseLimits(const GroupCommit::Limits& limits) {
    line_ = std::make_unique<GroupCommit>(
        limits, [this](GroupCommit::Group& group) { RunTogether(group, disk_); });
  }

  void SetUp() override { UseLimits({.longest = std::chrono::seconds{60}}); }

  Disk disk_;
  std::size_t expected_transactions_ = 1;
  std::unique_ptr<GroupCommit> line_;
};

using Outcomes = std::vector<std::string>;

TEST_F(GroupCommitLine, ARefusedWorkIsUndoneAlone) {
  expected_transactions_ = 2;
  EXPECT_EQ(Together({Writing(1), Refused(2), Writing(3)}), (Outcomes{"ok", "conflict", "ok"}));
  EXPECT_EQ(disk_.durable, (std::vector{1, 3}));
  EXPECT_EQ(disk_.log, "bbmc");
}

TEST_F(GroupCommitLine, SeveralThatAreRefusedMakeTheOthersRunAgainOnce) {
  expected_transactions_ = 2;
  EXPECT_EQ(Together({Writing(1), Refused(2), Refused(3), Writing(4), Throwing(5), Writing(6)}),
            (Outcomes{"ok", "conflict", "conflict", "ok", "the caller's own", "ok"}));
  EXPECT_EQ(disk_.durable, (std::vector{1, 4, 6}));
  EXPECT_EQ(disk_.log, "bbmummumc");
}

TEST_F(GroupCommitLine, AWorkThatIsRefusedBeforeItWroteAnythingHasNothingToUndo) {
  const Store::Work finds_nothing = [](UnitOfWork&) -> Result<void> {
    return Error{ErrorCode::kNotFound, "there is no such thing"};
  };
  EXPECT_EQ(Together({Writing(1), finds_nothing, Writing(3)}), (Outcomes{"ok", "not_found", "ok"}));
  EXPECT_EQ(disk_.durable, (std::vector{1, 3}));
  EXPECT_EQ(disk_.log, "bc");
}

TEST_F(GroupCommitLine, AWorkThatThrowsThrowsToItsCallerAlone) {
  expected_transactions_ = 2;
  EXPECT_EQ(Together({Writing(1), Throwing(2), Writing(3)}),
            (Outcomes{"ok", "the caller's own", "ok"}));
  EXPECT_EQ(disk_.durable, (std::vector{1, 3}));
}

TEST_F(GroupCommitLine, ALeaderWhoIsRefusedLeadsOn) {
  expected_transactions_ = 2;
  EXPECT_EQ(Together({Refused(1), Writing(2), Writing(3)}), (Outcomes{"conflict", "ok", "ok"}));
  EXPECT_EQ(disk_.durable, (std::vector{2, 3}));
  EXPECT_EQ(disk_.log, "bbc");
  EXPECT_EQ(Together({Throwing(1), Writing(2), Writing(3)}),
            (Outcomes{"the caller's own", "ok", "ok"}));
  EXPECT_EQ(disk_.durable, (std::vector{2, 3}));
}

TEST_F(GroupCommitLine, ACommitThatFailsFailsForAllButTheRefused) {
  disk_.commits = false;
  expected_transactions_ = 2;
  EXPECT_EQ(Together({Writing(1), Refused(2), Writing(3), Throwing(4)}),
            (Outcomes{"unavailable", "conflict", "unavailable", "the caller's own"}));
  EXPECT_TRUE(disk_.durable.empty());
}

TEST_F(GroupCommitLine, WhatIsLostWithATransactionIsNeverCalledWritten) {
  const Store::Work breaks = [this](UnitOfWork&) -> Result<void> {
    disk_.GiveUp();
    return Error{ErrorCode::kUnavailable, "the disk is full"};
  };
  expected_transactions_ = 2;
  EXPECT_EQ(Together({Writing(1), Writing(2), breaks, Writing(4)}),
            (Outcomes{"unavailable", "unavailable", "unavailable", "ok"}));
  EXPECT_EQ(disk_.durable, (std::vector{4}));
}

TEST_F(GroupCommitLine, AWorkThatDoesNotNoticeThatItsTransactionIsGoneFailsToo) {
  const Store::Work breaks = [this](UnitOfWork&) -> Result<void> {
    disk_.GiveUp();
    return {};
  };
  EXPECT_EQ(Outcome(breaks), "unavailable");
  expected_transactions_ = 2;
  EXPECT_EQ(Together({Writing(1), breaks, Writing(3)}),
            (Outcomes{"unavailable", "unavailable", "ok"}));
  EXPECT_EQ(disk_.durable, (std::vector{3}));
}

TEST_F(GroupCommitLine, AMarkThatCannotBeGoneBackToEndsTheTransaction) {
  disk_.undoes = false;
  expected_transactions_ = 3;
  EXPECT_EQ(Together({Writing(1), Refused(2), Refused(3), Writing(4)}),
            (Outcomes{"unavailable", "conflict", "conflict", "ok"}));
  EXPECT_EQ(disk_.durable, (std::vector{4}));
}

TEST_F(GroupCommitLine, WithoutATransactionEverybodyWhoWaitsIsRefusedAtOnce) {
  constexpr std::size_t kOthers = 4;
  disk_.begins = false;
  std::atomic<int> unavailable = 0;
  for (int attempt = 0; attempt < 100 && disk_.log != "b"; ++attempt) {
    disk_.log.clear();
    unavailable = 0;
    std::vector<std::jthread> others;
    disk_.before_refusing = [&] {
      std::atomic<std::size_t> come = 0;
      while (others.size() < kOthers) {
        others.emplace_back([&] {
          ++come;
          if (Outcome(Writing(0)) == "unavailable") ++unavailable;
        });
      }
      while (come < kOthers) std::this_thread::yield();
      std::this_thread::sleep_for(milliseconds{1 + attempt});
    };
    EXPECT_EQ(Outcome(Writing(1)), "unavailable");
    others.clear();
    EXPECT_EQ(unavailable, kOthers);
  }
  EXPECT_EQ(disk_.log, "b");
  disk_.begins = true;
  EXPECT_EQ(Outcome(Writing(2)), "ok");
  EXPECT_EQ(disk_.durable, (std::vector{2}));
}

TEST_F(GroupCommitLine, ALonelyWriterNeedsNoMark) {
  EXPECT_EQ(Outcome(Writing(1)), "ok");
  EXPECT_EQ(Outcome(Refused(2)), "conflict");
  EXPECT_EQ(Outcome(Writing(3)), "ok");
  EXPECT_EQ(disk_.log, "bcbbc");
  EXPECT_EQ(disk_.durable, (std::vector{1, 3}));
}

TEST_F(GroupCommitLine, WorksRunInTheOrderInWhichTheyCame) {
  std::vector<Store::Work> works;
  for (int i = 0; i < 8; ++i) works.push_back(Writing(i));
  std::vector<int> in_order(works.size());
  std::iota(in_order.begin(), in_order.end(), 0);
  // A thread may come late on a busy machine; always it does not.
  for (int attempt = 0; attempt < 20 && disk_.durable != in_order; ++attempt) Together(works);
  EXPECT_EQ(disk_.durable, in_order);
}

TEST_F(GroupCommitLine, AFullGroupHandsTheRestOn) {
  UseLimits({.most = 2, .longest = std::chrono::seconds{60}});
  expected_transactions_ = 4;
  EXPECT_EQ(Together({Writing(1), Writing(2), Refused(3), Writing(4), Writing(5)}),
            (Outcomes{"ok", "ok", "conflict", "ok", "ok"}));
  EXPECT_EQ(disk_.durable.size(), 4U);
}

TEST_F(GroupCommitLine, ATimeThatIsOverEndsAGroup) {
  UseLimits({.longest = std::chrono::microseconds{0}});
  expected_transactions_ = 3;
  EXPECT_EQ(Together({Writing(1), Writing(2), Writing(3)}), (Outcomes{"ok", "ok", "ok"}));
  EXPECT_EQ(disk_.log, "bcbcbc");
}

TEST_F(GroupCommitLine, WhoIsAnsweredIsDurableAndFewCommitsDoForMany) {
  constexpr int kThreads = 32;
  constexpr int kWrites = 40;
  UseLimits({});
  disk_.commit_takes = milliseconds{1};
  std::atomic<int> wrong = 0;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] {
        for (int i = 0; i < kWrites; ++i) {
          const int number = thread * kWrites + i;
          const bool refused = i % 10 == 9;
          const std::string expected = !refused          ? "ok"
                                       : thread % 2 == 0 ? "conflict"
                                                         : "the caller's own";
          const std::string outcome = Outcome(!refused          ? Writing(number)
                                              : thread % 2 == 0 ? Refused(number)
                                                                : Throwing(number));
          if (outcome != expected) ++wrong;
        }
      });
    }
  }
  EXPECT_EQ(wrong, 0);
  std::vector<int> durable = disk_.durable;
  std::sort(durable.begin(), durable.end());
  EXPECT_EQ(std::unique(durable.begin(), durable.end()), durable.end());
  EXPECT_EQ(durable.size(), std::size_t{kThreads * kWrites * 9 / 10});
  for (const int number : durable) EXPECT_NE(number % kWrites % 10, 9);
  EXPECT_LT(std::count(disk_.log.begin(), disk_.log.end(), 'c'), kThreads * kWrites / 2);
}

TEST_F(GroupCommitLine, ThoseWhoComeStraightBackAreWaitedFor) {
  constexpr int kThreads = 8;
  constexpr int kWrites = 20;
  disk_.commit_takes = milliseconds{20};
  // Of those who come while one commits, and that one, only half would share the next commit.
  std::ptrdiff_t commits = 2 * kWrites;
  for (int attempt = 0; attempt < 10 && commits > kWrites * 3 / 2; ++attempt) {
    disk_.log.clear();
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&] {
        for (int i = 0; i < kWrites; ++i) EXPECT_EQ(Outcome(Writing(0)), "ok");
      });
    }
    threads.clear();
    commits = std::count(disk_.log.begin(), disk_.log.end(), 'c');
  }
  EXPECT_LE(commits, kWrites * 3 / 2);
}

TEST_F(GroupCommitLine, SeveralLanesRunSeveralGroups) {
  std::atomic<int> at_once = 0;
  std::atomic<int> most = 0;
  GroupCommit line({.lanes = 2}, [&](GroupCommit::Group& group) {
    Disk disk;
    RunTogether(group, disk);
  });
  const Store::Work meets = [&](UnitOfWork&) -> Result<void> {
    most = std::max(most.load(), ++at_once);
    for (int i = 0; i < 5'000 && most < 2; ++i) std::this_thread::sleep_for(milliseconds{1});
    --at_once;
    return {};
  };
  std::jthread other([&] { EXPECT_TRUE(line.Write(meets).ok()); });
  EXPECT_TRUE(line.Write(meets).ok());
  other.join();
  EXPECT_EQ(most, 2);
}

}  // namespace
}  // namespace clinic
