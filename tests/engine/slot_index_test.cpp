#include "engine/slot_index.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace clinic::internal {
namespace {

constexpr auto kAny = [](std::uint32_t) { return true; };

TEST(SlotIndex, FindsNothingWhereNothingIs) {
  const SlotIndex index;
  EXPECT_FALSE(index.Find(7, kAny));
}

TEST(SlotIndex, TellsKeysWithTheSameHashApartByTheirSlots) {
  SlotIndex index;
  for (std::uint32_t slot = 0; slot < 100; ++slot) index.Insert(7, slot);
  for (std::uint32_t slot = 0; slot < 100; ++slot) {
    EXPECT_EQ(index.Find(7, [&](std::uint32_t found) { return found == slot; }), slot);
  }
  EXPECT_FALSE(index.Find(7, [](std::uint32_t) { return false; }));
}

// Few different hashes, so that probes run into each other, over the end of the table too.
TEST(SlotIndex, AgreesWithAMapThroughInsertionsAndErasures) {
  for (const std::uint64_t spread : {3U, 40U, 100'000U}) {
    std::mt19937_64 random(spread);
    SlotIndex index;
    std::map<std::uint32_t, std::uint64_t> reference;  // slot to hash
    for (int step = 0; step < 20'000; ++step) {
      const auto slot = static_cast<std::uint32_t>(random() % 500);
      const auto place = reference.find(slot);
      if (place == reference.end()) {
        const std::uint64_t hash = (random() % spread - 1) << 32 | random() % 8;
        index.Insert(hash, slot);
        reference.emplace(slot, hash);
      } else {
        index.Erase(place->second, slot);
        reference.erase(place);
      }
      if (step % 16 != 0) continue;
      for (const auto& [held, hash] : reference) {
        ASSERT_EQ(index.Find(hash, [&](std::uint32_t s) { return s == held; }), held);
      }
      const std::uint64_t absent = (spread + 5) << 32;
      ASSERT_FALSE(index.Find(absent, kAny));
    }
  }
}

}  // namespace
}  // namespace clinic::internal
