// Where new ids come from: handed in like the clock, so that a simulation can repeat itself.
#pragma once

#include <atomic>
#include <cstdint>

#include "clinic/clock.hpp"
#include "clinic/id.hpp"

namespace clinic {

/// Makes ids that were never made before. Implementations are safe to call from any thread.
class IdGenerator {
 public:
  virtual ~IdGenerator() = default;

  virtual Uuid NewUuid() = 0;

  template <typename AnyId>
  AnyId New() {
    return AnyId(NewUuid());
  }
};

/// UUIDv7 (RFC 9562 §5.7): the clock's time in the first 48 bits, then a counter, then random bits.
/// Ids from one generator rise strictly, also within a second and when the clock is set back. The
/// same seed and the same clock readings give the same ids. Unique, not secret.
class UuidV7Generator final : public IdGenerator {
 public:
  /// Requires that `clock` outlives the generator.
  UuidV7Generator(const Clock& clock, std::uint64_t seed) : clock_(clock), seed_(seed) {}

  Uuid NewUuid() override;

 private:
  const Clock& clock_;
  const std::uint64_t seed_;
  // 48 bits of milliseconds, then the 12 bits of the counter. All that threads share, on a cache line
  // of its own: what lies beside a generator, often the clock, is read far more often than ids are
  // made.
  alignas(64) std::atomic<std::uint64_t> last_tick_ = 0;
};

}  // namespace clinic
