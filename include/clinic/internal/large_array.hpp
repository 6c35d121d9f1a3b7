// Arrays of millions of plain values.
#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>

namespace clinic::internal {

/// Memory for `bytes` bytes, on large pages where the system has some and it is worth it, so that
/// touching it for the first time, and going through it in no order, costs less. Throws
/// std::bad_alloc.
void* AllocateLarge(std::size_t bytes);
void FreeLarge(void* memory) noexcept;

/// Tells the system that what lies around `memory`, an array of the heap that will be read in no
/// order with others like it nearby, is worth a large page; and has the neighbourhood that this was
/// last said of put onto one, as it is full by now. Advice only: where there are no large pages,
/// nothing happens. Thread-safe; a system call at most.
void AdviseLargePage(const void* memory) noexcept;

struct FreeLargeDeleter {
  void operator()(void* memory) const noexcept { FreeLarge(memory); }
};

template <typename T>
using LargeArray = std::unique_ptr<T[], FreeLargeDeleter>;

/// An array whose values are not written yet.
template <typename T>
LargeArray<T> MakeLargeArray(std::size_t size) {
  static_assert(std::is_trivially_copyable_v<T>);
  return LargeArray<T>(static_cast<T*>(AllocateLarge(size * sizeof(T))));
}

}  // namespace clinic::internal
