// Lists of accounts, sessions and audit entries, and the end of sessions.
#include "tests/contract/store_contract.hpp"

namespace clinic {
namespace {

using std::chrono::days;
using std::chrono::hours;

class AccountLists : public StoreContract {
 protected:
  void Add(const Account& account) {
    ASSERT_EQ(Outcome(Write([&](UnitOfWork& work) { return work.directory().Insert(account); })),
              "ok");
  }

  std::vector<std::string> Emails(const AccountQuery& query) {
    const auto page = Get([&](UnitOfWork& work) { return work.directory().List(query); });
    EXPECT_EQ(Outcome(page), "ok");
    std::vector<std::string> emails;
    for (const Account& account : *page) emails.push_back(account.email);
    return emails;
  }
};
CLINIC_ON_EVERY_STORE(AccountLists);

using Texts = std::vector<std::string>;

TEST_P(AccountLists, AreByEmailInPages) {
  EXPECT_EQ(Emails({}), Texts());
  for (const std::uint64_t i : {4U, 2U, 5U, 1U, 3U}) {
    Add(SampleAccount(i, std::string(1, static_cast<char>('f' - i)) + "@example.com"));
  }
  EXPECT_EQ(Emails({.limit = 2}), (Texts{"a@example.com", "b@example.com"}));
  EXPECT_EQ(Emails({.after = "b@example.com", .limit = 2}),
            (Texts{"c@example.com", "d@example.com"}));
  EXPECT_EQ(Emails({.after = "d@example.com"}), Texts{"e@example.com"});
  EXPECT_EQ(Emails({.after = "e@example.com"}), Texts());
  EXPECT_EQ(Emails({.limit = 0}), Texts());
}

TEST_P(AccountLists, EveryFilterThatIsGivenApplies) {
  Account ada = SampleAccount(1, "ada@example.com");
  ada.full_name = "Ada Lovelace";
  Account bob = SampleAccount(2, "bob@example.com");
  bob.full_name = "Bob";
  bob.role = Role::kDoctor;
  bob.resource = IdNumber<ResourceId>(7);
  Account carol = SampleAccount(3, "carol@lace.example");
  carol.full_name = "Carol 100%";
  carol.role = Role::kAdmin;
  for (const Account& account : {ada, bob, carol}) Add(account);

  EXPECT_EQ(Emails({.role = Role::kDoctor}), Texts{bob.email});
  EXPECT_EQ(Emails({.resource = IdNumber<ResourceId>(7)}), Texts{bob.email});
  EXPECT_EQ(Emails({.resource = IdNumber<ResourceId>(8)}), Texts());
  EXPECT_EQ(Emails({.text = "LACE"}), (Texts{ada.email, carol.email}));
  EXPECT_EQ(Emails({.text = "%"}), Texts{carol.email});
  EXPECT_EQ(Emails({.text = "_"}), Texts());
  EXPECT_EQ(Emails({.role = Role::kAdmin, .text = "lace"}), Texts{carol.email});
  EXPECT_EQ(Emails({.role = Role::kDoctor, .text = "lace"}), Texts());
  EXPECT_EQ(Emails({.text = "lace", .after = ada.email}), Texts{carol.email});
}

class Sessions : public StoreContract {
 protected:
  Sessions() {
    EXPECT_EQ(Outcome(Write([](UnitOfWork& work) -> Result<void> {
                if (auto added = work.directory().Insert(SampleAccount(1, "ada@example.com"));
                    !added.ok()) {
                  return added;
                }
                return work.directory().Insert(SampleAccount(2, "bob@example.com"));
              })),
              "ok");
  }

  void Add(std::uint64_t number, std::uint64_t account, Instant created_at,
           std::optional<Instant> ended_at = {}) {
    const Session session{.id = IdNumber<SessionId>(number),
                          .account = IdNumber<AccountId>(account),
                          .created_at = created_at,
                          .expires_at = created_at + days{30},
                          .ended_at = ended_at,
                          .refreshed_at = created_at};
    ASSERT_EQ(Outcome(Write([&](UnitOfWork& work) { return work.directory().Insert(session); })),
              "ok");
  }

  std::vector<SessionId> List(const SessionQuery& query) {
    const auto page = Get([&](UnitOfWork& work) { return work.directory().List(query); });
    EXPECT_EQ(Outcome(page), "ok");
    std::vector<SessionId> ids;
    for (const Session& session : *page) ids.push_back(session.id);
    return ids;
  }

  std::vector<SessionId> OpenOf(std::uint64_t account) {
    return List({.account = IdNumber<AccountId>(account), .open_at = kNow});
  }

  std::vector<SessionId> End(std::uint64_t account, std::optional<SessionId> except) {
    std::vector<SessionId> ended;
    EXPECT_EQ(Outcome(Write([&](UnitOfWork& work) -> Result<void> {
                auto done =
                    work.directory().EndSessions(IdNumber<AccountId>(account), kNow, except);
                if (!done.ok()) return done.error();
                ended = *std::move(done);
                return {};
              })),
              "ok");
    std::ranges::sort(ended);
    return ended;
  }

  static std::vector<SessionId> Ids(std::initializer_list<std::uint64_t> numbers) {
    std::vector<SessionId> ids;
    for (const std::uint64_t number : numbers) ids.push_back(IdNumber<SessionId>(number));
    return ids;
  }
};
CLINIC_ON_EVERY_STORE(Sessions);

TEST_P(Sessions, ThoseThatAreOpenAreListedNewestFirst) {
  Add(1, 1, kNow - hours{2});
  Add(2, 1, kNow - hours{1});
  Add(3, 1, kNow - hours{1});  // made in the same second as 2
  Add(4, 1, kNow - hours{1}, kNow - Duration{1});
  Add(5, 1, kNow - days{30});  // expires now
  Add(6, 2, kNow - hours{1});
  const AccountId ada = IdNumber<AccountId>(1);
  EXPECT_EQ(OpenOf(1), Ids({3, 2, 1}));
  EXPECT_EQ(OpenOf(2), Ids({6}));
  EXPECT_EQ(OpenOf(3), Ids({}));
  EXPECT_EQ(List({.account = ada, .open_at = kNow - Duration{1}}), Ids({3, 2, 1, 5}));
  EXPECT_EQ(List({.account = ada, .open_at = kNow, .limit = 1}), Ids({3}));
  const auto before = [](int back, std::uint64_t number) {
    return std::pair(kNow - hours{back}, IdNumber<SessionId>(number));
  };
  EXPECT_EQ(List({.account = ada, .open_at = kNow, .before = before(1, 3)}), Ids({2, 1}));
  EXPECT_EQ(List({.account = ada, .open_at = kNow, .before = before(1, 2)}), Ids({1}));
  EXPECT_EQ(List({.account = ada, .open_at = kNow, .before = before(2, 1)}), Ids({}));
}

TEST_P(Sessions, AllOfAnAccountEndTogetherButForOne) {
  Add(1, 1, kNow);
  Add(2, 1, kNow);
  Add(3, 1, kNow, kNow - hours{1});
  Add(4, 2, kNow);
  EXPECT_EQ(End(3, {}), Ids({}));
  EXPECT_EQ(End(1, IdNumber<SessionId>(2)), Ids({1}));
  EXPECT_EQ(OpenOf(1), Ids({2}));
  EXPECT_EQ(End(1, {}), Ids({2}));
  EXPECT_EQ(End(1, {}), Ids({}));
  EXPECT_EQ(OpenOf(2), Ids({4}));
  // When one ended is told by who ended it first.
  const auto ended_at = [&](std::uint64_t number) {
    return store().FindSignIn(IdNumber<SessionId>(number)).value().session.ended_at;
  };
  EXPECT_EQ(ended_at(1), kNow);
  EXPECT_EQ(ended_at(3), kNow - hours{1});
}

TEST_P(Sessions, WhatIsLongOverIsForgotten) {
  Add(1, 1, kNow - days{31});                 // expired a day ago
  Add(2, 1, kNow - days{30});                 // expires now
  Add(3, 1, kNow - days{9}, kNow - days{8});  // ended
  Add(4, 1, kNow - days{9});
  Add(5, 2, kNow - days{31});
  const auto forget = [&](Instant before) {
    EXPECT_EQ(Outcome(Write([&](UnitOfWork& work) {
                return work.directory().ForgetSessions(IdNumber<AccountId>(1), before);
              })),
              "ok");
    std::vector<SessionId> left;
    for (std::uint64_t i = 1; i <= 5; ++i) {
      if (store().FindSignIn(IdNumber<SessionId>(i)).ok()) left.push_back(IdNumber<SessionId>(i));
    }
    return left;
  };
  EXPECT_EQ(forget(kNow - days{8}), Ids({1, 2, 3, 4, 5}));
  EXPECT_EQ(forget(kNow - days{1}), Ids({1, 2, 4, 5}));
  EXPECT_EQ(forget(kNow), Ids({2, 4, 5}));
  EXPECT_EQ(forget(kNow + Duration{1}), Ids({4, 5}));
}

class AuditLists : public StoreContract {
 protected:
  AuditLists() {
    for (int i = 1; i <= 6; ++i) {
      AuditEntry entry{.at = kNow + hours{i},
                       .actor = i % 2 == 0 ? "even" : "odd",
                       .action = i > 4 ? "session.open" : "patient.read",
                       .subject = std::to_string(i)};
      if (i % 3 == 0) entry.patient = IdNumber<ResourceId>(3);
      EXPECT_EQ(Outcome(Write([&](UnitOfWork& work) { return work.audit().Append(entry); })), "ok");
    }
  }

  std::vector<AuditEntry> Entries(const AuditQuery& query) {
    const auto page = Get([&](UnitOfWork& work) { return work.audit().List(query); });
    EXPECT_EQ(Outcome(page), "ok");
    return *page;
  }

  /// The subjects, one digit each.
  std::string List(const AuditQuery& query) {
    std::string subjects;
    for (const AuditEntry& entry : Entries(query)) subjects += entry.subject;
    return subjects;
  }
};
CLINIC_ON_EVERY_STORE(AuditLists);

TEST_P(AuditLists, AreNewestFirstInPages) {
  EXPECT_EQ(List({}), "654321");
  const std::vector<AuditEntry> page = Entries({.limit = 2});
  ASSERT_EQ(page.size(), 2U);
  EXPECT_EQ(List({.before = page[1].sequence, .limit = 3}), "432");
  EXPECT_EQ(List({.limit = 0}), "");
  const AuditEntry expected{.sequence = page[0].sequence,
                            .at = kNow + hours{6},
                            .actor = "even",
                            .action = "session.open",
                            .subject = "6",
                            .patient = IdNumber<ResourceId>(3)};
  EXPECT_EQ(page[0], expected);
}

TEST_P(AuditLists, EveryFilterThatIsGivenApplies) {
  EXPECT_EQ(List({.actor = "odd"}), "531");
  EXPECT_EQ(List({.actor = "od"}), "");
  EXPECT_EQ(List({.action = "session.open"}), "65");
  EXPECT_EQ(List({.subject = "4"}), "4");
  EXPECT_EQ(List({.patient = IdNumber<ResourceId>(3)}), "63");
  EXPECT_EQ(List({.patient = IdNumber<ResourceId>(1)}), "");
  EXPECT_EQ(List({.from = kNow + hours{5}}), "65");
  EXPECT_EQ(List({.to = kNow + hours{3}}), "21");
  EXPECT_EQ(List({.actor = "even", .from = kNow + hours{2}, .to = kNow + hours{6}}), "42");
  EXPECT_EQ(List({.actor = "even", .action = "patient.read", .limit = 1}), "4");
}

}  // namespace
}  // namespace clinic
