#include "clinic/id_generator.hpp"

#include <algorithm>

namespace clinic {

namespace {

// A step of SplitMix64 (https://prng.di.unimi.it/splitmix64.c): different numbers give different
// ones.
std::uint64_t Mix(std::uint64_t number) {
  number += 0x9E3779B97F4A7C15;
  number = (number ^ number >> 30) * 0xBF58476D1CE4E5B9;
  number = (number ^ number >> 27) * 0x94D049BB133111EB;
  return number ^ number >> 31;
}

}  // namespace

Uuid UuidV7Generator::NewUuid() {
  const auto seconds = clock_.Now().time_since_epoch().count();
  const std::uint64_t milliseconds =
      static_cast<std::uint64_t>(std::max<std::int64_t>(seconds, 0)) * 1000;
  std::uint64_t last = last_tick_.load(std::memory_order_relaxed);
  std::uint64_t tick = 0;
  do {
    tick = std::max(milliseconds << 12, last + 1);
  } while (!last_tick_.compare_exchange_weak(last, tick, std::memory_order_relaxed));

  constexpr std::uint64_t kVersion = 0x7000;
  constexpr std::uint64_t kVariant = 0x8000000000000000;
  const std::uint64_t time = tick >> 12;
  const std::uint64_t counter = tick & 0xFFF;
  return {time << 16 | kVersion | counter, kVariant | Mix(Mix(seed_) + tick) >> 2};
}

}  // namespace clinic
