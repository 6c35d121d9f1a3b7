#include "server/auth/sodium.hpp"

#include <sodium.h>

#include <cstdlib>

namespace clinic::auth {

void EnsureSodium() {
  static const bool ready = sodium_init() >= 0;
  if (!ready) std::abort();
}

}  // namespace clinic::auth
