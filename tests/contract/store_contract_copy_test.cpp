// Moving everything from one store to another.
#include <algorithm>
#include <random>
#include <tuple>

#include "clinic/copy_store.hpp"
#include "clinic/scheduler.hpp"
#include "tests/contract/store_contract.hpp"

namespace clinic {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

/// Everything that a store holds, in an order of its own.
struct Everything {
  std::vector<Resource> resources;
  std::vector<AvailabilityRule> rules;
  std::vector<TimeOff> time_off;
  std::vector<Account> accounts;
  std::vector<Patient> patients;
  std::vector<Session> sessions;
  std::vector<Booking> bookings;
  std::vector<Transition> transitions;
  std::vector<WaitlistEntry> waitlist;
  std::vector<AuditEntry> audit;
  std::vector<OutboxEvent> outbox;
  std::vector<IdempotencyRecord> answers;

  friend bool operator==(const Everything&, const Everything&) = default;
};

template <typename Row, typename Port>
std::vector<Row> AllOf(Port& port) {
  std::vector<Row> rows;
  const std::function<void(Row &&)> visit = [&](Row&& row) { rows.push_back(std::move(row)); };
  EXPECT_EQ(Outcome(port.ForEach(visit)), "ok");
  return rows;
}

// Numbers may have gaps; what counts is the order.
template <typename Port>
auto InOrder(Port& port) {
  auto rows = *port.ReadAfter(0, 1'000'000);
  for (auto& row : rows) row.sequence = 0;
  return rows;
}

Everything ReadAll(Store& store) {
  Everything all;
  const auto by_id = [](const auto& row) { return row.id; };
  EXPECT_EQ(Outcome(store.Read([&](UnitOfWork& work) -> Result<void> {
              all.resources = AllOf<Resource>(work.resources());
              std::ranges::sort(all.resources, {}, by_id);
              for (const Resource& resource : all.resources) {
                const auto rules = *work.resources().Rules(resource.id);
                all.rules.insert(all.rules.end(), rules.begin(), rules.end());
                const auto time_off = *work.resources().TimeOffOf(resource.id);
                all.time_off.insert(all.time_off.end(), time_off.begin(), time_off.end());
              }
              all.accounts = AllOf<Account>(work.directory());
              all.patients = AllOf<Patient>(work.directory());
              all.sessions = AllOf<Session>(work.directory());
              all.bookings = AllOf<Booking>(work.bookings());
              std::ranges::sort(all.accounts, {}, by_id);
              std::ranges::sort(all.patients, {}, by_id);
              std::ranges::sort(all.sessions, {}, by_id);
              std::ranges::sort(all.bookings, {}, by_id);
              for (const Booking& booking : all.bookings) {
                const auto history = *work.bookings().History(booking.id);
                all.transitions.insert(all.transitions.end(), history.begin(), history.end());
              }
              all.waitlist = AllOf<WaitlistEntry>(work.waitlist());
              std::ranges::sort(all.waitlist, {}, by_id);
              all.audit = InOrder(work.audit());
              all.outbox = InOrder(work.outbox());
              all.answers = AllOf<IdempotencyRecord>(work.idempotency());
              std::ranges::sort(all.answers, {}, [](const IdempotencyRecord& record) {
                return std::tuple(record.actor, record.key);
              });
              return {};
            })),
            "ok");
  return all;
}

/// A clinic in which everything happened that leaves something behind.
void Live(Store& store, std::uint64_t seed) {
  SimulatedClock clock(kNow);
  UuidV7Generator ids(clock, seed);
  auto opened = Scheduler::Open(store, clock, ids);
  ASSERT_TRUE(opened.ok()) << opened.error().message;
  Scheduler& scheduler = **opened;
  std::mt19937_64 random(seed);
  const auto below = [&](std::uint64_t bound) { return random() % bound; };

  std::vector<ResourceId> doctors;
  std::vector<ResourceId> patients;
  for (int i = 0; i < 3; ++i) {
    Resource doctor{.kind = ResourceKind::kPractitioner,
                    .name = "Doctor",
                    .hours = Resource::Hours::kByRules,
                    .capacity = 1 + i / 2,
                    .specialties = {"cardiology"}};
    doctors.push_back(scheduler.AddResource(doctor)->id);
    const CivilTime midnight{std::chrono::floor<std::chrono::days>(kNow.time_since_epoch())};
    ASSERT_TRUE(
        scheduler
            .PutAvailability(doctors.back(), {.id = RuleId(Uuid{0, 1 + below(1'000'000)}),
                                              .start = midnight + std::chrono::hours{8},
                                              .end = midnight + std::chrono::hours{18},
                                              .rule = RecurrenceRule::Parse("FREQ=DAILY").value()})
            .ok());
    patients.push_back(
        scheduler.AddResource({.kind = ResourceKind::kPatient, .name = "Patient"})->id);
  }
  std::vector<BookingId> made;
  for (int i = 0; i < 300; ++i) {
    const Instant start = Minute(static_cast<int>(5 * below(100)));
    BookRequest request{.resources = {doctors[below(3)], patients[below(3)]},
                        .interval = {start, start + minutes{5 + 5 * static_cast<int>(below(6))}},
                        .reason = "said \"so\", \n and more"};
    if (below(10) == 0) request.waive = Waivers::Override();
    const auto booked = below(3) == 0
                            ? scheduler.Hold(request, seconds{30 + static_cast<int>(below(60))})
                            : scheduler.Book(request);
    if (booked.ok()) made.push_back(booked->id);
    clock.Advance(seconds{static_cast<int>(below(30))});
    if (made.empty()) continue;
    const BookingId any = made[below(made.size())];
    if (below(4) == 0) (void)scheduler.Cancel(any);
    if (below(6) == 0) (void)scheduler.Confirm(any);
    if (below(6) == 0) {
      (void)scheduler.Reschedule(any, {.interval = {start, start + minutes{10}}});
    }
  }
  ASSERT_TRUE(scheduler
                  .PutTimeOff({.id = TimeOffId(Uuid{0, 7}),
                               .resource = doctors[0],
                               .interval = {kNow, kNow + minutes{60}}})
                  .ok());
  ASSERT_TRUE(scheduler
                  .JoinWaitlist({.patient = patients[0],
                                 .resource = doctors[0],
                                 .range = {Minute(0), Minute(600)},
                                 .duration = minutes{15}})
                  .ok());
  ASSERT_EQ(Outcome(store.Write([&](UnitOfWork& work) -> Result<void> {
              const Account account = SampleAccount(90, "someone@example.org");
              if (auto done = work.directory().Insert(account); !done.ok()) return done;
              Patient patient{.id = patients[0], .full_name = "P", .created_at = kNow};
              if (auto done = work.directory().Insert(patient); !done.ok()) return done;
              Session session{.id = IdNumber<SessionId>(91),
                              .account = account.id,
                              .refresh_token_hash = "hash",
                              .created_at = kNow,
                              .expires_at = kNow};
              if (auto done = work.directory().Insert(session); !done.ok()) return done;
              return work.idempotency().Insert({.actor = "a",
                                                .key = "k",
                                                .fingerprint = "f",
                                                .status = 201,
                                                .body = "{}",
                                                .at = kNow});
            })),
            "ok");
}

/// A store that is copied from, and to.
class CopyStoreContract : public testing::TestWithParam<StoreUnderTest> {
 protected:
  std::unique_ptr<Store> Open(const char* name) {
    std::filesystem::create_directory(folder_.path() / name);
    Result<std::unique_ptr<Store>> opened = GetParam().open(folder_.path() / name);
    EXPECT_TRUE(opened.ok()) << opened.error().message;
    return std::move(opened).value();
  }

 private:
  TemporaryFolder folder_;
};

TEST_P(CopyStoreContract, NothingIsLostOnTheWayThereAndBack) {
  for (const std::uint64_t seed : {1, 2, 3}) {
    MemoryStore original;
    Live(original, seed);
    const Everything expected = ReadAll(original);
    const auto there = Open(("there" + std::to_string(seed)).c_str());
    const Result<Copied> copied = CopyStore(original, *there);
    ASSERT_TRUE(copied.ok()) << copied.error().message;
    EXPECT_EQ(copied->bookings, expected.bookings.size());
    EXPECT_EQ(copied->transitions, expected.transitions.size());
    EXPECT_EQ(copied->audit_entries, expected.audit.size());
    ASSERT_EQ(ReadAll(*there), expected);

    MemoryStore back;
    ASSERT_EQ(CopyStore(*there, back).value(), *copied);
    ASSERT_EQ(ReadAll(back), expected);
  }
}

TEST_P(CopyStoreContract, WhatHoldsAnythingIsNotCopiedInto) {
  MemoryStore original;
  Live(original, 4);
  const auto there = Open("there");
  ASSERT_TRUE(CopyStore(original, *there).ok());
  const Everything before = ReadAll(*there);
  EXPECT_EQ(Outcome(CopyStore(original, *there)), "already_exists");
  EXPECT_EQ(ReadAll(*there), before);
}

CLINIC_ON_EVERY_STORE(CopyStoreContract);

}  // namespace
}  // namespace clinic
