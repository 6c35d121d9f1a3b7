// What the contract's test cases have in common.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "clinic/store.hpp"
#include "tests/contract/samples.hpp"
#include "tests/contract/stores.hpp"
#include "tests/contract/temporary_folder.hpp"

namespace clinic {

/// "ok", or the word for the error.
template <typename T>
std::string Outcome(const Result<T>& result) {
  return result.ok() ? "ok" : std::string(ToString(result.error().code));
}

/// An empty store with the practitioners 1 and 2, a room for two, 3, and a group for three, 4.
class StoreContract : public testing::TestWithParam<StoreUnderTest> {
 protected:
  StoreContract() {
    Result<std::unique_ptr<Store>> opened = GetParam().open(folder_.path());
    EXPECT_TRUE(opened.ok()) << opened.error().message;
    store_ = std::move(opened).value();
    EXPECT_EQ(Outcome(Write([&](UnitOfWork& work) -> Result<void> {
                for (const Resource& resource : resources_) {
                  if (auto added = work.resources().Insert(resource); !added.ok()) return added;
                }
                return {};
              })),
              "ok");
  }

  Store& store() { return *store_; }

  Result<void> Write(const Store::Work& work) { return store_->Write(work); }

  Result<void> Insert(const Booking& booking) {
    return Write([&](UnitOfWork& work) { return work.bookings().Insert(booking); });
  }

  Result<void> Update(const Booking& booking) {
    return Write([&](UnitOfWork& work) { return work.bookings().Update(booking); });
  }

  /// What `read` gives on one state of the store.
  template <typename F>
  auto Get(F&& read) -> decltype(read(std::declval<UnitOfWork&>())) {
    using Answer = decltype(read(std::declval<UnitOfWork&>()));
    Answer answer = Error{ErrorCode::kUnavailable, "not read"};
    const Result<void> done = store_->Read([&](UnitOfWork& work) -> Result<void> {
      answer = read(work);
      return {};
    });
    EXPECT_EQ(Outcome(done), "ok");
    return answer;
  }

  Result<Booking> GetBooking(std::uint64_t number) {
    return Get([&](UnitOfWork& work) { return work.bookings().Get(IdNumber<BookingId>(number)); });
  }

  /// The ids of the bookings that the query finds, in its order.
  std::vector<BookingId> List(const BookingQuery& query) {
    const auto page = Get([&](UnitOfWork& work) { return work.bookings().List(query); });
    EXPECT_EQ(Outcome(page), "ok");
    std::vector<BookingId> ids;
    for (const Booking& booking : *page) ids.push_back(booking.id);
    return ids;
  }

  std::vector<BookingId> AllBookings() { return List({.limit = 1'000'000}); }

 private:
  TemporaryFolder folder_;
  std::unique_ptr<Store> store_;
  const std::vector<Resource> resources_ = {SampleResource(1), SampleResource(2),
                                            SampleResource(3, 2), SampleResource(4, 3)};
};

inline std::vector<BookingId> Bookings(std::initializer_list<std::uint64_t> numbers) {
  std::vector<BookingId> ids;
  for (const std::uint64_t number : numbers) ids.push_back(IdNumber<BookingId>(number));
  return ids;
}

inline std::string StoreName(const testing::TestParamInfo<StoreUnderTest>& test) {
  return test.param.name;
}

/// Runs the cases of `Suite`, which is a kind of StoreContract, on every store.
#define CLINIC_ON_EVERY_STORE(Suite) \
  INSTANTIATE_TEST_SUITE_P(, Suite, testing::ValuesIn(kStores), StoreName)

}  // namespace clinic
