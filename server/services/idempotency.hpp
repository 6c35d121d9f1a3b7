// Requests that may come again: the same key gives the first answer.
#pragma once

#include <absl/container/flat_hash_set.h>

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "clinic/clock.hpp"
#include "clinic/store.hpp"

namespace clinic::server {

/// An answer as it is kept. Free of HTTP but for its numbers.
struct KeptAnswer {
  int status = 0;
  std::string location{};
  std::string body{};
};

/// A request that carries a key.
struct KeyedRequest {
  std::string actor{};
  std::string key{};
  std::string fingerprint{};   ///< of everything that makes it this request
  bool keeps_refusals = true;  ///< or is judged anew each time, as strangers could fill the disk
};

/// Why a keyed request is not served.
enum class KeyRefusal {
  kUsedForAnother,  ///< the key belongs to another request
  kStillRunning,    ///< the first request with it has not been answered yet
  kUnavailable,     ///< the store does not answer
};

/// Safe to call from any thread.
class Idempotency {
 public:
  /// Keeps an answer in the transaction of the change that it tells of.
  using Keep = std::function<Result<void>(UnitOfWork&, const KeptAnswer&)>;

  struct Outcome {
    KeptAnswer answer;
    bool replayed = false;
  };

  Idempotency(Store& store, const Clock& clock) : store_(store), clock_(clock) {}

  /// Serves the request by `act`, unless it was served before. `act` calls the Keep that it is
  /// given inside its transaction; an answer that it refuses with (below 500) is kept afterwards,
  /// so that a repeated request is refused alike.
  std::variant<Outcome, KeyRefusal> Run(const KeyedRequest& request,
                                        const std::function<KeptAnswer(const Keep&)>& act);

 private:
  std::variant<std::monostate, Outcome, KeyRefusal> Look(const KeyedRequest& request);

  Store& store_;
  const Clock& clock_;
  std::mutex mutex_;
  absl::flat_hash_set<std::pair<std::string, std::string>> running_;
};

}  // namespace clinic::server
