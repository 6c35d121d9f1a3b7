#include "server/limits/limits.hpp"

#include <array>

#include "server/limits/ip_address.hpp"

namespace clinic::limits {
namespace {

constexpr std::int64_t kPeopleBehindAnAddress = 30;
constexpr std::int64_t kAddressesOfAPerson = 10;

Demand SignInsFrom(const std::string& address, const Quota& quota) {
  return {.key = "sign-in-address:" + address, .quota = quota.Times(kPeopleBehindAnAddress)};
}

}  // namespace

std::optional<Verdict> Limits::TakeForAddress(std::string_view address) {
  if (!quotas_.address) return std::nullopt;
  const Demand demand{.key = "address:" + LimitedAs(address), .quota = *quotas_.address};
  return limiter_.Take({&demand, 1});
}

std::optional<Verdict> Limits::TakeForAccount(AccountId account) {
  if (!quotas_.account) return std::nullopt;
  const Demand demand{.key = "account:" + ToString(account), .quota = *quotas_.account};
  return limiter_.Take({&demand, 1});
}

std::optional<Verdict> Limits::TakeForSignIn(std::string_view address, std::string_view email) {
  if (!quotas_.sign_in) return std::nullopt;
  const Quota& quota = *quotas_.sign_in;
  const std::string from = LimitedAs(address);
  const std::array demands{
      Demand{"sign-in:" + from + " " + std::string(email), quota}, SignInsFrom(from, quota),
      Demand{"sign-in-email:" + std::string(email), quota.Times(kAddressesOfAPerson)}};
  return limiter_.Take(demands);
}

std::optional<Verdict> Limits::TakeForRegistration(std::string_view address) {
  if (!quotas_.sign_in) return std::nullopt;
  const Demand demand = SignInsFrom(LimitedAs(address), *quotas_.sign_in);
  return limiter_.Take({&demand, 1});
}

}  // namespace clinic::limits
