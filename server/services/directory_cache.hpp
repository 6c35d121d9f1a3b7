// Answers about the directory of doctors, kept until a doctor changes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "clinic/scheduler.hpp"
#include "clinic/store.hpp"

namespace clinic::server {

/// Keeps what was answered to a question, for as long as it is what the store would say: before an
/// answer is given again, the feed of changes is read as far as it goes, and where it tells of a
/// doctor all answers are dropped. So nobody is given an answer from before a change that anyone
/// was told of, whoever made it and at whichever server; and reading the end of the feed is one
/// row, where reading the directory is hundreds. One doctor needs no such cache: they are in the
/// scheduler's memory. Safe to call from any thread.
class DirectoryCache {
 public:
  using Answer = std::function<Result<std::string>()>;

  /// How much is kept; where more comes, all is dropped and kept anew.
  struct Bounds {
    std::size_t answers = 1'000;
    std::size_t bytes = std::size_t{8} << 20;
  };

  /// Requires that both outlive it.
  DirectoryCache(Store& store, Scheduler& scheduler, Bounds bounds)
      : store_(store), scheduler_(scheduler), bounds_(bounds) {}
  DirectoryCache(Store& store, Scheduler& scheduler) : DirectoryCache(store, scheduler, {}) {}

  /// The answer that is kept for a question, else what `answer` says, which reads nothing but the
  /// store. Errors: those of the store and of `answer`.
  Result<std::string> Get(const std::string& question, const Answer& answer);

 private:
  /// Reads the feed to its end. Gives the version of the directory, which changes whenever a doctor
  /// does.
  Result<std::uint64_t> Follow();
  Result<std::vector<OutboxEvent>> ReadFeed();
  bool TellsOfDoctors(const std::vector<OutboxEvent>& events) const;
  void Keep(const std::string& question, const std::string& answer, std::uint64_t version);

  Store& store_;
  Scheduler& scheduler_;
  const Bounds bounds_;

  std::mutex following_;    // held while new events are read, never while an answer is made
  std::int64_t known_ = 0;  // guarded by it: the sequence of the last event that was read

  std::mutex mutex_;  // guards what follows
  std::uint64_t version_ = 0;
  std::unordered_map<std::string, std::string> answers_;  // of that version
  std::size_t bytes_ = 0;
};

}  // namespace clinic::server
