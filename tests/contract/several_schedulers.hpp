// Several schedulers over one store, as several servers over one database.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "tests/contract/failing_store.hpp"
#include "tests/contract/stores.hpp"
#include "tests/contract/temporary_folder.hpp"
#include "tests/engine/scheduler_fixture.hpp"

namespace clinic {

/// The error's word, or "ok".
template <typename T>
std::string WordOf(const Result<T>& result) {
  return result.ok() ? "ok" : std::string(ToString(result.error().code));
}

/// Everything that callers see of a scheduler on that Friday and the days after, as lines.
inline std::vector<std::string> PictureOf(Scheduler& scheduler,
                                          const std::vector<ResourceId>& resources) {
  const Interval range{At(0), At(24 * 4)};
  const auto text = [](const Interval& i) {
    return std::to_string((i.start - At(0)).count()) + "+" + std::to_string(i.length().count());
  };
  std::vector<std::string> lines;
  for (const ResourceId id : resources) {
    const auto known = scheduler.FindResource(id);
    const std::string name = ToString(id).substr(30);
    lines.push_back(name + ": " + (known.ok() ? known->name : "unknown"));
    if (!known.ok()) continue;
    for (const Booking& booking : scheduler.BookingsOf(id, range).value()) {
      lines.push_back(name + " has " + ToString(booking.id) + " v" +
                      std::to_string(booking.version) + " " + booking.status + " " +
                      text(booking.interval));
    }
    for (const Interval& window : scheduler.WindowsOf(id, range).value()) {
      lines.push_back(name + " works " + text(window));
    }
    const auto slots = scheduler.FindSlots(
        {.any_of = {id}, .range = range, .duration = std::chrono::minutes{30}, .limit = 1'000});
    for (const Slot& slot : slots.value()) lines.push_back(name + " offers " + text(slot.interval));
  }
  for (const WaitlistEntry& entry : scheduler.Waitlist({.limit = 10'000})) {
    lines.push_back("waits " + ToString(entry.id) + " v" + std::to_string(entry.version) +
                    (entry.offer ? " offered " + ToString(*entry.offer) : "") + " declined " +
                    std::to_string(entry.declined.size()));
  }
  return lines;
}

/// Three schedulers over one store, with the people of `Populate`, who are known to all three.
class SeveralSchedulers : public testing::TestWithParam<StoreUnderTest> {
 protected:
  void SetUp() override {
    for (auto& ids : ids_) nodes_.push_back(Scheduler::Open(failing_, clock_, ids).value());
    Populate(*nodes_[0]);
    CatchUp();
  }

  Scheduler& node(std::size_t number) { return *nodes_[number]; }

  void CatchUp() {
    for (auto& node : nodes_) EXPECT_EQ(WordOf(node->CatchUp()), "ok");
  }

  /// A scheduler that has just loaded the store, and so is right.
  std::unique_ptr<Scheduler> Fresh() {
    return Scheduler::Open(failing_, clock_, fresh_ids_).value();
  }

  static BookRequest VisitOf(ResourceId patient, const Interval& visit) {
    return {.resources = {kDoctor, patient}, .interval = visit};
  }

  SimulatedClock clock_{At(8)};
  UuidV7Generator ids_[3] = {{clock_, 1}, {clock_, 2}, {clock_, 3}};
  UuidV7Generator fresh_ids_{clock_, 4};
  TemporaryFolder folder_;
  std::unique_ptr<Store> store_{GetParam().open(folder_.path()).value()};
  FailingStore failing_{*store_};
  std::vector<std::unique_ptr<Scheduler>> nodes_;
};

#define CLINIC_SEVERAL_OVER_EVERY_STORE(Suite)                           \
  INSTANTIATE_TEST_SUITE_P(AllStores, Suite, testing::ValuesIn(kStores), \
                           [](const auto& one) { return std::string(one.param.name); })

}  // namespace clinic
