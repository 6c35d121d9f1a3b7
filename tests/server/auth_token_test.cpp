#include "server/auth/token.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "server/auth/base64url.hpp"
#include "server/auth/verified_tokens.hpp"

namespace clinic::auth {
namespace {

using Json = nlohmann::ordered_json;
using std::chrono::seconds;

const KeyMaterial kOldKey{"2023-12", Algorithm::kHs256, std::string(32, 'o')};
const KeyMaterial kKey{"2024-03", Algorithm::kHs256, "0123456789abcdef0123456789abcdef"};

class TokenTest : public ::testing::Test {
 protected:
  IssuedToken Issue() {
    return TokenIssuer(keys_, settings_, clock_, ids_).Issue(subject_, session_, "patient");
  }

  static std::string Sign(const KeyMaterial& key, const std::string& header,
                          const std::string& claims) {
    const std::string text = EncodeBase64Url(header) + "." + EncodeBase64Url(claims);
    return text + "." + EncodeBase64Url(Key::Create(key)->Sign(text));
  }

  // A token as the issuer makes it, with one thing changed before it is signed.
  std::string Forge(const std::function<void(Json& header, Json& claims)>& change) const {
    Json header;  // in the issuer's order
    header["alg"] = "HS256";
    header["typ"] = "at+jwt";
    header["kid"] = kKey.id;
    const std::int64_t now = clock_.Now().time_since_epoch().count();
    Json claims{{"iss", settings_.issuer},
                {"aud", settings_.audience},
                {"sub", ToString(subject_)},
                {"sid", ToString(session_)},
                {"role", "patient"},
                {"jti", ToString(subject_)},
                {"iat", now},
                {"nbf", now},
                {"exp", now + 900}};
    change(header, claims);
    return Sign(kKey, header.dump(), claims.dump());
  }

  std::string ReasonAgainst(std::string_view token) const {
    const auto outcome = TokenVerifier(keys_, settings_, clock_).Verify(token);
    const auto* refusal = std::get_if<TokenRefusal>(&outcome);
    return refusal == nullptr ? "accepted" : refusal->reason;
  }

  const KeyRing keys_{*KeySet::Create({kKey})};
  SimulatedClock clock_{Instant{seconds{1709649000}}};
  UuidV7Generator ids_{clock_, 1};
  TokenSettings settings_{.issuer = "https://clinic.example", .audience = "clinic-api"};
  AccountId subject_ = *AccountId::Parse("550e8400-e29b-41d4-a716-446655440000");
  SessionId session_ = *SessionId::Parse("6ba7b810-9dad-11d1-80b4-00c04fd430c8");
};

TEST_F(TokenTest, RefusesHeadersThatAreNotTheIssuers) {
  using Change = std::function<void(Json&)>;
  const Change kChanges[] = {
      [](Json& header) { header["alg"] = "none"; },
      [](Json& header) { header["alg"] = "HS512"; },
      [](Json& header) { header["alg"] = "RS256"; },
      [](Json& header) { header["alg"] = "hs256"; },
      [](Json& header) { header.erase("alg"); },
      [](Json& header) { header["kid"] = "2019-01"; },
      [](Json& header) { header["kid"] = ""; },
      [](Json& header) { header["kid"] = 7; },
      [](Json& header) { header.erase("kid"); },
      [](Json& header) { header["typ"] = "JWT"; },
      [](Json& header) { header.erase("typ"); },
      [](Json& header) { header["crit"] = {"exp"}; },
      [](Json& header) { header["jwk"] = Json::object(); },
      [](Json& header) { header["jku"] = "http://127.0.0.1/keys"; },
      [](Json& header) { header["x5u"] = "http://127.0.0.1/keys"; },
      [](Json& header) {  // the same, in another order
        header = {{"kid", kKey.id}, {"alg", "HS256"}, {"typ", "at+jwt"}};
      },
  };
  for (const Change& change : kChanges) {
    std::string shown;
    const std::string token = Forge([&](Json& header, Json&) {
      change(header);
      shown = header.dump();
    });
    EXPECT_EQ(ReasonAgainst(token), "the header is none that is written here") << shown;
  }
  EXPECT_EQ(ReasonAgainst(Forge([](Json&, Json&) {})), "accepted");
}

TEST_F(TokenTest, RefusesClaimsThatAreNotTheIssuers) {
  using Change = std::function<void(Json&, Json&)>;
  const std::pair<Change, const char*> kChanges[] = {
      {[](Json&, Json& claims) { claims["iss"] = "https://evil.example"; }, "another issuer"},
      {[](Json&, Json& claims) { claims["aud"] = "other-api"; }, "another audience"},
      {[](Json&, Json& claims) { claims["aud"] = {"clinic-api"}; }, "claims/aud: must be a string"},
      {[](Json&, Json& claims) { claims["sub"] = "patient"; }, "claims/sub: must be a UUID"},
      {[](Json&, Json& claims) { claims["sid"] = nullptr; }, "claims/sid: must not be null"},
      {[](Json&, Json& claims) { claims["role"] = ""; }, "claims/role: must not be empty"},
      {[](Json&, Json& claims) { claims["role"] = std::string(33, 'x'); },
       "claims/role: must have"},
      {[](Json&, Json& claims) { claims["exp"] = "1709649900"; }, "claims/exp: must be an integer"},
      {[](Json&, Json& claims) { claims["exp"] = 1709649900.5; }, "claims/exp: must be an integer"},
      {[](Json&, Json& claims) { claims["exp"] = INT64_MAX; }, "claims/exp: must be at most"},
      {[](Json&, Json& claims) { claims["nbf"] = INT64_MIN; }, "claims/nbf: must be at least"},
      {[](Json&, Json& claims) { claims["exp"] = 1709649000; }, "expired"},
      {[](Json&, Json& claims) { claims["nbf"] = 1709649006; }, "not valid yet"},
  };
  for (const auto& [change, because] : kChanges) {
    const std::string reason = ReasonAgainst(Forge(change));
    EXPECT_NE(reason.find(because), std::string::npos) << because << ", but: " << reason;
  }
  for (const char* claim : {"iss", "aud", "sub", "sid", "role", "jti", "iat", "nbf", "exp"}) {
    const std::string reason =
        ReasonAgainst(Forge([&](Json&, Json& claims) { claims.erase(claim); }));
    EXPECT_EQ(reason, "claims/" + std::string(claim) + ": is required");
  }
}

TEST_F(TokenTest, RefusesWhatIsNoTokenAtAll) {
  const std::string good = Issue().text;
  const std::string unsigned_text = good.substr(0, good.rfind('.'));
  for (const std::string& text :
       {std::string(), std::string("."), std::string(".."), std::string("..."),
        std::string("a.b.c"), unsigned_text, unsigned_text + ".", good + ".", good + "=",
        good + " ", " " + good, good + "." + good, "Bearer " + good, std::string("e30.e30.e30"),
        std::string(4097, 'a')}) {
    EXPECT_NE(ReasonAgainst(text), "accepted") << text;
  }
  const std::string none = Sign(kKey, R"({"alg":"none","typ":"at+jwt","kid":"2024-03"})", "{}");
  EXPECT_NE(ReasonAgainst(none.substr(0, none.rfind('.') + 1)), "accepted");
}

TEST_F(TokenTest, RefusesATokenThatIsTooLongBeforeItDecodesAnything) {
  EXPECT_EQ(ReasonAgainst(std::string(kMaxTokenLength + 1, '.')), "longer than 4096 bytes");
  EXPECT_NE(ReasonAgainst(std::string(kMaxTokenLength, '.')), "longer than 4096 bytes");
}

TEST_F(TokenTest, RefusesNamesThatOccurTwiceInsideTheClaims) {
  const std::string header = R"({"alg":"HS256","typ":"at+jwt","kid":"2024-03"})";
  EXPECT_NE(ReasonAgainst(Sign(kKey, header, R"({"role":"patient","role":"admin"})"))
                .find("occurs twice"),
            std::string::npos);
}

TEST_F(TokenTest, RefusesASignatureOfAnotherKey) {
  KeyMaterial impostor = kKey;
  impostor.secret.back() = 'X';
  const KeyRing theirs(*KeySet::Create({impostor}));
  const TokenIssuer issuer(theirs, settings_, clock_, ids_);
  EXPECT_EQ(ReasonAgainst(issuer.Issue(subject_, session_, "admin").text),
            "the signature is not that of the key");
}

TEST_F(TokenTest, RefusesAThousandMutations) {
  const std::string good = Issue().text;
  ASSERT_EQ(ReasonAgainst(good), "accepted");
  std::mt19937 random(2024);
  std::uniform_int_distribution<int> kind(0, 2);
  std::uniform_int_distribution<int> byte(0, 255);
  static constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
  std::uniform_int_distribution<std::size_t> letter(0, kAlphabet.size() - 1);
  for (int i = 0; i < 1000;) {
    std::string bad = good;
    const std::size_t at = std::uniform_int_distribution<std::size_t>(0, bad.size() - 1)(random);
    switch (kind(random)) {
      case 0:
        bad[at] = i % 2 == 0 ? kAlphabet[letter(random)] : static_cast<char>(byte(random));
        break;
      case 1:
        bad.erase(at, 1 + at % 3);
        break;
      default:
        bad.insert(at, 1, kAlphabet[letter(random)]);
        break;
    }
    if (bad == good) continue;
    ASSERT_NE(ReasonAgainst(bad), "accepted") << bad;
    ++i;
  }
}

TEST_F(TokenTest, RefusesEverySingleCharacterThatIsAnother) {
  const std::string good = Issue().text;
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = bad[i] == 'A' ? 'B' : 'A';
    ASSERT_NE(ReasonAgainst(bad), "accepted") << "character " << i;
  }
}

TEST_F(TokenTest, AcceptsWhatTheIssuerMade) {
  const IssuedToken token = Issue();
  EXPECT_EQ(token.expires_in, seconds{900});
  EXPECT_EQ(token.expires_at, clock_.Now() + seconds{900});
  const auto outcome = TokenVerifier(keys_, settings_, clock_).Verify(token.text);
  const auto* claims = std::get_if<AccessClaims>(&outcome);
  ASSERT_NE(claims, nullptr) << std::get<TokenRefusal>(outcome).reason;
  EXPECT_EQ(claims->subject, subject_);
  EXPECT_EQ(claims->session, session_);
  EXPECT_EQ(claims->role, "patient");
  EXPECT_EQ(claims->issued_at, clock_.Now());
  EXPECT_EQ(claims->not_before, clock_.Now());
  EXPECT_EQ(claims->expires_at, token.expires_at);
  EXPECT_FALSE(claims->id.is_nil());
  EXPECT_NE(Issue().text, token.text) << "each has an id of its own";
}

TEST_F(TokenTest, IsValidFromItsStartToJustBeforeItsEnd) {
  const std::string token = Issue().text;
  clock_.Advance(-seconds{6});
  EXPECT_EQ(ReasonAgainst(token), "not valid yet");
  clock_.Advance(seconds{1});
  EXPECT_EQ(ReasonAgainst(token), "accepted") << "the issuing node may be five seconds ahead";
  clock_.Advance(seconds{5 + 899});
  EXPECT_EQ(ReasonAgainst(token), "accepted");
  clock_.Advance(seconds{1});
  EXPECT_EQ(ReasonAgainst(token), "expired");
}

TEST_F(TokenTest, StaysValidWhileItsKeyIsRotatedOut) {
  KeyRing ring(*KeySet::Create({kOldKey}));
  const TokenIssuer issuer(ring, settings_, clock_, ids_);
  const TokenVerifier verifier(ring, settings_, clock_);
  const auto is_good = [&](const std::string& token) {
    return std::holds_alternative<AccessClaims>(verifier.Verify(token));
  };
  const std::string old_token = issuer.Issue(subject_, session_, "doctor").text;
  EXPECT_TRUE(is_good(old_token));
  ring.Replace(*KeySet::Create({kKey, kOldKey}));
  const std::string new_token = issuer.Issue(subject_, session_, "doctor").text;
  EXPECT_TRUE(is_good(old_token));
  EXPECT_TRUE(is_good(new_token));
  EXPECT_EQ(ReasonAgainst(new_token), "accepted") << "signed with the first key";
  // What was found good a moment ago is not, without its key.
  ring.Replace(*KeySet::Create({kKey}));
  EXPECT_FALSE(is_good(old_token));
  EXPECT_TRUE(is_good(new_token));
  KeyMaterial other = kKey;
  other.secret[0] ^= 1;
  ring.Replace(*KeySet::Create({other}));
  EXPECT_FALSE(is_good(new_token)) << "another key of the same id";
}

TEST_F(TokenTest, IsKnownAgainAndStillExpires) {
  const TokenVerifier verifier(keys_, settings_, clock_);
  const std::string token = Issue().text;
  const auto first = verifier.Verify(token);
  ASSERT_TRUE(std::holds_alternative<AccessClaims>(first));
  const auto second = verifier.Verify(token);
  ASSERT_TRUE(std::holds_alternative<AccessClaims>(second));
  EXPECT_EQ(std::get<AccessClaims>(first), std::get<AccessClaims>(second));
  for (const std::string& other :
       {token + "A", token.substr(1), token.substr(0, token.size() - 1)}) {
    EXPECT_TRUE(std::holds_alternative<TokenRefusal>(verifier.Verify(other)));
  }
  clock_.Advance(-seconds{6});
  EXPECT_TRUE(std::holds_alternative<TokenRefusal>(verifier.Verify(token)));
  clock_.Advance(seconds{906});
  EXPECT_TRUE(std::holds_alternative<TokenRefusal>(verifier.Verify(token)));
}

TEST_F(TokenTest, IsGoodHoweverManyOthersCameSince) {
  const TokenVerifier verifier(keys_, settings_, clock_);
  std::vector<std::string> tokens;
  for (std::size_t i = 0; i < 2 * VerifiedTokens::kMost; ++i) tokens.push_back(Issue().text);
  for (int round = 0; round < 2; ++round) {
    for (const std::string& token : tokens) {
      ASSERT_TRUE(std::holds_alternative<AccessClaims>(verifier.Verify(token)));
    }
  }
}

TEST_F(TokenTest, ManyVerifyWhileKeysAreRotated) {
  KeyRing ring(*KeySet::Create({kOldKey, kKey}));
  const TokenIssuer issuer(ring, settings_, clock_, ids_);
  const TokenVerifier verifier(ring, settings_, clock_);
  std::vector<std::string> tokens;
  for (int i = 0; i < 50; ++i) tokens.push_back(issuer.Issue(subject_, session_, "doctor").text);
  std::atomic<int> refused = 0;
  std::atomic<bool> stop = false;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&] {
        while (!stop) {
          for (const std::string& token : tokens) {
            if (!std::holds_alternative<AccessClaims>(verifier.Verify(token))) ++refused;
          }
        }
      });
    }
    for (int round = 0; round < 50; ++round) {
      ring.Replace(
          *KeySet::Create({round % 2 == 0 ? kKey : kOldKey, round % 2 == 0 ? kOldKey : kKey}));
      EXPECT_FALSE(issuer.Issue(subject_, session_, "doctor").text.empty());
    }
    stop = true;
  }
  EXPECT_EQ(refused, 0);
}

TEST(KeySet, RefusesKeysThatAreWeakNamelessOrDouble) {
  const std::string secret(32, 's');
  const std::vector<std::vector<KeyMaterial>> kRefused = {
      {},
      {{"a", Algorithm::kHs256, std::string(31, 's')}},
      {{"", Algorithm::kHs256, secret}},
      {{"a b", Algorithm::kHs256, secret}},
      {{std::string(65, 'a'), Algorithm::kHs256, secret}},
      {{"a", Algorithm::kHs256, secret}, {"a", Algorithm::kHs256, std::string(32, 't')}},
  };
  for (const auto& materials : kRefused) {
    const Result<KeySet> keys = KeySet::Create(materials);
    ASSERT_FALSE(keys.ok());
    EXPECT_EQ(keys.error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(keys.error().message.find(secret), std::string::npos) << "repeats the secret";
  }
}

// RFC 7515, appendix A.1: an HS256 signature over the standard's own key and text.
TEST(Key, SignsAsTheStandardPrints) {
  const auto secret = DecodeBase64Url(
      "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
  ASSERT_TRUE(secret);
  const auto key = Key::Create({"rfc7515", Algorithm::kHs256, *secret});
  ASSERT_TRUE(key.ok());
  const std::string text =
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
      ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0"
      "cnVlfQ";
  EXPECT_EQ(EncodeBase64Url(key->Sign(text)), "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
  EXPECT_TRUE(key->Verify(text, key->Sign(text)));
  EXPECT_FALSE(key->Verify(text, key->Sign(text).substr(0, 31)));
  EXPECT_FALSE(key->Verify(text, ""));
}

}  // namespace
}  // namespace clinic::auth
