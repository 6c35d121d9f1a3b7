// Keys of every algorithm, and folders of them.
#include "server/auth/key.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "server/auth/base64url.hpp"
#include "server/auth/key_folder.hpp"
#include "server/auth/random.hpp"

namespace clinic::auth {
namespace {

using Json = nlohmann::json;
using std::chrono::minutes;
using std::chrono::seconds;

// Made once: an RSA key takes a while.
const std::string& SecretOf(Algorithm algorithm) {
  static const std::string hs256 = *MakeSecret(Algorithm::kHs256);
  static const std::string es256 = *MakeSecret(Algorithm::kEs256);
  static const std::string rs256 = *MakeSecret(Algorithm::kRs256);
  return algorithm == Algorithm::kHs256 ? hs256 : algorithm == Algorithm::kEs256 ? es256 : rs256;
}

std::string PemOf(EVP_PKEY* pair, const char* password = nullptr) {
  BIO* const memory = BIO_new(BIO_s_mem());
  PEM_write_bio_PKCS8PrivateKey(memory, pair, password ? EVP_aes_128_cbc() : nullptr, password,
                                password ? 8 : 0, nullptr, nullptr);
  char* text = nullptr;
  const long length = BIO_get_mem_data(memory, &text);
  std::string pem(text, static_cast<std::size_t>(length));
  BIO_free(memory);
  EVP_PKEY_free(pair);
  return pem;
}

class KeyOfEveryAlgorithm : public ::testing::TestWithParam<Algorithm> {};
INSTANTIATE_TEST_SUITE_P(, KeyOfEveryAlgorithm,
                         ::testing::Values(Algorithm::kHs256, Algorithm::kEs256, Algorithm::kRs256),
                         [](const auto& test) { return std::string(ToString(test.param)); });

TEST_P(KeyOfEveryAlgorithm, RefusesEverySignatureThatIsAnother) {
  const Key key = *Key::Create({"k", GetParam(), SecretOf(GetParam())});
  const std::string good = key.Sign("message");
  ASSERT_TRUE(key.Verify("message", good));
  EXPECT_FALSE(key.Verify("massage", good));
  EXPECT_FALSE(key.Verify("message", ""));
  EXPECT_FALSE(key.Verify("message", std::string(good.size(), '\0')));
  EXPECT_FALSE(key.Verify("message", std::string(good.size(), '\xff')));
  EXPECT_FALSE(key.Verify("message", good.substr(1)));
  EXPECT_FALSE(key.Verify("message", good + '\0'));
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    EXPECT_FALSE(key.Verify("message", bad)) << "byte " << i;
  }
  const Key other = *Key::Create({"k", GetParam(), *MakeSecret(GetParam())});
  EXPECT_FALSE(other.Verify("message", good));
}

TEST_P(KeyOfEveryAlgorithm, SignsInTheFormOfTheStandard) {
  const Key key = *Key::Create({"k", GetParam(), SecretOf(GetParam())});
  const std::size_t bytes = GetParam() == Algorithm::kHs256   ? 32
                            : GetParam() == Algorithm::kEs256 ? 64
                                                              : 384;
  // ECDSA's numbers are short now and then.
  for (int i = 0; i < 300; ++i) {
    const std::string message = "message " + std::to_string(i);
    const std::string signature = key.Sign(message);
    ASSERT_EQ(signature.size(), bytes);
    ASSERT_TRUE(key.Verify(message, signature));
    if (GetParam() == Algorithm::kRs256 && i == 10) break;
  }
}

TEST_P(KeyOfEveryAlgorithm, ShowsItsPublicHalfAndNothingElse) {
  const Key key = *Key::Create({"k", GetParam(), SecretOf(GetParam())});
  const auto jwk = key.PublicJwk();
  ASSERT_EQ(jwk.has_value(), GetParam() != Algorithm::kHs256);
  if (!jwk) return;
  std::set<std::string> names;
  const Json parsed = Json::parse(*jwk);
  for (const auto& [name, value] : parsed.items()) names.insert(name);
  const bool is_ec = GetParam() == Algorithm::kEs256;
  EXPECT_EQ(names, is_ec ? (std::set<std::string>{"kty", "use", "alg", "kid", "crv", "x", "y"})
                         : (std::set<std::string>{"kty", "use", "alg", "kid", "n", "e"}));
  const auto number = DecodeBase64Url(parsed[is_ec ? "x" : "n"].get<std::string>());
  EXPECT_EQ(number->size(), is_ec ? 32U : 384U);
}

TEST(KeyPair, IsRefusedWhereItIsNoneOrTooWeak) {
  const std::string good = SecretOf(Algorithm::kEs256);
  const std::string refused[] = {
      "",
      "nonsense",
      good.substr(0, good.size() / 2),
      "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n",
      PemOf(EVP_RSA_gen(1024)),
      PemOf(EVP_EC_gen("P-384")),
      PemOf(EVP_EC_gen("secp256k1")),
      PemOf(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")),
      PemOf(EVP_EC_gen("P-256"), "password"),
  };
  for (const std::string& pem : refused) {
    EXPECT_FALSE(AlgorithmOfPem(pem).ok()) << pem;
    for (const Algorithm algorithm : {Algorithm::kEs256, Algorithm::kRs256}) {
      EXPECT_FALSE(Key::Create({"k", algorithm, pem}).ok()) << pem;
    }
  }
  EXPECT_FALSE(Key::Create({"k", Algorithm::kRs256, good}).ok()) << "another algorithm's";
}

// RFC 7515, appendix A.3: the ES256 example's own key, text and signature.
TEST(KeyPair, VerifiesWhatTheStandardPrints) {
  const std::string pem =
      "-----BEGIN EC PRIVATE KEY-----\n"
      "MHcCAQEEII6bEJ5xkJi/mASH3x9dd+nLKWBuvtImO19XwhPfhPSyoAoGCCqGSM49\n"
      "AwEHoUQDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEXH8UTNG72b\n"
      "focs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n"
      "-----END EC PRIVATE KEY-----\n";
  const auto key = Key::Create({"rfc7515", Algorithm::kEs256, pem});
  ASSERT_TRUE(key.ok()) << key.error().message;
  const auto jwk = Json::parse(*key->PublicJwk());
  EXPECT_EQ(jwk["x"], "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU");
  EXPECT_EQ(jwk["y"], "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
  EXPECT_TRUE(key->Verify(
      "eyJhbGciOiJFUzI1NiJ9"
      ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0"
      "cnVlfQ",
      *DecodeBase64Url(
          "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqP"
          "P3-Kg6NU1Q")));
}

class KeyFolder : public ::testing::Test {
 protected:
  KeyFolder() { std::filesystem::create_directory(path_); }
  ~KeyFolder() override { std::filesystem::remove_all(path_); }

  std::filesystem::path Write(const std::string& name, const std::string& text, FileTime made = {},
                              mode_t mode = 0600) {
    const auto file = path_ / name;
    std::ofstream(file) << text;
    chmod(file.c_str(), mode);
    const timespec time{std::chrono::system_clock::to_time_t(made), 0};
    const timespec times[] = {time, time};
    utimensat(AT_FDCWD, file.c_str(), times, 0);
    return file;
  }

  std::string ReasonAgainst() const {
    const auto keys = ReadKeyFolder(path_, kNow);
    return keys.ok() ? "accepted" : keys.error().message;
  }

  std::vector<std::string> Ids() const {
    std::vector<std::string> ids;
    for (const KeyFile& file : *ReadKeyFolder(path_, kNow)) ids.push_back(file.material.id);
    return ids;
  }

  static constexpr FileTime kNow{std::chrono::hours{480'000}};
  const std::string secret_ = std::string(32, 's');
  const std::filesystem::path path_ =
      std::filesystem::temp_directory_path() / ("clinic-keys-" + RandomToken());
};

TEST_F(KeyFolder, IsRefusedWithTheNameOfWhatIsWrong) {
  EXPECT_NE(ReasonAgainst().find("there is no key"), std::string::npos);
  const std::pair<const char*, std::string> bad[] = {
      {"short.secret", "short"}, {"empty.secret", ""},
      {"a b.secret", secret_},   {"long.secret", std::string(20'000, 'x')},
      {"none.pem", "nonsense"},  {"weak.pem", PemOf(EVP_RSA_gen(1024))},
  };
  for (const auto& [name, text] : bad) {
    const auto file = Write(name, text);
    EXPECT_NE(ReasonAgainst().find(file.string()), std::string::npos) << ReasonAgainst();
    std::filesystem::remove(file);
  }
  for (const mode_t mode : {0640, 0604, 0660, 0644, 0620}) {
    const auto file = Write("open.secret", secret_, {}, mode);
    EXPECT_NE(ReasonAgainst().find("chmod 600"), std::string::npos) << ReasonAgainst();
    std::filesystem::remove(file);
  }
  Write("good.secret", secret_);
  EXPECT_EQ(ReasonAgainst(), "accepted");
  chmod(path_.c_str(), 0777);
  EXPECT_NE(ReasonAgainst().find("chmod go-w"), std::string::npos);
  chmod(path_.c_str(), 0700);
  Write("good.pem", SecretOf(Algorithm::kEs256));
  EXPECT_FALSE(LoadKeyFolder(path_, kNow).ok()) << "two of one name";
  EXPECT_FALSE(ReadKeyFolder(path_ / "nowhere", kNow).ok());
  EXPECT_FALSE(ReadKeyFolder(path_ / "good.pem", kNow).ok());
}

TEST_F(KeyFolder, OtherNamesAreNotLookedAt) {
  Write("good.secret", secret_);
  Write(".unfinished.secret", "x");
  Write("README", "x", {}, 0644);
  Write("good.secret.bak", "x", {}, 0644);
  EXPECT_EQ(Ids(), std::vector<std::string>{"good"});
}

TEST_F(KeyFolder, TheNewestSignsOnceItIsAMinuteOld) {
  Write("a.secret", secret_, kNow - minutes{30});
  Write("b.secret", secret_, kNow - minutes{20});
  Write("c.secret", secret_, kNow - seconds{59});
  EXPECT_EQ(Ids(), (std::vector<std::string>{"b", "c", "a"}));
  Write("c.secret", secret_, kNow - seconds{60});
  EXPECT_EQ(Ids(), (std::vector<std::string>{"c", "b", "a"}));
}

TEST_F(KeyFolder, OfNewKeysTheOldestSigns) {
  Write("a.secret", secret_, kNow - seconds{5});
  Write("b.secret", secret_, kNow - seconds{20});
  EXPECT_EQ(Ids(), (std::vector<std::string>{"b", "a"}));
}

TEST_F(KeyFolder, WhatCanStillBeOnATokenIsNotPruned) {
  const auto prune = [&](FileTime now) { return *PruneKeys(path_, minutes{15}, now); };
  Write("a.secret", secret_, kNow - minutes{60});
  EXPECT_EQ(prune(kNow), std::vector<std::string>()) << "the last one";
  Write("b.secret", secret_, kNow);
  EXPECT_EQ(prune(kNow + seconds{59}), std::vector<std::string>());
  // b signs from a minute on, and is known to do so everywhere in another one.
  EXPECT_EQ(prune(kNow + minutes{16} + seconds{59}), std::vector<std::string>());
  Write("c.secret", secret_, kNow + minutes{16} + seconds{59});
  EXPECT_EQ(prune(kNow + minutes{17}), std::vector<std::string>{"a"});
}

TEST_F(KeyFolder, ANewKeyIsItsOwnersAlone) {
  for (const Algorithm algorithm : {Algorithm::kHs256, Algorithm::kEs256, Algorithm::kRs256}) {
    const auto folder = path_ / std::string(ToString(algorithm));
    const auto id = AddKey(folder, algorithm, std::chrono::system_clock::now());
    ASSERT_TRUE(id.ok()) << id.error().message;
    const auto keys = ReadKeyFolder(folder, std::chrono::system_clock::now());
    ASSERT_TRUE(keys.ok()) << keys.error().message;
    ASSERT_EQ(keys->size(), 1U);
    EXPECT_EQ(keys->front().material.id, *id);
    EXPECT_EQ(keys->front().material.algorithm, algorithm);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 1);
  }
}

TEST_F(KeyFolder, AFollowedOneThatBreaksKeepsTheKeysAndSaysSoOnce) {
  const auto good = Write("a.secret", secret_, kNow - minutes{5});
  KeyRing ring(*LoadKeyFolder(path_, kNow));
  std::vector<std::string> reports;
  FollowedKeys followed(path_, ring,
                        [&](auto, const std::string& what) { reports.push_back(what); });
  followed.Reload(kNow);
  followed.Reload(kNow);
  ASSERT_EQ(reports.size(), 1U);
  const auto before = ring.current();

  const auto bad = Write("b.pem", "nonsense");
  followed.Reload(kNow);
  followed.Reload(kNow);
  ASSERT_EQ(reports.size(), 2U);
  EXPECT_NE(reports[1].find("b.pem"), std::string::npos);
  EXPECT_EQ(ring.current(), before);

  std::filesystem::remove(bad);
  followed.Reload(kNow);
  EXPECT_EQ(ring.current(), before);
  Write("b.pem", SecretOf(Algorithm::kEs256), kNow);
  followed.Reload(kNow);
  EXPECT_EQ(ring.current()->signing_key().id(), "a");
  EXPECT_EQ(Json::parse(ring.current()->ToJwks())["keys"].size(), 1U) << "published at once";
  followed.Reload(kNow + seconds{60});
  EXPECT_EQ(ring.current()->signing_key().id(), "b");

  std::filesystem::remove_all(path_);
  followed.Reload(kNow + seconds{60});
  EXPECT_EQ(ring.current()->signing_key().id(), "b");
}

TEST_F(KeyFolder, ADeletedKeyIsForgotten_AlsoWhereAnotherIsBroken) {
  const auto stolen = Write("a.pem", SecretOf(Algorithm::kEs256), kNow - minutes{5});
  Write("b.pem", SecretOf(Algorithm::kEs256), kNow - minutes{9});
  KeyRing ring(*LoadKeyFolder(path_, kNow));
  std::vector<FollowedKeys::Outcome> outcomes;
  FollowedKeys followed(path_, ring, [&](auto outcome, auto&) { outcomes.push_back(outcome); });
  followed.Reload(kNow);
  ASSERT_NE(ring.current()->ToJwks().find(R"("a")"), std::string::npos);

  std::filesystem::remove(stolen);
  Write("c.pem", "half of a key");
  followed.Reload(kNow);
  EXPECT_EQ(ring.current()->ToJwks().find(R"("a")"), std::string::npos);
  EXPECT_EQ(ring.current()->signing_key().id(), "b");
  EXPECT_EQ(outcomes.back(), FollowedKeys::Outcome::kFailed);
}

}  // namespace
}  // namespace clinic::auth
