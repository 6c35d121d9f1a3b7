// Loads libsodium, which must happen before any other use of it.
#pragma once

namespace clinic::auth {

/// Prepares libsodium; O(1) after the first call. Safe to call from any thread. Ends the process
/// where the machine has no source of random numbers: nothing secret could be made there.
void EnsureSodium();

}  // namespace clinic::auth
