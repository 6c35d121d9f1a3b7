#include "clinic/id_generator.hpp"

#include <algorithm>

namespace clinic {

Uuid UuidV7Generator::NewUuid() {
  const std::lock_guard lock(mutex_);
  const auto seconds = clock_.Now().time_since_epoch().count();
  const std::uint64_t milliseconds =
      static_cast<std::uint64_t>(std::max<std::int64_t>(seconds, 0)) * 1000;
  last_tick_ = std::max(milliseconds << 12, last_tick_ + 1);

  constexpr std::uint64_t kVersion = 0x7000;
  constexpr std::uint64_t kVariant = 0x8000000000000000;
  const std::uint64_t time = last_tick_ >> 12;
  const std::uint64_t counter = last_tick_ & 0xFFF;
  return {time << 16 | kVersion | counter, kVariant | random_() >> 2};
}

}  // namespace clinic
