#include "clinic/internal/large_array.hpp"

#include <cstdlib>
#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace clinic::internal {
namespace {

constexpr std::size_t kLargePage = std::size_t{1} << 21;

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

void FreeLarge(void* memory) noexcept { std::free(memory); }

}  // namespace clinic::internal
