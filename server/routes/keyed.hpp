// POST routes that create something, with the Idempotency-Key that every one of them takes.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "server/routes/api.hpp"

namespace clinic::server {

/// What a route creates: the answer is kept in the transaction that creates it.
///
///   return Create(api, call, [&](const Creation& creation) {
///     auto booked = appointments.Book(…, creation.Keeping<Booking>([&](const Booking& booking) {
///       return Answer(201, Render(booking));
///     }));
///     return booked.ok() ? creation.TakeAnswer() : Refuse(…);
///   });
class Creation {
 public:
  explicit Creation(const Idempotency::Keep* keep) : keep_(keep) {}

  /// What to write alongside: renders the answer to what was created, and keeps it where the
  /// request has a key.
  template <typename T>
  Alongside<T> Keeping(std::function<http::Response(const T&)> render) {
    return [this, render = std::move(render)](UnitOfWork& work, const T& created) -> Result<void> {
      answer_ = render(created);
      return keep_ == nullptr ? Result<void>() : Keep(work);
    };
  }

  /// The answer that was rendered. To be called once.
  http::Response TakeAnswer() { return std::move(answer_); }

 private:
  Result<void> Keep(UnitOfWork& work) const;

  const Idempotency::Keep* keep_;  // null: the request has no key
  http::Response answer_;
};

/// Serves a request that creates something, once for each Idempotency-Key of a caller: a repeated
/// one gets the first answer again, with `Idempotent-Replayed: true`. Without a key it is just
/// served.
http::Response Create(Api& api, const Call& call,
                      const std::function<http::Response(Creation&)>& serve);

}  // namespace clinic::server
