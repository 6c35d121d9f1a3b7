#include "server/auth/password.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "server/auth/common_passwords.hpp"

namespace clinic::auth {
namespace {

TEST(PasswordPolicy, RefusesWhatIsTooShortTooLongOrKnown) {
  const std::string kRefused[] = {"",
                                  "short12",
                                  "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9",  // 8 bytes, 4 characters
                                  std::string(129, 'x'),
                                  "password",
                                  "PassWord1",
                                  "QWERTYUIOP",
                                  "12345678",
                                  "iloveyou",
                                  "long enough\xFF"};
  for (const std::string& password : kRefused) {
    const Result<void> result = CheckPasswordPolicy(password);
    ASSERT_FALSE(result.ok()) << password;
    EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument);
  }
}

TEST(PasswordPolicy, DoesNotRepeatThePassword) {
  EXPECT_EQ(CheckPasswordPolicy("iloveyou").error().message.find("iloveyou"), std::string::npos);
}

TEST(PasswordPolicy, AcceptsEightTo128CharactersOfAnyKind) {
  const std::string e_acute = "\xC3\xA9";
  std::string longest;
  for (int i = 0; i < 128; ++i) longest += e_acute;
  for (const std::string& password :
       {std::string("securePassword123!"), std::string("correct horse battery staple"),
        std::string("x7 &pQ~1"), e_acute + "1234567", longest, std::string("passwordx")}) {
    EXPECT_TRUE(CheckPasswordPolicy(password).ok()) << password;
  }
}

TEST(CommonPasswords, AreSortedInLowerCaseAndAllRefused) {
  const auto common = CommonPasswords();
  EXPECT_GE(common.size(), 500U);
  for (std::size_t i = 0; i < common.size(); ++i) {
    EXPECT_GE(common[i].size(), kMinPasswordLength) << common[i];
    if (i > 0) {
      EXPECT_LT(common[i - 1], common[i]);
    }
    EXPECT_FALSE(CheckPasswordPolicy(common[i]).ok()) << common[i];
  }
}

TEST(PasswordHasher, MatchesTheSamePasswordAndNoOther) {
  PasswordHasher hasher;
  const Result<std::string> encoded = hasher.Hash("securePassword123!");
  ASSERT_TRUE(encoded.ok());
  EXPECT_EQ(encoded->find("$argon2id$v=19$m=19456,t=2,p=1$"), 0U) << *encoded;
  EXPECT_EQ(hasher.Verify("securePassword123!", *encoded), PasswordVerdict::kMatches);
  for (const std::string& wrong :
       {std::string(), std::string("securePassword123"), std::string("SecurePassword123!"),
        std::string("securePassword123!\0", 19), std::string("securePassword123! ")}) {
    EXPECT_EQ(hasher.Verify(wrong, *encoded), PasswordVerdict::kDiffers) << wrong;
  }
}

TEST(PasswordHasher, SaltsEachHash) {
  PasswordHasher hasher;
  EXPECT_NE(*hasher.Hash("securePassword123!"), *hasher.Hash("securePassword123!"));
}

TEST(PasswordHasher, MatchesNothingWithATextThatItNeverMade) {
  PasswordHasher hasher;
  for (const char* encoded : {"", "securePassword123!", "$argon2id$",
                              "$argon2id$v=19$m=19456,t=2,p=1$", "$2b$12$abcdefghijklmnopqrstuv"}) {
    EXPECT_EQ(hasher.Verify("securePassword123!", encoded), PasswordVerdict::kDiffers) << encoded;
    EXPECT_EQ(hasher.Verify("", encoded), PasswordVerdict::kDiffers) << encoded;
  }
}

TEST(PasswordHasher, SaysWhichHashesToMakeAnew) {
  PasswordHasher hasher;
  EXPECT_FALSE(PasswordHasher::NeedsRehash(*hasher.Hash("securePassword123!")));
  EXPECT_TRUE(PasswordHasher::NeedsRehash(
      "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$RdescudvJCsgt3ub+b4dWRWJTmaaJObG"));
  EXPECT_TRUE(PasswordHasher::NeedsRehash("not a hash"));
}

TEST(PasswordHasher, TakesAsLongForANameThatNobodyHas) {
  PasswordHasher hasher;
  const std::string encoded = *hasher.Hash("securePassword123!");
  const auto fastest = [](const auto& verify) {
    auto best = std::chrono::nanoseconds::max();
    for (int i = 0; i < 15; ++i) {
      const auto start = std::chrono::steady_clock::now();
      EXPECT_EQ(verify(), PasswordVerdict::kDiffers);
      best = std::min<std::chrono::nanoseconds>(best, std::chrono::steady_clock::now() - start);
    }
    return std::chrono::duration<double>(best).count();
  };
  const double known = fastest([&] { return hasher.Verify("wrong password", encoded); });
  const double unknown = fastest([&] { return hasher.VerifyAgainstNothing("wrong password"); });
  EXPECT_GT(unknown / known, 0.5);
  EXPECT_LT(unknown / known, 2.0);
}

TEST(PasswordHasher, RefusesTheFloodAndServesThoseWhoWait) {
  PasswordHasher hasher({.at_once = 1, .waiting = 2});
  constexpr int kCallers = 24;
  std::atomic<int> ready{0};
  std::atomic<int> served{0};
  std::atomic<int> refused{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < kCallers; ++i) {
    callers.emplace_back([&] {
      ready.fetch_add(1);
      while (ready.load() < kCallers) std::this_thread::yield();
      const Result<std::string> hash = hasher.Hash("securePassword123!");
      if (!hash) {
        EXPECT_EQ(hash.error().code, ErrorCode::kUnavailable);
      }
      (hash ? served : refused).fetch_add(1);
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(served + refused, kCallers);
  EXPECT_GE(served, 3);
  EXPECT_GE(refused, 1);
  // Afterwards all places are free again.
  EXPECT_TRUE(hasher.Hash("securePassword123!").ok());
}

TEST(PasswordHasher, IsBusyWhereNobodyMayWaitAndNothingMayRun) {
  PasswordHasher hasher({.at_once = 0, .waiting = 0});
  EXPECT_EQ(hasher.Hash("securePassword123!").error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(hasher.Verify("securePassword123!", ""), PasswordVerdict::kBusy);
  EXPECT_EQ(hasher.VerifyAgainstNothing("securePassword123!"), PasswordVerdict::kBusy);
}

}  // namespace
}  // namespace clinic::auth
