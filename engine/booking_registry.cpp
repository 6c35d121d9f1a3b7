#include "engine/booking_registry.hpp"

#include <utility>

namespace clinic::internal {

std::optional<BookingHandle> BookingRegistry::Claim(BookingId id) {
  const std::size_t number = ShardOf(id);
  Shard& shard = shards_[number];
  const std::unique_lock lock(shard.mutex);
  const auto [record, added] = shard.records.try_emplace(id);
  if (!added) return std::nullopt;
  std::size_t index = shard.ids.size();
  if (shard.free.empty()) {
    shard.ids.push_back(id);
  } else {
    index = shard.free.back();
    shard.free.pop_back();
    shard.ids[index] = id;
  }
  record->second.handle = static_cast<BookingHandle>(index * kShards + number);
  return record->second.handle;
}

void BookingRegistry::Withdraw(BookingId id) {
  Shard& shard = shards_[ShardOf(id)];
  const std::unique_lock lock(shard.mutex);
  const auto record = shard.records.find(id);
  const auto number = static_cast<std::size_t>(record->second.handle);
  shard.free.push_back(static_cast<std::uint32_t>(number / kShards));
  shard.records.erase(record);
}

bool BookingRegistry::Contains(BookingId id) const {
  const Shard& shard = shards_[ShardOf(id)];
  const std::shared_lock lock(shard.mutex);
  return shard.records.contains(id);
}

void BookingRegistry::Publish(Booking booking) {
  Shard& shard = shards_[ShardOf(booking.id)];
  auto published = std::make_shared<const Booking>(std::move(booking));
  const std::unique_lock lock(shard.mutex);
  shard.records.at(published->id).booking = std::move(published);
}

std::shared_ptr<const Booking> BookingRegistry::Find(BookingId id) const {
  const Shard& shard = shards_[ShardOf(id)];
  const std::shared_lock lock(shard.mutex);
  const auto record = shard.records.find(id);
  return record == shard.records.end() ? nullptr : record->second.booking;
}

BookingHandle BookingRegistry::HandleOf(BookingId id) const {
  const Shard& shard = shards_[ShardOf(id)];
  const std::shared_lock lock(shard.mutex);
  return shard.records.at(id).handle;
}

BookingId BookingRegistry::IdOf(BookingHandle handle) const {
  const auto number = static_cast<std::uint32_t>(handle);
  const Shard& shard = shards_[number % kShards];
  const std::shared_lock lock(shard.mutex);
  return shard.ids[number / kShards];
}

}  // namespace clinic::internal
