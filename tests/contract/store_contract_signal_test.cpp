// Waiting for what others commit.
#include <thread>

#include "tests/contract/store_contract.hpp"

namespace clinic {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLong{60'000};

class Signal : public StoreContract {
 protected:
  Result<void> Change() {
    return Write(
        [](UnitOfWork& work) { return work.outbox().Append({.type = "resource.changed"}); });
  }
};
CLINIC_ON_EVERY_STORE(Signal);

TEST_P(Signal, NothingNew_ComesToNothingInTime) {
  const auto signal = store().Watch().value();
  EXPECT_FALSE(signal->Wait(milliseconds{0}).value());
  EXPECT_FALSE(signal->Wait(milliseconds{30}).value());
}

TEST_P(Signal, EachFollowerIsToldOnceOfWhatWasCommitted) {
  const auto one = store().Watch().value();
  const auto two = store().Watch().value();
  ASSERT_TRUE(Change().ok());
  EXPECT_TRUE(one->Wait(kLong).value());
  EXPECT_FALSE(one->Wait(milliseconds{0}).value());
  EXPECT_TRUE(two->Wait(kLong).value());
  const auto late = store().Watch().value();
  EXPECT_FALSE(late->Wait(milliseconds{0}).value());
}

TEST_P(Signal, WhoWaitsIsToldWhenItIsCommitted) {
  const auto signal = store().Watch().value();
  std::thread writer([&] {
    std::this_thread::sleep_for(milliseconds{30});
    EXPECT_TRUE(Change().ok());
  });
  EXPECT_TRUE(signal->Wait(kLong).value());
  writer.join();
}

TEST_P(Signal, Wake_EndsTheWaitThatIsUnderWay_OrTheNext) {
  const auto signal = store().Watch().value();
  signal->Wake();
  EXPECT_FALSE(signal->Wait(kLong).value());
  std::thread waker([&] {
    std::this_thread::sleep_for(milliseconds{30});
    signal->Wake();
  });
  EXPECT_FALSE(signal->Wait(kLong).value());
  waker.join();
}

}  // namespace
}  // namespace clinic
