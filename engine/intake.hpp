// Reading on one thread what another takes up.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace clinic::internal {

/// Has items taken up in batches, in order: by a thread of its own, where more than one is allowed
/// and to be had, else by the one that puts them. Used by one thread. Items go round: what was
/// taken up comes back to be filled again, and so keeps its memory.
template <typename Item>
class Intake {
 public:
  Intake(std::size_t threads, std::function<void(std::span<const Item>)> take)
      : take_(std::move(take)) {
    filling_ = std::make_unique<Batch>();
    if (threads < 2) return;
    for (std::size_t i = 0; i < kBatches; ++i) empty_.push_back(std::make_unique<Batch>());
    try {
      taker_ = std::thread([this] { TakeUp(); });
    } catch (const std::system_error&) {
      // No thread is to be had.
    }
  }
  Intake(const Intake&) = delete;
  Intake& operator=(const Intake&) = delete;
  /// What was put and not taken up by then may be lost.
  ~Intake() { Close(); }

  /// Gives an item to be taken up; another one that was taken up before stands there afterwards.
  void Put(Item& item) {
    if (filling_->used == filling_->items.size()) filling_->items.emplace_back();
    std::swap(filling_->items[filling_->used++], item);
    if (filling_->used == kBatchSize) HandOver();
  }

  /// Returns when all that was put has been taken up. Throws what taking up threw.
  void Finish() {
    if (!taker_.joinable()) return TakeBatch(*filling_);
    Close();
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  static constexpr std::size_t kBatchSize = 1024;
  static constexpr std::size_t kBatches = 4;

  struct Batch {
    std::vector<Item> items;
    std::size_t used = 0;
  };
  using BatchPtr = std::unique_ptr<Batch>;

  static BatchPtr TakeFirst(std::vector<BatchPtr>& batches) {
    BatchPtr first = std::move(batches.front());
    batches.erase(batches.begin());
    return first;
  }

  void HandOver() {
    if (!taker_.joinable()) return TakeBatch(*filling_);
    std::unique_lock lock(mutex_);
    full_.push_back(std::move(filling_));
    changed_.notify_all();
    changed_.wait(lock, [this] { return !empty_.empty(); });
    filling_ = TakeFirst(empty_);
  }

  void TakeBatch(Batch& batch) {
    const std::size_t used = std::exchange(batch.used, 0);
    if (used > 0) take_(std::span<const Item>(batch.items.data(), used));
  }

  void Close() {
    if (!taker_.joinable()) return;
    {
      const std::lock_guard lock(mutex_);
      full_.push_back(std::move(filling_));
      closed_ = true;
    }
    changed_.notify_all();
    taker_.join();
  }

  void TakeUp() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return !full_.empty() || closed_; });
      if (full_.empty()) return;
      BatchPtr batch = TakeFirst(full_);
      lock.unlock();
      try {
        if (!failure_) TakeBatch(*batch);
      } catch (...) {
        failure_ = std::current_exception();  // read after the thread has ended
      }
      batch->used = 0;
      lock.lock();
      empty_.push_back(std::move(batch));
      changed_.notify_all();
    }
  }

  const std::function<void(std::span<const Item>)> take_;
  BatchPtr filling_;
  std::exception_ptr failure_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<BatchPtr> full_;  // at most kBatches + 1
  std::vector<BatchPtr> empty_;
  bool closed_ = false;

  std::thread taker_;
};

}  // namespace clinic::internal
