// Those who wait.
#include "tests/contract/store_contract.hpp"

namespace clinic {
namespace {

using std::chrono::minutes;

WaitlistEntry SampleEntry(std::uint64_t number) {
  WaitlistEntry entry;
  entry.id = IdNumber<WaitlistId>(number);
  entry.patient = IdNumber<ResourceId>(1);
  entry.resource = IdNumber<ResourceId>(2);
  entry.range = Minutes(0, 120);
  entry.duration = minutes{30};
  entry.since = kNow;
  return entry;
}

class WaitlistRows : public StoreContract {
 protected:
  std::string Add(const WaitlistEntry& entry) {
    return Outcome(Write([&](UnitOfWork& work) { return work.waitlist().Insert(entry); }));
  }
  std::string Replace(const WaitlistEntry& entry) {
    return Outcome(Write([&](UnitOfWork& work) { return work.waitlist().Update(entry); }));
  }
  std::string Remove(std::uint64_t number, std::uint32_t version) {
    return Outcome(Write([&](UnitOfWork& work) {
      return work.waitlist().Delete(IdNumber<WaitlistId>(number), version);
    }));
  }
  Result<WaitlistEntry> Find(std::uint64_t number) {
    return Get([&](UnitOfWork& work) { return work.waitlist().Get(IdNumber<WaitlistId>(number)); });
  }
  /// By id.
  std::vector<WaitlistEntry> All() {
    std::vector<WaitlistEntry> entries;
    EXPECT_EQ(Outcome(store().Read([&](UnitOfWork& work) {
                return work.waitlist().ForEach(
                    [&](WaitlistEntry&& entry) { entries.push_back(std::move(entry)); });
              })),
              "ok");
    std::ranges::sort(entries, {}, &WaitlistEntry::id);
    return entries;
  }
};
CLINIC_ON_EVERY_STORE(WaitlistRows);

TEST_P(WaitlistRows, AnEntryThatCannotBeIsRefused) {
  const auto changed = [](auto change) {
    WaitlistEntry entry = SampleEntry(1);
    change(entry);
    return entry;
  };
  for (const auto& [entry, why] : std::vector<std::pair<WaitlistEntry, std::string>>{
           {changed([](auto& e) { e.resource.reset(); }), "invalid_argument"},
           {changed([](auto& e) { e.specialty = "cardiology"; }), "invalid_argument"},
           {changed([](auto& e) { e.resource = e.patient; }), "invalid_argument"},
           {changed([](auto& e) { e.resource.reset(), e.specialty = ""; }), "invalid_argument"},
           {changed([](auto& e) { e.duration = minutes{0}; }), "invalid_argument"},
           {changed([](auto& e) {
              e.range = {Minute(1), Minute(1)};
            }),
            "bad_interval"},
           {changed([](auto& e) { e.duration = minutes{121}; }), "bad_interval"},
           {changed([](auto& e) { e.patient = IdNumber<ResourceId>(9); }), "unknown_resource"},
           {changed([](auto& e) { e.resource = IdNumber<ResourceId>(9); }), "unknown_resource"}}) {
    EXPECT_EQ(Add(entry), why);
  }
  EXPECT_TRUE(All().empty());
  ASSERT_EQ(Add(SampleEntry(1)), "ok");
  EXPECT_EQ(Add(SampleEntry(1)), "already_exists");
  EXPECT_EQ(Replace(SampleEntry(2)), "not_found");
  EXPECT_EQ(Remove(2, 1), "not_found");
  EXPECT_EQ(Outcome(Find(2)), "not_found");
  EXPECT_EQ(Replace(changed([](auto& e) { e.duration = minutes{-1}; })), "invalid_argument");
  EXPECT_EQ(Replace(changed([](auto& e) { e.version = 2, e.patient = IdNumber<ResourceId>(9); })),
            "unknown_resource");
  EXPECT_EQ(All(), std::vector{SampleEntry(1)});
}

TEST_P(WaitlistRows, AnEntrysFieldsComeBack) {
  WaitlistEntry entry = SampleEntry(1);
  entry.priority = -7;
  entry.reason = "the knee";
  entry.offer = IdNumber<BookingId>(5);
  entry.declined = {{IdNumber<ResourceId>(2), Minutes(30, 60)},
                    {IdNumber<ResourceId>(2), Minutes(0, 30)}};
  ASSERT_EQ(Add(SampleEntry(2)), "ok");
  ASSERT_EQ(Add(entry), "ok");
  EXPECT_EQ(All(), (std::vector{entry, SampleEntry(2)}));

  entry.resource.reset();
  entry.specialty = "cardiology";
  entry.range = {kEarliest, kLatest};
  entry.offer.reset();
  entry.declined.erase(entry.declined.begin());
  entry.version = 2;
  ASSERT_EQ(Replace(entry), "ok");
  EXPECT_EQ(All(), (std::vector{entry, SampleEntry(2)}));
  EXPECT_EQ(Find(1).value(), entry);
  ASSERT_EQ(Remove(1, 2), "ok");
  EXPECT_EQ(All(), std::vector{SampleEntry(2)});
  EXPECT_EQ(Add(entry), "ok");
  EXPECT_EQ(All(), (std::vector{entry, SampleEntry(2)}));
}

TEST_P(WaitlistRows, WhoWasOvertakenByAnotherChangeOfTheEntryIsRefused) {
  WaitlistEntry entry = SampleEntry(1);
  ASSERT_EQ(Add(entry), "ok");
  EXPECT_EQ(Replace(entry), "stale_version");
  entry.version = 3;
  EXPECT_EQ(Replace(entry), "stale_version");
  EXPECT_EQ(Remove(1, 2), "stale_version");
  entry.version = 2;
  ASSERT_EQ(Replace(entry), "ok");
  EXPECT_EQ(Replace(entry), "stale_version");
  EXPECT_EQ(Remove(1, 1), "stale_version");
  EXPECT_EQ(All(), std::vector{entry});
  EXPECT_EQ(Remove(1, 2), "ok");
}

TEST_P(WaitlistRows, WhatAFailedUnitWroteIsUndone) {
  WaitlistEntry entry = SampleEntry(1);
  entry.declined = {{IdNumber<ResourceId>(2), Minutes(0, 30)}};
  ASSERT_EQ(Add(entry), "ok");
  const Result<void> failed = Write([&](UnitOfWork& work) -> Result<void> {
    EXPECT_TRUE(work.waitlist().Insert(SampleEntry(2)).ok());
    WaitlistEntry changed = SampleEntry(1);
    changed.version = 2;
    EXPECT_TRUE(work.waitlist().Update(changed).ok());
    EXPECT_TRUE(work.waitlist().Delete(changed.id, 2).ok());
    return Error{ErrorCode::kTooLong, "a rule of the caller's own"};
  });
  EXPECT_EQ(Outcome(failed), "too_long");
  EXPECT_EQ(All(), std::vector{entry});
}

}  // namespace
}  // namespace clinic
