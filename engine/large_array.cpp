#include "clinic/internal/large_array.hpp"

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace clinic::internal {
namespace {

constexpr std::size_t kLargePage = std::size_t{1} << 21;

#ifdef __linux__
constexpr int kCollapse = 25;  // MADV_COLLAPSE of Linux 6.1, which older headers do not name
#endif

}  // namespace

void* AllocateLarge(std::size_t bytes) {
  const bool worth_it = bytes >= 2 * kLargePage;
  const std::size_t alignment = worth_it ? kLargePage : alignof(std::max_align_t);
  const std::size_t rounded = (bytes / alignment + 1) * alignment;
  void* const memory = std::aligned_alloc(alignment, rounded);
  if (memory == nullptr) throw std::bad_alloc();
#ifdef __linux__
  // Advice: where it is not taken, the memory is as good as any.
  if (worth_it) (void)madvise(memory, rounded, MADV_HUGEPAGE);
#endif
  return memory;
}

void AdviseLargePage(const void* memory) noexcept {
#ifdef __linux__
  static std::atomic<std::uintptr_t> last = 0;
  const std::uintptr_t page = reinterpret_cast<std::uintptr_t>(memory) / kLargePage;
  const std::uintptr_t full = last.exchange(page, std::memory_order_relaxed);
  if (full == 0 || full == page) return;
  // What is mapped there may be less than a page, or one already: then this fails, or costs
  // nothing.
  (void)madvise(reinterpret_cast<void*>(full * kLargePage), kLargePage, kCollapse);
#else
  (void)memory;
#endif
}

void FreeLarge(void* memory) noexcept { std::free(memory); }

}  // namespace clinic::internal
