#include "server/services/idempotency.hpp"

#include <absl/cleanup/cleanup.h>

namespace clinic::server {

std::variant<Idempotency::Outcome, KeyRefusal> Idempotency::Run(
    const KeyedRequest& request, const std::function<KeptAnswer(const Keep&)>& act) {
  const std::pair name(request.actor, request.key);
  {
    const std::lock_guard lock(mutex_);
    if (!running_.insert(name).second) return KeyRefusal::kStillRunning;
  }
  const absl::Cleanup done = [&] {
    const std::lock_guard lock(mutex_);
    running_.erase(name);
  };
  const auto before = Look(request);
  if (const auto* outcome = std::get_if<Outcome>(&before)) return *outcome;
  if (const auto* refusal = std::get_if<KeyRefusal>(&before)) return *refusal;

  const Keep keep = [&](UnitOfWork& work, const KeptAnswer& answer) {
    return work.idempotency().Insert({.actor = request.actor,
                                      .key = request.key,
                                      .fingerprint = request.fingerprint,
                                      .status = answer.status,
                                      .location = answer.location,
                                      .body = answer.body,
                                      .at = clock_.Now()});
  };
  KeptAnswer answer = act(keep);
  if (request.keeps_refusals && 400 <= answer.status && answer.status < 500) {
    Result<void> kept = store_.Write([&](UnitOfWork& work) { return keep(work, answer); });
    // Another node was served with the same key meanwhile: its answer is the first one.
    const auto after = kept.ok() ? decltype(Look(request))() : Look(request);
    if (const auto* outcome = std::get_if<Outcome>(&after)) return *outcome;
    if (const auto* refusal = std::get_if<KeyRefusal>(&after)) return *refusal;
  }
  return Outcome{std::move(answer), false};
}

std::variant<std::monostate, Idempotency::Outcome, KeyRefusal> Idempotency::Look(
    const KeyedRequest& request) {
  std::optional<IdempotencyRecord> record;
  const Result<void> read = store_.Read([&](UnitOfWork& work) -> Result<void> {
    Result<std::optional<IdempotencyRecord>> found =
        work.idempotency().Find(request.actor, request.key);
    if (!found.ok()) return std::move(found).error();
    record = *std::move(found);
    return {};
  });
  if (!read.ok()) return KeyRefusal::kUnavailable;
  if (!record) return std::monostate();
  if (record->fingerprint != request.fingerprint) return KeyRefusal::kUsedForAnother;
  return Outcome{{record->status, record->location, record->body}, true};
}

}  // namespace clinic::server
