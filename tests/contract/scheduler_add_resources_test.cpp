// Adding many resources in one transaction, over every store.
#include <gtest/gtest.h>

#include "tests/contract/stores.hpp"
#include "tests/contract/temporary_folder.hpp"
#include "tests/engine/scheduler_fixture.hpp"

namespace clinic {
namespace {

class AddResources : public testing::TestWithParam<StoreUnderTest> {
 protected:
  std::unique_ptr<Scheduler> Open() { return Scheduler::Open(*store_, clock_, ids_).value(); }

  std::size_t AuditEntries() {
    std::size_t entries = 0;
    EXPECT_TRUE(store_
                    ->Read([&](UnitOfWork& work) -> Result<void> {
                      entries = work.audit().ReadAfter(0, 1'000).value().size();
                      return {};
                    })
                    .ok());
    return entries;
  }

  SimulatedClock clock_{At(8)};
  UuidV7Generator ids_{clock_, 1};
  TemporaryFolder folder_;
  std::unique_ptr<Store> store_{GetParam().open(folder_.path()).value()};
};

INSTANTIATE_TEST_SUITE_P(AllStores, AddResources, testing::ValuesIn(kStores),
                         [](const auto& instance) { return std::string(instance.param.name); });

TEST_P(AddResources, RefusesSomeAndKeepsTheirNeighbours) {
  const auto scheduler = Open();
  ASSERT_TRUE(scheduler->AddResource(MakeResource(kBob, ResourceKind::kPatient)).ok());
  const std::vector<Resource> resources = {
      MakeResource(kAlice, ResourceKind::kPatient),     // added
      MakeResource(kBob, ResourceKind::kPatient),       // there already
      MakeResource(kRoom, ResourceKind::kRoom, 0),      // holds nobody
      MakeResource(kAlice, ResourceKind::kRoom),        // there since its neighbour
      MakeResource(IdNumber(9), ResourceKind::kRoom)};  // refused by what goes with it
  const auto added = scheduler->AddResources(
      resources, {}, [](UnitOfWork&, const Resource& resource) -> Result<void> {
        if (resource.id != IdNumber(9)) return {};
        return Error{ErrorCode::kForbidden, "not this one"};
      });
  ASSERT_EQ(added.size(), 5U);
  ASSERT_TRUE(added[0].ok());
  EXPECT_EQ(added[0]->created_at, At(8));
  EXPECT_EQ(added[1].error().code, ErrorCode::kAlreadyExists);
  EXPECT_EQ(added[2].error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(added[3].error().code, ErrorCode::kAlreadyExists);
  EXPECT_EQ(added[4].error().code, ErrorCode::kForbidden);
  EXPECT_EQ(AuditEntries(), 2U);
  const auto reopened = Open();
  for (const Scheduler* one : {scheduler.get(), reopened.get()}) {
    EXPECT_EQ(one->FindResource(kAlice)->kind, ResourceKind::kPatient);
    EXPECT_FALSE(one->FindResource(kRoom).ok());
    EXPECT_FALSE(one->FindResource(IdNumber(9)).ok());
  }
}

TEST_P(AddResources, AddsNoneWhereTheTransactionFails) {
  const auto scheduler = Open();
  const std::vector<Resource> resources = {MakeResource(kAlice, ResourceKind::kPatient),
                                           MakeResource(kBob, ResourceKind::kPatient)};
  const auto added = scheduler->AddResources(
      resources, {}, [](UnitOfWork&, const Resource& resource) -> Result<void> {
        if (resource.id != kBob) return {};
        return Error{ErrorCode::kUnavailable, "the disk is full"};
      });
  ASSERT_EQ(added.size(), 2U);
  EXPECT_EQ(added[0].error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(added[1].error().code, ErrorCode::kUnavailable);
  EXPECT_FALSE(scheduler->FindResource(kAlice).ok());
  EXPECT_FALSE(Open()->FindResource(kAlice).ok());
  EXPECT_EQ(AuditEntries(), 0U);
}

}  // namespace
}  // namespace clinic
