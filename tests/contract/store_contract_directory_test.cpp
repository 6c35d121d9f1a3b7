// Accounts, patients, sessions, and what is written beside a change.
#include "tests/contract/store_contract.hpp"

namespace clinic {
namespace {

class DirectoryRows : public StoreContract {
 protected:
  template <typename Row>
  std::string Add(const Row& row) {
    return Outcome(Write([&](UnitOfWork& work) { return work.directory().Insert(row); }));
  }
  template <typename Row>
  std::string Replace(const Row& row) {
    return Outcome(Write([&](UnitOfWork& work) { return work.directory().Update(row); }));
  }
  Result<Account> FindByEmail(std::string_view email) {
    return Get([&](UnitOfWork& work) { return work.directory().FindAccount(email); });
  }
  Result<Account> FindAccount(AccountId id) {
    return Get([&](UnitOfWork& work) { return work.directory().GetAccount(id); });
  }
};
CLINIC_ON_EVERY_STORE(DirectoryRows);

TEST_P(DirectoryRows, AnEmailBelongsToOneAccount) {
  const Account ada = SampleAccount(1, "ada@example.com");
  const Account bob = SampleAccount(2, "bob@example.com");
  ASSERT_EQ(Add(ada), "ok");
  ASSERT_EQ(Add(bob), "ok");
  EXPECT_EQ(Add(SampleAccount(1, "new@example.com")), "already_exists");
  EXPECT_EQ(Add(SampleAccount(3, "ada@example.com")), "already_exists");
  Account as_ada = Changed(bob);
  as_ada.email = ada.email;
  EXPECT_EQ(Replace(as_ada), "already_exists");
  EXPECT_EQ(Replace(SampleAccount(9, "nine@example.com")), "not_found");
  EXPECT_EQ(FindByEmail("ada@example.com").value(), ada);
  EXPECT_EQ(FindByEmail("bob@example.com").value(), bob);
  EXPECT_EQ(Outcome(FindByEmail("new@example.com")), "not_found");
  EXPECT_EQ(Outcome(FindAccount(IdNumber<AccountId>(9))), "not_found");
}

TEST_P(DirectoryRows, AnAccountsFieldsComeBackAndItsOldEmailIsFree) {
  Account account = SampleAccount(1, "old@example.com");
  ASSERT_EQ(Add(account), "ok");
  account.email = std::string("new\0@example.com", 16);
  account.full_name = "\xF0\x9F\x91\xA9 Ada";
  account.role = Role::kReceptionist;
  account.password_hash = "$argon2id$v=19$m=65536";
  account.resource = IdNumber<ResourceId>(1);
  account.disabled = true;
  account.created_at = kEarliest;
  EXPECT_EQ(Replace(account), "stale_version");
  account.version = 2;
  ASSERT_EQ(Replace(account), "ok");
  EXPECT_EQ(Replace(account), "stale_version");
  EXPECT_EQ(FindAccount(account.id).value(), account);
  EXPECT_EQ(FindByEmail(account.email).value(), account);
  EXPECT_EQ(Add(SampleAccount(2, "old@example.com")), "ok");
}

TEST_P(DirectoryRows, APatientIsAResourceWithAProfile) {
  Patient patient;
  patient.id = IdNumber<ResourceId>(99);
  EXPECT_EQ(Add(patient), "unknown_resource");
  EXPECT_EQ(Replace(patient), "not_found");

  patient.id = IdNumber<ResourceId>(1);
  patient.created_at = patient.updated_at = kNow;
  ASSERT_EQ(Add(patient), "ok");
  EXPECT_EQ(Add(patient), "already_exists");
  EXPECT_EQ(Replace(patient), "stale_version");

  Patient changed = patient;
  changed.full_name = "Ada";
  changed.email = "ada@example.com";
  changed.phone = "+1 555 0100";
  changed.date_of_birth = std::chrono::local_days{std::chrono::year{1901} / 2 / 28};
  changed.timezone = "Asia/Kathmandu";
  changed.notify_by_email = false;
  changed.notify_by_sms = true;
  changed.version = 2;
  ASSERT_EQ(Replace(changed), "ok");
  const auto find = [&](std::uint64_t number) {
    return Get([&](UnitOfWork& work) {
      return work.directory().GetPatient(IdNumber<ResourceId>(number));
    });
  };
  EXPECT_EQ(find(1).value(), changed);
  EXPECT_EQ(Outcome(find(2)), "not_found");
}

TEST_P(DirectoryRows, ASessionBelongsToAnAccount) {
  Session session;
  session.id = IdNumber<SessionId>(1);
  session.account = IdNumber<AccountId>(1);
  session.refresh_token_hash = "first";
  session.created_at = kNow;
  session.expires_at = kNow + std::chrono::days{30};
  EXPECT_EQ(Add(session), "not_found");
  ASSERT_EQ(Add(SampleAccount(1, "ada@example.com")), "ok");
  EXPECT_EQ(Replace(session), "not_found");
  ASSERT_EQ(Add(session), "ok");
  EXPECT_EQ(Add(session), "already_exists");

  session.refresh_token_hash = "second";
  session.ended_at = kNow + Duration{1};
  session.refreshed_at = kNow + Duration{2};
  session.address = "2001:db8::1";
  session.user_agent = "Browser/1.0";
  ASSERT_EQ(Replace(session), "ok");
  const auto find = [&](std::uint64_t number) {
    return Get(
        [&](UnitOfWork& work) { return work.directory().GetSession(IdNumber<SessionId>(number)); });
  };
  EXPECT_EQ(find(1).value(), session);
  EXPECT_EQ(Outcome(find(2)), "not_found");
  session.account = IdNumber<AccountId>(2);
  EXPECT_EQ(Replace(session), "not_found");
}

TEST_P(DirectoryRows, ASignInIsASessionAndItsAccountAsTheyAreNow) {
  EXPECT_EQ(Outcome(store().FindSignIn(IdNumber<SessionId>(1))), "not_found");
  Account ada = SampleAccount(1, "ada@example.com");
  ada.resource = IdNumber<ResourceId>(7);
  ASSERT_EQ(Add(ada), "ok");
  Session session{.id = IdNumber<SessionId>(1),
                  .account = ada.id,
                  .refresh_token_hash = "first",
                  .created_at = kNow,
                  .expires_at = kNow + std::chrono::days{30}};
  ASSERT_EQ(Add(session), "ok");
  EXPECT_EQ(store().FindSignIn(session.id).value(), (SignIn{session, ada}));
  session.ended_at = kNow + Duration{1};
  ASSERT_EQ(Replace(session), "ok");
  EXPECT_EQ(store().FindSignIn(session.id).value(), (SignIn{session, ada}));
  ada.disabled = true;
  ada.version = 2;
  ASSERT_EQ(Replace(ada), "ok");
  EXPECT_EQ(store().FindSignIn(session.id).value(), (SignIn{session, ada}));
}

TEST_P(DirectoryRows, ManyAreToldWhoTheyAreAndWhatWasWrittenBeforeTheyAsked) {
  constexpr std::uint64_t kThreads = 8;
  constexpr int kRounds = 40;
  std::atomic<int> wrong = 0;
  std::vector<std::jthread> threads;
  for (std::uint64_t i = 1; i <= kThreads; ++i) {
    const Account account = SampleAccount(i, "person" + std::to_string(i) + "@example.com");
    Session session{.id = IdNumber<SessionId>(i), .account = account.id, .created_at = kNow};
    ASSERT_EQ(Add(account), "ok");
    ASSERT_EQ(Add(session), "ok");
    threads.emplace_back([&, i, account, session]() mutable {
      for (int round = 0; round < kRounds; ++round) {
        session.ended_at = kNow + Duration{round};
        if (Replace(session) != "ok") ++wrong;
        const Result<SignIn> found = store().FindSignIn(session.id);
        if (!found.ok() || *found != SignIn{session, account}) ++wrong;
        // One that several ask for, and one that is not there.
        const Result<SignIn> first = store().FindSignIn(IdNumber<SessionId>(1));
        if (!first.ok() || first->account.id != IdNumber<AccountId>(1)) ++wrong;
        if (store().FindSignIn(IdNumber<SessionId>(1'000 + i)).ok()) ++wrong;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(wrong, 0);
}

class Journal : public StoreContract {};
CLINIC_ON_EVERY_STORE(Journal);

TEST_P(Journal, AuditEntriesComeBackInOrderUnderRisingSequences) {
  for (int i = 0; i < 5; ++i) {
    AuditEntry entry{0, kNow, "actor", "patient.read", std::to_string(i), {}, "::1", "r", ""};
    if (i % 2) entry.patient = IdNumber<ResourceId>(1);
    ASSERT_EQ(Outcome(Write([&](UnitOfWork& work) { return work.audit().Append(entry); })), "ok");
  }
  std::int64_t last = 0;
  for (int i = 0; i < 5; ++i) {
    const auto page =
        Get([&](UnitOfWork& work) { return work.audit().ReadAfter(last, i == 0 ? 1 : 2); }).value();
    ASSERT_FALSE(page.empty());
    EXPECT_GT(page[0].sequence, last);
    AuditEntry expected{
        page[0].sequence, kNow, "actor", "patient.read", std::to_string(i), {}, "::1", "r", ""};
    if (i % 2) expected.patient = IdNumber<ResourceId>(1);
    EXPECT_EQ(page[0], expected);
    last = page[0].sequence;
  }
  EXPECT_TRUE(
      Get([&](UnitOfWork& work) { return work.audit().ReadAfter(last, 10); }).value().empty());
}

TEST_P(Journal, EventsComeBackInOrderUnderRisingSequences) {
  EXPECT_EQ(Get([](UnitOfWork& work) { return work.outbox().Last(); }).value(), std::nullopt);
  ASSERT_EQ(Outcome(Write([&](UnitOfWork& work) -> Result<void> {
              for (std::uint32_t i = 1; i <= 3; ++i) {
                const OutboxEvent event{0, "appointment.booked", Uuid{0, i}, i, kNow};
                if (auto done = work.outbox().Append(event); !done.ok()) return done;
              }
              return {};
            })),
            "ok");
  const auto events = Get([&](UnitOfWork& work) { return work.outbox().ReadAfter(0, 10); }).value();
  ASSERT_EQ(events.size(), 3U);
  for (std::uint32_t i = 1; i <= 3; ++i) {
    const OutboxEvent expected{events[i - 1].sequence, "appointment.booked", Uuid{0, i}, i, kNow};
    EXPECT_EQ(events[i - 1], expected);
  }
  EXPECT_LT(events[0].sequence, events[1].sequence);
  EXPECT_LT(events[1].sequence, events[2].sequence);
  const auto rest =
      Get([&](UnitOfWork& work) { return work.outbox().ReadAfter(events[0].sequence, 1); }).value();
  EXPECT_EQ(rest, std::vector{events[1]});
  EXPECT_EQ(Get([](UnitOfWork& work) { return work.outbox().Last(); }).value(), events[2]);
}

TEST_P(Journal, AnIdempotencyKeyIsGoodOnceForEachActor) {
  const IdempotencyRecord record{"ada", "key", "fingerprint", 201, "/api/x", "{\"a\":\"\\u0000\"}",
                                 kNow};
  const auto add = [&](const IdempotencyRecord& one) {
    return Outcome(Write([&](UnitOfWork& work) { return work.idempotency().Insert(one); }));
  };
  const auto find = [&](std::string_view actor, std::string_view key) {
    return Get([&](UnitOfWork& work) { return work.idempotency().Find(actor, key); }).value();
  };
  EXPECT_EQ(find("ada", "key"), std::nullopt);
  ASSERT_EQ(add(record), "ok");
  IdempotencyRecord other = record;
  other.fingerprint = "other";
  EXPECT_EQ(add(other), "already_exists");
  other.actor = "bob";
  EXPECT_EQ(add(other), "ok");
  EXPECT_EQ(find("ada", "key"), record);
  EXPECT_EQ(find("bob", "key"), other);
  EXPECT_EQ(find("ad", "akey"), std::nullopt);
}

}  // namespace
}  // namespace clinic
