#include "server/auth/random.hpp"

#include <gtest/gtest.h>

#include <set>

#include "server/auth/base64url.hpp"

namespace clinic::auth {
namespace {

TEST(Base64Url, RefusesWhatItWouldNotWrite) {
  for (const char* text :
       {"A", "AA==", "AA=", "AAA=", "AB", "AAB", "A A", "AA\n", "A+", "A/", "AA.", "AAAAA"}) {
    EXPECT_EQ(DecodeBase64Url(text), std::nullopt) << text;
  }
}

// RFC 4648 §10, without the padding, and the two characters that differ from plain base64.
TEST(Base64Url, WritesAndReadsWhatTheStandardPrints) {
  const std::pair<std::string, std::string> kVectors[] = {
      {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
      {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xFB\xFF\xFE", "-__-"}};
  for (const auto& [bytes, text] : kVectors) {
    EXPECT_EQ(EncodeBase64Url(bytes), text);
    EXPECT_EQ(DecodeBase64Url(text), bytes);
  }
}

TEST(Base64, IsStrict) {
  EXPECT_EQ(DecodeBase64("dTpw"), "u:p");
  EXPECT_EQ(DecodeBase64("dQ=="), "u");
  EXPECT_EQ(DecodeBase64("+/+/"), "\xfb\xff\xbf");
  for (const char* text : {"dQ", "dQ=", "dR==", "d", "-_-_", "dQ==\n", " dQ=="}) {
    EXPECT_FALSE(DecodeBase64(text)) << text;
  }
}

TEST(RandomToken, IsNeverTheSameAndHas256Bits) {
  std::set<std::string> tokens;
  for (int i = 0; i < 1000; ++i) {
    const std::string token = RandomToken();
    EXPECT_EQ(token.size(), 43U);
    ASSERT_TRUE(DecodeBase64Url(token)) << token;
    EXPECT_EQ(DecodeBase64Url(token)->size(), 32U);
    tokens.insert(token);
  }
  EXPECT_EQ(tokens.size(), 1000U);
}

TEST(RandomBytes, FillsAllOfThem) {
  std::array<unsigned char, 64> any{};
  for (int i = 0; i < 64; ++i) {
    std::array<unsigned char, 64> bytes{};
    RandomBytes(bytes);
    for (std::size_t j = 0; j < bytes.size(); ++j) any[j] |= bytes[j];
  }
  for (const unsigned char byte : any) EXPECT_NE(byte, 0);
}

// FIPS 180-4's examples.
TEST(Sha256Hex, IsWhatTheStandardPrints) {
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

}  // namespace
}  // namespace clinic::auth
