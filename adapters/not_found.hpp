// What the stores say of a row that is not there: the same words in each of them.
#pragma once

#include "clinic/directory.hpp"
#include "clinic/result.hpp"
#include "clinic/waitlist.hpp"

namespace clinic {

inline Error NoAccount(AccountId id) {
  return {ErrorCode::kNotFound, "there is no account " + ToString(id)};
}

inline Error NoPatient(ResourceId id) {
  return {ErrorCode::kNotFound, "there is no patient " + ToString(id)};
}

inline Error NoSession(SessionId id) {
  return {ErrorCode::kNotFound, "there is no session " + ToString(id)};
}

inline Error NoEntry(WaitlistId id) {
  return {ErrorCode::kNotFound, "nobody waits as " + ToString(id)};
}

}  // namespace clinic
