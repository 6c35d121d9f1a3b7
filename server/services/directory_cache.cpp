#include "server/services/directory_cache.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace clinic::server {
namespace {

constexpr std::size_t kMostEvents = 1'000;  // where there are more, a doctor may be among them
constexpr std::string_view kOfResources = "resource.";

}  // namespace

Result<std::string> DirectoryCache::Get(const std::string& question, const Answer& answer) {
  const Result<std::uint64_t> version = Follow();
  if (!version.ok()) return version.error();
  {
    const std::lock_guard lock(mutex_);
    const auto kept = answers_.find(question);
    if (version_ == *version && kept != answers_.end()) return kept->second;
  }
  Result<std::string> made = answer();
  if (made.ok()) Keep(question, *made, *version);
  return made;
}

Result<std::uint64_t> DirectoryCache::Follow() {
  std::int64_t last = 0;
  const Result<void> read = store_.Read([&](UnitOfWork& work) -> Result<void> {
    const Result<std::optional<OutboxEvent>> event = work.outbox().Last();
    if (!event.ok()) return event.error();
    last = *event ? (*event)->sequence : 0;
    return {};
  });
  if (!read.ok()) return read.error();
  const std::lock_guard following(following_);
  bool changed = false;
  if (known_ < last) {  // else somebody else has read as far meanwhile
    const Result<std::vector<OutboxEvent>> events = ReadFeed();
    if (!events.ok()) return events.error();
    changed = TellsOfDoctors(*events);
    known_ = std::max(last, events->empty() ? last : events->back().sequence);
  }
  const std::lock_guard lock(mutex_);
  if (changed) {
    ++version_;
    answers_.clear();
    bytes_ = 0;
  }
  return version_;
}

/// From the event that is known on: where that one is gone, others may be too.
Result<std::vector<OutboxEvent>> DirectoryCache::ReadFeed() {
  Result<std::vector<OutboxEvent>> events = std::vector<OutboxEvent>();
  const Result<void> read = store_.Read([&](UnitOfWork& work) -> Result<void> {
    events = work.outbox().ReadAfter(known_ - 1, kMostEvents + 1);
    return events.ok() ? Result<void>() : events.error();
  });
  if (!read.ok()) return read.error();
  return events;
}

bool DirectoryCache::TellsOfDoctors(const std::vector<OutboxEvent>& events) const {
  if (events.empty() || events.front().sequence != known_ || events.size() > kMostEvents) {
    return true;
  }
  return std::any_of(events.begin() + 1, events.end(), [&](const OutboxEvent& event) {
    if (!event.type.starts_with(kOfResources)) return false;
    const Result<Resource> resource = scheduler_.FindResource(ResourceId(event.subject));
    return !resource.ok() || resource->kind == ResourceKind::kPractitioner;
  });
}

void DirectoryCache::Keep(const std::string& question, const std::string& answer,
                          std::uint64_t version) {
  const std::size_t size = question.size() + answer.size();
  const std::lock_guard lock(mutex_);
  if (version_ != version || size > bounds_.bytes) return;
  if (answers_.size() >= bounds_.answers || bytes_ + size > bounds_.bytes) {
    answers_.clear();
    bytes_ = 0;
  }
  if (answers_.emplace(question, answer).second) bytes_ += size;
}

}  // namespace clinic::server
