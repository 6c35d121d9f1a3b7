// A progress bar, for whoever watches a terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace clinic::cli {

/// Shows how far something is on the last line of a terminal, and wipes it when done. Shows nothing
/// where `descriptor` is no terminal, or one that cannot move its cursor (TERM=dumb), and nothing
/// until something has taken a while. One at a time; not thread-safe.
class ProgressBar {
 public:
  /// `total` is how much there is to do, in whatever unit Update counts; 0 where nobody knows.
  ProgressBar(std::string label, std::uint64_t total, int descriptor = 2);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// Says how much is done. Cheap enough for a loop: it draws ten times a second at most.
  void Update(std::uint64_t done);

  /// Goes on with something else, from nothing.
  void Restart(std::string label, std::uint64_t total);

 private:
  using Clock = std::chrono::steady_clock;

  std::string label_;
  std::uint64_t total_;
  int descriptor_;
  bool terminal_;
  Clock::time_point next_draw_;
};

/// The line that a bar is: "Reading x.csv [=====>    ]  52%", at most `width` columns wide, the
/// label shortened first and the bar left out where there is no room. Pure.
std::string ProgressLine(std::string_view label, std::uint64_t done, std::uint64_t total,
                         std::size_t width);

/// Wipes the bar that is on the terminal, if any. Safe in a signal handler.
void WipeProgress();

}  // namespace clinic::cli
