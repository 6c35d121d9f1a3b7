// ES256 and RS256, by OpenSSL.
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <array>
#include <cstdlib>

#include "server/auth/base64url.hpp"
#include "server/auth/signer.hpp"
#include "server/json/writer.hpp"

namespace clinic::auth {
namespace {

constexpr int kMinRsaBits = 2048;
constexpr int kNewRsaBits = 3072;
constexpr int kNumberBytes = 32;  // of P-256
constexpr std::string_view kCurve = "prime256v1";

template <auto Free>
struct Deleter {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Pair = std::unique_ptr<EVP_PKEY, Deleter<&EVP_PKEY_free>>;
using Digest = std::unique_ptr<EVP_MD_CTX, Deleter<&EVP_MD_CTX_free>>;
using Number = std::unique_ptr<BIGNUM, Deleter<&BN_free>>;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, Deleter<&ECDSA_SIG_free>>;
using Memory = std::unique_ptr<BIO, Deleter<&BIO_free_all>>;

Error Refusal(std::string message) { return {ErrorCode::kInvalidArgument, std::move(message)}; }

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

/// What OpenSSL left behind must not be taken for somebody else's failure.
struct ForgetErrors {
  ~ForgetErrors() { ERR_clear_error(); }
};

// Nobody is asked for the password of a key.
int NoPassword(char*, int, int, void*) { return -1; }

Pair ReadPem(const std::string& pem) {
  const ForgetErrors forget;
  const Memory memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return Pair(memory ? PEM_read_bio_PrivateKey(memory.get(), nullptr, &NoPassword, nullptr)
                     : nullptr);
}

bool IsOnP256(const EVP_PKEY* pair) {
  std::array<char, 64> name{};
  std::size_t length = 0;
  return EVP_PKEY_get_group_name(pair, name.data(), name.size(), &length) == 1 &&
         std::string_view(name.data(), length) == kCurve;
}

Result<Algorithm> AlgorithmOf(const EVP_PKEY* pair) {
  if (pair == nullptr) return Refusal("it is no private key in PEM without a password");
  if (EVP_PKEY_get_base_id(pair) == EVP_PKEY_RSA) {
    if (EVP_PKEY_get_bits(pair) >= kMinRsaBits) return Algorithm::kRs256;
    return Refusal("an RSA key has at least 2048 bits");
  }
  if (EVP_PKEY_get_base_id(pair) == EVP_PKEY_EC && IsOnP256(pair)) return Algorithm::kEs256;
  return Refusal("it is neither an RSA key nor one on the curve P-256");
}

/// Two numbers of 32 bytes, where OpenSSL has them in DER (RFC 7518 §3.4).
std::string FromDer(const std::string& der) {
  const unsigned char* at = Bytes(std::string_view(der));
  const EcdsaSignature numbers(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  if (!numbers) return {};
  std::string raw(2 * kNumberBytes, '\0');
  BN_bn2binpad(ECDSA_SIG_get0_r(numbers.get()), Bytes(raw), kNumberBytes);
  BN_bn2binpad(ECDSA_SIG_get0_s(numbers.get()), Bytes(raw) + kNumberBytes, kNumberBytes);
  return raw;
}

/// Empty where it is no signature.
std::string ToDer(std::string_view raw) {
  if (raw.size() != 2 * kNumberBytes) return {};
  const EcdsaSignature numbers(ECDSA_SIG_new());
  Number r(BN_bin2bn(Bytes(raw), kNumberBytes, nullptr));
  Number s(BN_bin2bn(Bytes(raw) + kNumberBytes, kNumberBytes, nullptr));
  if (!numbers || !r || !s) return {};
  if (ECDSA_SIG_set0(numbers.get(), r.get(), s.get()) != 1) return {};
  (void)r.release();
  (void)s.release();
  unsigned char* der = nullptr;
  const int length = i2d_ECDSA_SIG(numbers.get(), &der);
  if (length <= 0) return {};
  std::string text(reinterpret_cast<const char*>(der), static_cast<std::size_t>(length));
  OPENSSL_free(der);
  return text;
}

class KeyPairSigner final : public Signer {
 public:
  KeyPairSigner(Algorithm algorithm, Pair pair) : algorithm_(algorithm), pair_(std::move(pair)) {}

  std::string Sign(std::string_view message) const override {
    std::string signature = TrySign(message);
    // It signed when it was made: only memory can be short here.
    if (signature.empty()) std::abort();
    return signature;
  }

  /// Empty where the key cannot sign.
  std::string TrySign(std::string_view message) const {
    const ForgetErrors forget;
    const Digest digest(EVP_MD_CTX_new());
    std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(pair_.get())), '\0');
    std::size_t length = signature.size();
    if (!digest ||
        EVP_DigestSignInit(digest.get(), nullptr, EVP_sha256(), nullptr, pair_.get()) != 1 ||
        EVP_DigestSign(digest.get(), Bytes(signature), &length, Bytes(message), message.size()) !=
            1) {
      return {};
    }
    signature.resize(length);
    return algorithm_ == Algorithm::kEs256 ? FromDer(signature) : signature;
  }

  bool Verify(std::string_view message, std::string_view signature) const override {
    const ForgetErrors forget;
    const std::string der =
        algorithm_ == Algorithm::kEs256 ? ToDer(signature) : std::string(signature);
    const Digest digest(EVP_MD_CTX_new());
    return !der.empty() && digest &&
           EVP_DigestVerifyInit(digest.get(), nullptr, EVP_sha256(), nullptr, pair_.get()) == 1 &&
           EVP_DigestVerify(digest.get(), Bytes(std::string_view(der)), der.size(), Bytes(message),
                            message.size()) == 1;
  }

  std::optional<std::string> PublicJwk(std::string_view id) const override {
    const bool is_ec = algorithm_ == Algorithm::kEs256;
    return json::WriteObject([&](json::ObjectWriter& out) {
      out.Field("kty", is_ec ? "EC" : "RSA");
      out.Field("use", "sig");
      out.Field("alg", ToString(algorithm_));
      out.Field("kid", id);
      if (is_ec) {
        out.Field("crv", "P-256");
        out.Field("x", Parameter(OSSL_PKEY_PARAM_EC_PUB_X, kNumberBytes));
        out.Field("y", Parameter(OSSL_PKEY_PARAM_EC_PUB_Y, kNumberBytes));
      } else {
        out.Field("n", Parameter(OSSL_PKEY_PARAM_RSA_N, 0));
        out.Field("e", Parameter(OSSL_PKEY_PARAM_RSA_E, 0));
      }
    });
  }

 private:
  /// A number in base64url, of so many bytes, or of as many as it takes.
  std::string Parameter(const char* name, int bytes) const {
    BIGNUM* taken = nullptr;
    if (EVP_PKEY_get_bn_param(pair_.get(), name, &taken) != 1) return {};
    const Number number(taken);
    const int length = bytes == 0 ? BN_num_bytes(number.get()) : bytes;
    std::string text(static_cast<std::size_t>(length), '\0');
    BN_bn2binpad(number.get(), Bytes(text), length);
    return EncodeBase64Url(text);
  }

  Algorithm algorithm_;
  Pair pair_;
};

}  // namespace

Result<Algorithm> AlgorithmOfPem(const std::string& pem) {
  const Pair pair = ReadPem(pem);
  return AlgorithmOf(pair.get());
}

Result<std::shared_ptr<const Signer>> MakeKeyPairSigner(Algorithm algorithm,
                                                        const std::string& pem) {
  Pair pair = ReadPem(pem);
  const Result<Algorithm> its = AlgorithmOf(pair.get());
  if (!its.ok()) return its.error();
  if (*its != algorithm) return Refusal("it is not for " + std::string(ToString(algorithm)));
  auto signer = std::make_shared<KeyPairSigner>(algorithm, std::move(pair));
  // A damaged file can be read and still not be a key.
  constexpr std::string_view kProbe = "probe";
  const std::string signature = signer->TrySign(kProbe);
  if (signature.empty() || !signer->Verify(kProbe, signature)) {
    return Refusal("its public half does not belong to its private one");
  }
  return std::shared_ptr<const Signer>(std::move(signer));
}

Result<std::string> MakeKeyPair(Algorithm algorithm) {
  const ForgetErrors forget;
  const Pair pair(algorithm == Algorithm::kEs256 ? EVP_EC_gen("P-256")
                                                 : EVP_RSA_gen(static_cast<unsigned>(kNewRsaBits)));
  const Memory memory(BIO_new(BIO_s_mem()));
  const bool is_written = pair && memory &&
                          PEM_write_bio_PKCS8PrivateKey(memory.get(), pair.get(), nullptr, nullptr,
                                                        0, nullptr, nullptr) == 1;
  if (!is_written) return Error{ErrorCode::kUnavailable, "OpenSSL could not make a key"};
  char* text = nullptr;
  const long length = BIO_get_mem_data(memory.get(), &text);
  return std::string(text, static_cast<std::size_t>(length));
}

}  // namespace clinic::auth
