#include "engine/booking_registry.hpp"

#include <absl/hash/hash.h>

#include <utility>

namespace clinic::internal {

std::uint8_t NameNumbers::NumberOf(std::string_view name) {
  const auto find = [&](std::size_t from, std::size_t end) {
    while (from < end && names_[from] != name) ++from;
    return from;
  };
  const std::size_t known = size_.load(std::memory_order_acquire);
  std::size_t number = find(0, known);
  if (number == known) {
    const std::lock_guard lock(adding_);
    const std::size_t size = size_.load(std::memory_order_relaxed);
    number = find(known, size);
    if (number == size) {
      names_[size] = name;
      size_.store(size + 1, std::memory_order_release);
    }
  }
  return static_cast<std::uint8_t>(number);
}

std::uint64_t BookingRegistry::HashOf(BookingId id) { return absl::HashOf(id); }

std::optional<std::uint32_t> BookingRegistry::Shard::SlotOf(std::uint64_t hash,
                                                            BookingId id) const {
  return index.Find(hash, [&](std::uint32_t slot) { return slots[slot].id == id; });
}

std::uint32_t BookingRegistry::Shard::NewSlot(std::uint64_t hash, BookingId id) {
  auto slot = static_cast<std::uint32_t>(slots.size());
  if (free.empty()) {
    slots.push_back({id, {}});
  } else {
    slot = free.back();
    free.pop_back();
    slots[slot].id = id;
  }
  index.Insert(hash, slot);
  return slot;
}

std::optional<BookingHandle> BookingRegistry::Claim(BookingId id) {
  const std::uint64_t hash = HashOf(id);
  Shard& shard = shards_[hash % kShards];
  const std::lock_guard lock(shard.mutex);
  if (shard.SlotOf(hash, id)) return std::nullopt;
  return HandleFor(hash % kShards, shard.NewSlot(hash, id));
}

void BookingRegistry::Withdraw(BookingId id) {
  const std::uint64_t hash = HashOf(id);
  Shard& shard = shards_[hash % kShards];
  const std::lock_guard lock(shard.mutex);
  const std::uint32_t slot = *shard.SlotOf(hash, id);
  shard.index.Erase(hash, slot);
  shard.slots[slot] = {};
  shard.free.push_back(slot);
}

void BookingRegistry::Publish(const Booking& booking) {
  PackedBooking packed(booking, statuses_.NumberOf(booking.status));
  const std::uint64_t hash = HashOf(booking.id);
  Shard& shard = shards_[hash % kShards];
  const std::lock_guard lock(shard.mutex);
  std::swap(shard.slots[*shard.SlotOf(hash, booking.id)].booking, packed);
}

std::optional<BookingHandle> BookingRegistry::Add(const Booking& booking) {
  PackedBooking packed(booking, statuses_.NumberOf(booking.status));
  const std::uint64_t hash = HashOf(booking.id);
  Shard& shard = shards_[hash % kShards];
  const std::lock_guard lock(shard.mutex);
  if (shard.SlotOf(hash, booking.id)) return std::nullopt;
  const std::uint32_t slot = shard.NewSlot(hash, booking.id);
  shard.slots[slot].booking = std::move(packed);
  return HandleFor(hash % kShards, slot);
}

std::shared_ptr<const Booking> BookingRegistry::Find(BookingId id) const {
  const std::uint64_t hash = HashOf(id);
  const Shard& shard = shards_[hash % kShards];
  const std::lock_guard lock(shard.mutex);
  const std::optional<std::uint32_t> slot = shard.SlotOf(hash, id);
  if (!slot || !shard.slots[*slot].booking) return nullptr;
  const PackedBooking& packed = shard.slots[*slot].booking;
  return std::make_shared<const Booking>(packed.Unpack(id, statuses_.NameOf(packed.status())));
}

bool BookingRegistry::Contains(BookingId id) const {
  const std::uint64_t hash = HashOf(id);
  const Shard& shard = shards_[hash % kShards];
  const std::lock_guard lock(shard.mutex);
  return shard.SlotOf(hash, id).has_value();
}

BookingHandle BookingRegistry::HandleOf(BookingId id) const {
  const std::uint64_t hash = HashOf(id);
  const Shard& shard = shards_[hash % kShards];
  const std::lock_guard lock(shard.mutex);
  return HandleFor(hash % kShards, *shard.SlotOf(hash, id));
}

BookingId BookingRegistry::IdOf(BookingHandle handle) const {
  const auto number = static_cast<std::uint32_t>(handle);
  const Shard& shard = shards_[number % kShards];
  const std::lock_guard lock(shard.mutex);
  return shard.slots[number / kShards].id;
}

}  // namespace clinic::internal
