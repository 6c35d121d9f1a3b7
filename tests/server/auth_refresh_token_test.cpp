#include "server/auth/refresh_token.hpp"

#include <gtest/gtest.h>

#include <set>

namespace clinic::auth {
namespace {

const SessionId kSession = *SessionId::Parse("6ba7b810-9dad-11d1-80b4-00c04fd430c8");

TEST(RefreshToken, IsNoneWhereTheTextIsNoTokens) {
  const std::string good = RefreshToken::First(kSession).Text();
  for (const std::string& text :
       {std::string(), std::string("x"), good + "A", good.substr(1), good.substr(0, 63), good + "=",
        std::string(64, '+'), std::string(64, ' '), std::string(5000, 'A')}) {
    EXPECT_FALSE(RefreshToken::Parse(text)) << text;
  }
}

TEST(RefreshToken, ComesBackFromItsText) {
  const RefreshToken token = RefreshToken::First(kSession);
  EXPECT_EQ(token.Text().size(), 64U);
  const auto parsed = RefreshToken::Parse(token.Text());
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->session(), kSession);
  EXPECT_EQ(parsed->Text(), token.Text());
  EXPECT_EQ(parsed->Judge(token.Hash()), RefreshVerdict::kCurrent);
}

TEST(RefreshToken, IsToldFromItsForerunnersAndFromOnesThatNeverWere) {
  const RefreshToken first = RefreshToken::First(kSession);
  const RefreshToken second = first.Next();
  const RefreshToken third = second.Next();
  EXPECT_EQ(third.session(), kSession);
  EXPECT_EQ(third.Judge(third.Hash()), RefreshVerdict::kCurrent);
  EXPECT_EQ(second.Judge(third.Hash()), RefreshVerdict::kUsedBefore);
  EXPECT_EQ(first.Judge(third.Hash()), RefreshVerdict::kUsedBefore);
  EXPECT_EQ(RefreshToken::First(kSession).Judge(third.Hash()), RefreshVerdict::kForeign);
  for (const std::string& kept : {std::string(), std::string("x"), std::string(128, '0'),
                                  third.Hash() + "0", third.Hash().substr(1)}) {
    EXPECT_EQ(third.Judge(kept), RefreshVerdict::kForeign) << kept;
  }
}

TEST(RefreshToken, ItsDigestHoldsNothingOfIt) {
  const RefreshToken token = RefreshToken::First(kSession);
  EXPECT_EQ(token.Hash().size(), 128U);
  EXPECT_EQ(token.Hash().find(token.Text().substr(22, 20)), std::string::npos);
  std::set<std::string> texts;
  for (int i = 0; i < 100; ++i) texts.insert(token.Next().Text());
  EXPECT_EQ(texts.size(), 100U);
}

}  // namespace
}  // namespace clinic::auth
