// A radix sort: one pass over all entries by the first digit, after which each bucket fits into a
// core's cache and is sorted there by the other digits, the last one first.
#include <algorithm>
#include <array>
#include <bit>
#include <tuple>
#include <utility>
#include <vector>

#include "clinic/overlaps.hpp"
#include "engine/parallel.hpp"

namespace clinic::internal {
namespace {

using Items = std::span<const GroupedInterval>;

constexpr int kMostKeyBits = 63;  // so that a key and a length add up without overflow
constexpr int kMostBucketBits = 11;
constexpr int kDigitBits = 8;
constexpr std::size_t kDigits = std::size_t{1} << kDigitBits;
constexpr std::size_t kBucketSize = 1024;     // aimed at
constexpr std::size_t kSmallBucket = 48;      // sorted by comparing
constexpr std::size_t kWorthAThread = 32768;  // fewer items are not divided among threads

bool IsKept(const GroupedInterval& item) { return item.interval.start < item.interval.end; }

int BitWidth(std::uint64_t number) { return static_cast<int>(std::bit_width(number)); }

// Times on the whole line of 64 bits, in the same order.
std::uint64_t Unsigned(Instant instant) {
  return static_cast<std::uint64_t>(instant.time_since_epoch().count()) ^ (std::uint64_t{1} << 63);
}

/// What a pass over some of the items, which are neighbours, learns of those that are kept.
struct Survey {
  std::uint32_t min_group = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t max_group = 0;
  std::uint64_t min_start = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t max_start = 0;
  std::size_t kept = 0;
  bool sorted = true;
  std::pair<std::uint32_t, std::uint64_t> first{};
  std::pair<std::uint32_t, std::uint64_t> last{};

  void Add(const GroupedInterval& item) {
    const std::pair<std::uint32_t, std::uint64_t> place(item.group, Unsigned(item.interval.start));
    min_group = std::min(min_group, place.first);
    max_group = std::max(max_group, place.first);
    min_start = std::min(min_start, place.second);
    max_start = std::max(max_start, place.second);
    if (kept++ == 0) first = place;
    sorted &= last <= place;
    last = place;
  }

  void Append(const Survey& next) {
    if (next.kept == 0) return;
    sorted &= next.sorted && last <= next.first;
    if (kept == 0) first = next.first;
    last = next.last;
    min_group = std::min(min_group, next.min_group);
    max_group = std::max(max_group, next.max_group);
    min_start = std::min(min_start, next.min_start);
    max_start = std::max(max_start, next.max_start);
    kept += next.kept;
  }
};

/// How group and start are packed into a key.
struct Packing {
  explicit Packing(const Survey& survey)
      : min_group(survey.min_group),
        min_start(survey.min_start),
        start_bits(BitWidth(survey.max_start - survey.min_start)),
        bits(start_bits + BitWidth(survey.max_group - survey.min_group)) {}

  bool Fits() const { return bits <= kMostKeyBits; }

  std::uint64_t KeyOf(const GroupedInterval& item) const {
    return std::uint64_t{item.group - min_group} << start_bits |
           (Unsigned(item.interval.start) - min_start);
  }

  SweepEntry EntryOf(const GroupedInterval& item, std::size_t position) const {
    const std::uint64_t start = Unsigned(item.interval.start);
    const std::uint64_t rest_of_group = (std::uint64_t{1} << start_bits) - (start - min_start);
    const std::uint64_t length = std::min(Unsigned(item.interval.end) - start, rest_of_group);
    return {KeyOf(item),
            static_cast<std::uint32_t>(std::min(length, std::uint64_t{SweepEntry::kLong})),
            static_cast<std::uint32_t>(position)};
  }

  std::uint32_t min_group;
  std::uint64_t min_start;
  int start_bits;
  int bits;
};

/// Sorts by key what fits into a cache; entries with the same key stay in their order. `spare` has
/// room for as many.
void SortBucket(std::span<SweepEntry> bucket, SweepEntry* spare) {
  if (bucket.size() <= kSmallBucket) {
    std::sort(bucket.begin(), bucket.end(), [](const SweepEntry& a, const SweepEntry& b) {
      return std::tie(a.key, a.position) < std::tie(b.key, b.position);
    });
    return;
  }
  std::uint64_t varying = 0;
  for (const SweepEntry& entry : bucket) varying |= entry.key ^ bucket[0].key;
  if (varying == 0) return;

  SweepEntry* from = bucket.data();
  SweepEntry* to = spare;
  for (int shift = std::countr_zero(varying); shift < kMostKeyBits && varying >> shift != 0;
       shift += kDigitBits) {
    const auto digit = [shift](const SweepEntry& e) { return e.key >> shift & (kDigits - 1); };
    std::array<std::uint32_t, kDigits> place{};
    for (const SweepEntry* e = from; e != from + bucket.size(); ++e) ++place[digit(*e)];
    std::uint32_t total = 0;
    for (std::uint32_t& count : place) total += std::exchange(count, total);
    for (const SweepEntry* e = from; e != from + bucket.size(); ++e) to[place[digit(*e)]++] = *e;
    std::swap(from, to);
  }
  if (from != bucket.data()) std::copy_n(from, bucket.size(), bucket.data());
}

class Sorter {
 public:
  Sorter(Items items, std::size_t threads)
      : items_(items),
        threads_(items.size() < kWorthAThread ? 1 : std::max<std::size_t>(threads, 1)),
        chunks_(threads_ == 1 ? 1 : threads_ * 4) {}

  SweepOrder Sort() {
    std::vector<Survey> surveys(chunks_);
    ForEachTask(threads_, chunks_, [&](std::size_t, std::size_t chunk) {
      Survey survey;
      ForEachKept(chunk, [&](const GroupedInterval& item, std::size_t) { survey.Add(item); });
      surveys[chunk] = survey;
    });
    Survey all;
    std::vector<std::size_t> begins;
    for (const Survey& survey : surveys) {
      begins.push_back(all.kept);
      all.Append(survey);
    }
    SweepOrder order(all.kept);
    if (all.kept == 0) return order;
    const Packing packing(all);
    if (!packing.Fits()) {
      SortByComparing(order.entries());
    } else if (all.sorted) {
      ForEachTask(threads_, chunks_, [&](std::size_t, std::size_t chunk) {
        SweepEntry* out = order.entries().data() + begins[chunk];
        ForEachKept(chunk, [&](const GroupedInterval& item, std::size_t position) {
          *out++ = packing.EntryOf(item, position);
        });
      });
    } else {
      SortByDigits(packing, order.entries());
    }
    return order;
  }

 private:
  template <typename F>
  void ForEachKept(std::size_t chunk, F&& f) const {
    const std::size_t end = items_.size() * (chunk + 1) / chunks_;
    for (std::size_t i = items_.size() * chunk / chunks_; i < end; ++i) {
      if (IsKept(items_[i])) f(items_[i], i);
    }
  }

  void SortByDigits(const Packing& packing, std::span<SweepEntry> entries) const {
    const int bucket_bits =
        std::min({BitWidth(entries.size() / kBucketSize), kMostBucketBits, packing.bits});
    const int shift = packing.bits - bucket_bits;
    const std::size_t buckets = std::size_t{1} << bucket_bits;

    // Where the entries of each chunk go in each bucket: those of earlier chunks come before them.
    std::vector<std::uint32_t> places(chunks_ * buckets, 0);
    ForEachTask(threads_, chunks_, [&](std::size_t, std::size_t chunk) {
      std::uint32_t* const counts = places.data() + chunk * buckets;
      ForEachKept(chunk, [&](const GroupedInterval& item, std::size_t) {
        ++counts[packing.KeyOf(item) >> shift];
      });
    });
    std::vector<std::uint32_t> begins;
    std::uint32_t total = 0;
    std::size_t largest = 0;
    for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
      begins.push_back(total);
      for (std::size_t chunk = 0; chunk < chunks_; ++chunk) {
        total += std::exchange(places[chunk * buckets + bucket], total);
      }
      largest = std::max<std::size_t>(largest, total - begins.back());
    }
    begins.push_back(total);

    ForEachTask(threads_, chunks_, [&](std::size_t, std::size_t chunk) {
      std::uint32_t* const place = places.data() + chunk * buckets;
      ForEachKept(chunk, [&](const GroupedInterval& item, std::size_t position) {
        const SweepEntry entry = packing.EntryOf(item, position);
        entries[place[entry.key >> shift]++] = entry;
      });
    });
    const auto spare = std::make_unique_for_overwrite<SweepEntry[]>(largest * threads_);
    ForEachTask(threads_, buckets, [&](std::size_t worker, std::size_t bucket) {
      SortBucket(entries.subspan(begins[bucket], begins[bucket + 1] - begins[bucket]),
                 spare.get() + worker * largest);
    });
  }

  // For keys that are too wide. An entry's key is then its own place in the order.
  void SortByComparing(std::span<SweepEntry> entries) const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      if (IsKept(items_[i])) entries[count++].position = static_cast<std::uint32_t>(i);
    }
    const auto place = [&](const SweepEntry& entry) {
      const GroupedInterval& item = items_[entry.position];
      return std::tuple(item.group, item.interval.start, entry.position);
    };
    std::sort(entries.begin(), entries.end(),
              [&](const SweepEntry& a, const SweepEntry& b) { return place(a) < place(b); });
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const GroupedInterval& item = items_[entries[i].position];
      const auto met = [&](const SweepEntry& other) {
        const GroupedInterval& next = items_[other.position];
        return next.group == item.group && next.interval.start < item.interval.end;
      };
      const auto end = std::partition_point(entries.begin() + static_cast<std::ptrdiff_t>(i),
                                            entries.end(), met);
      entries[i].key = i;
      entries[i].length =
          static_cast<std::uint32_t>(end - entries.begin()) - static_cast<std::uint32_t>(i);
    }
  }

  Items items_;
  std::size_t threads_;
  std::size_t chunks_;
};

}  // namespace

SweepOrder SortForSweep(std::span<const GroupedInterval> items, std::size_t threads) {
  return Sorter(items, threads).Sort();
}

}  // namespace clinic::internal
