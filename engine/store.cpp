#include "clinic/store.hpp"

namespace clinic {

Result<SignIn> Store::FindSignIn(SessionId id) {
  SignIn found;
  Result<void> read = Read([&](UnitOfWork& work) -> Result<void> {
    Result<Session> session = work.directory().GetSession(id);
    if (!session.ok()) return std::move(session).error();
    found.session = *std::move(session);
    Result<Account> account = work.directory().GetAccount(found.session.account);
    if (!account.ok()) return std::move(account).error();
    found.account = *std::move(account);
    return {};
  });
  if (!read.ok()) return std::move(read).error();
  return found;
}

}  // namespace clinic
