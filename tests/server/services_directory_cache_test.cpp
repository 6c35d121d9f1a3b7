#include "server/services/directory_cache.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "adapters/memory/memory_store.hpp"
#include "clinic/id_generator.hpp"

namespace clinic::server {
namespace {

class DirectoryCacheTest : public ::testing::Test {
 protected:
  Resource Add(Scheduler& scheduler, ResourceKind kind, std::string name) {
    return scheduler.AddResource({.kind = kind, .name = std::move(name)}).value();
  }

  void Rename(Scheduler& scheduler, const Resource& resource, std::string name) {
    Resource changed = scheduler.FindResource(resource.id).value();
    changed.name = std::move(name);
    ASSERT_TRUE(scheduler.UpdateResource(changed).ok());
  }

  /// The names of all doctors, as the store says.
  Result<std::string> Names() {
    ++asked_;
    std::string names;
    const Result<void> read = store_.Read([&](UnitOfWork& work) -> Result<void> {
      names.clear();
      const auto doctors = work.resources().List({.kind = ResourceKind::kPractitioner});
      if (!doctors.ok()) return doctors.error();
      for (const Resource& doctor : *doctors) names += doctor.name + ";";
      return {};
    });
    if (!read.ok()) return read.error();
    return names;
  }

  std::string Ask(DirectoryCache& cache, const std::string& question = "names") {
    return cache.Get(question, [this] { return Names(); }).value();
  }

  MemoryStore store_;
  SimulatedClock clock_{Instant{std::chrono::hours{1}}};
  UuidV7Generator ids_{clock_, 1};
  std::unique_ptr<Scheduler> here_ = Scheduler::Open(store_, clock_, ids_).value();
  std::unique_ptr<Scheduler> there_ = Scheduler::Open(store_, clock_, ids_).value();
  DirectoryCache cache_{store_, *here_};
  std::atomic<int> asked_ = 0;
};

TEST_F(DirectoryCacheTest, TheStoreIsAskedOnceUntilADoctorChanges) {
  const Resource ada = Add(*here_, ResourceKind::kPractitioner, "Ada");
  EXPECT_EQ(Ask(cache_), "Ada;");
  EXPECT_EQ(Ask(cache_), "Ada;");
  EXPECT_EQ(asked_, 1);
  Rename(*here_, ada, "Ben");
  EXPECT_EQ(Ask(cache_), "Ben;");
  EXPECT_EQ(asked_, 2);
}

TEST_F(DirectoryCacheTest, WhatAnotherServerChangedIsToldAtOnce) {
  const Resource ada = Add(*there_, ResourceKind::kPractitioner, "Ada");
  EXPECT_EQ(Ask(cache_), "Ada;");
  Rename(*there_, ada, "Ben");
  EXPECT_EQ(Ask(cache_), "Ben;");
  Add(*there_, ResourceKind::kPractitioner, "Cleo");
  EXPECT_EQ(Ask(cache_), "Ben;Cleo;");
}

TEST_F(DirectoryCacheTest, PatientsAreNobodyOfTheDirectory) {
  Add(*here_, ResourceKind::kPractitioner, "Ada");
  EXPECT_EQ(Ask(cache_), "Ada;");
  for (int i = 0; i < 20; ++i) {
    Add(i % 2 == 0 ? *here_ : *there_, ResourceKind::kPatient, "Patient");
    EXPECT_EQ(Ask(cache_), "Ada;");
  }
  EXPECT_EQ(asked_, 1);
}

TEST_F(DirectoryCacheTest, AnAnswerFromBeforeAChangeIsNotKept) {
  const Resource ada = Add(*here_, ResourceKind::kPractitioner, "Ada");
  const Result<std::string> before = cache_.Get("names", [&]() -> Result<std::string> {
    Result<std::string> names = Names();
    Rename(*there_, ada, "Ben");
    return names;
  });
  EXPECT_EQ(before.value(), "Ada;");
  EXPECT_EQ(Ask(cache_), "Ben;");
}

TEST_F(DirectoryCacheTest, ARefusalIsNotKept) {
  EXPECT_FALSE(cache_
                   .Get("names",
                        []() -> Result<std::string> {
                          return Error{ErrorCode::kUnavailable, "away"};
                        })
                   .ok());
  EXPECT_EQ(Ask(cache_), "");
}

TEST_F(DirectoryCacheTest, MoreNewsThanAreReadDropAll) {
  const Resource ada = Add(*here_, ResourceKind::kPractitioner, "Ada");
  EXPECT_EQ(Ask(cache_), "Ada;");
  Rename(*here_, ada, "Ben");
  for (int i = 0; i < 1'500; ++i) Add(*here_, ResourceKind::kPatient, "Patient");
  EXPECT_EQ(Ask(cache_), "Ben;");
  EXPECT_EQ(Ask(cache_), "Ben;");
  EXPECT_EQ(asked_, 2);
}

TEST_F(DirectoryCacheTest, StaysWithinItsBounds) {
  DirectoryCache few(store_, *here_, {.answers = 10, .bytes = 1'000});
  for (int i = 0; i < 10; ++i) Ask(few, std::to_string(i));
  for (int i = 0; i < 10; ++i) Ask(few, std::to_string(i));
  EXPECT_EQ(asked_, 10);
  Ask(few, "one more");
  Ask(few, "0");
  EXPECT_EQ(asked_, 12) << "all were dropped for one more";
  const std::string large(1'001, 'x');
  Ask(few, large);
  Ask(few, large);
  EXPECT_EQ(asked_, 14) << "what is larger than everything may be is not kept";
}

TEST_F(DirectoryCacheTest, NoThreadIsToldWhatWasBeforeItsOwnChange) {
  std::vector<std::thread> threads;
  std::atomic<int> stale = 0;
  for (int number = 0; number < 4; ++number) {
    threads.emplace_back([&, number] {
      Scheduler& scheduler = number % 2 == 0 ? *here_ : *there_;
      const Resource mine = Add(scheduler, ResourceKind::kPractitioner, "new");
      for (int i = 0; i < 200; ++i) {
        const std::string name = std::to_string(number) + "-" + std::to_string(i);
        Rename(scheduler, mine, name);
        if (Ask(cache_).find(name + ";") == std::string::npos) ++stale;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(stale, 0);
}

}  // namespace
}  // namespace clinic::server
