#include "adapters/sqlite/change_signal.hpp"

#include <algorithm>
#include <utility>

#include "adapters/sqlite/errors.hpp"
#include "adapters/sqlite/query.hpp"

namespace clinic::sqlite {
namespace {

constexpr std::chrono::milliseconds kBetweenLooks{20};

}  // namespace

FileChangeSignal::FileChangeSignal(std::unique_ptr<Connection> connection)
    : connection_(std::move(connection)), seen_(DataVersion()) {}

Result<bool> FileChangeSignal::Wait(std::chrono::milliseconds at_most) {
  return Guarded([&]() -> Result<bool> {
    for (;;) {
      if (const std::int64_t version = DataVersion(); version != seen_) {
        seen_ = version;
        return true;
      }
      const std::chrono::milliseconds pause = std::min(at_most, kBetweenLooks);
      if (pause.count() <= 0 || !Sleep(pause)) return false;
      at_most -= pause;
    }
  });
}

void FileChangeSignal::Wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  woken_up_.notify_all();
}

std::int64_t FileChangeSignal::DataVersion() {
  Query query(*connection_, "PRAGMA data_version");
  query.Next();
  return query.row().Number<std::int64_t>();
}

bool FileChangeSignal::Sleep(std::chrono::milliseconds duration) {
  std::unique_lock lock(mutex_);
  const bool woken = woken_up_.wait_for(lock, duration, [&] { return woken_; });
  woken_ = false;
  return !woken;
}

}  // namespace clinic::sqlite
