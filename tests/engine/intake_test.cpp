#include "engine/intake.hpp"

#include <gtest/gtest.h>

#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace clinic::internal {
namespace {

TEST(Intake, TakesUpEverythingInOrder) {
  for (const std::size_t threads : {0U, 1U, 2U, 3U}) {
    for (const int count : {0, 1, 1023, 1024, 1025, 50'000}) {
      std::vector<std::string> taken;
      std::thread::id taker;
      Intake<std::string> intake(threads, [&](std::span<const std::string> items) {
        taken.insert(taken.end(), items.begin(), items.end());
        taker = std::this_thread::get_id();
      });
      std::string item;
      for (int i = 0; i < count; ++i) {
        item = "a booking with a number of its own: " + std::to_string(i);
        intake.Put(item);
      }
      intake.Finish();
      ASSERT_EQ(taken.size(), static_cast<std::size_t>(count));
      for (int i = 0; i < count; ++i) {
        ASSERT_EQ(taken[static_cast<std::size_t>(i)],
                  "a booking with a number of its own: " + std::to_string(i));
      }
      if (count > 0) {
        EXPECT_EQ(taker == std::this_thread::get_id(), threads < 2);
      }
    }
  }
}

TEST(Intake, ThrowsInFinishWhatTakingUpThrew) {
  int batches = 0;
  Intake<int> intake(2, [&](std::span<const int>) {
    ++batches;
    throw std::runtime_error("no memory");
  });
  int item = 0;
  for (int i = 0; i < 50'000; ++i) intake.Put(item);
  EXPECT_THROW(intake.Finish(), std::runtime_error);
  EXPECT_EQ(batches, 1);
}

TEST(Intake, EndsWithoutFinishToo) {
  Intake<int> intake(2, [](std::span<const int>) {});
  int item = 0;
  for (int i = 0; i < 50'000; ++i) intake.Put(item);
}

}  // namespace
}  // namespace clinic::internal
