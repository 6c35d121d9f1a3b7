#include "server/cli/progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <utility>

namespace clinic::cli {
namespace {

constexpr auto kBetweenDraws = std::chrono::milliseconds(100);
constexpr std::string_view kWipe = "\r\x1b[K";  // to the first column, and erase to the end
constexpr int kNone = -1;

// The terminal that a bar stands on, or kNone.
std::atomic<int> drawn_on{kNone};
static_assert(std::atomic<int>::is_always_lock_free, "read in a signal handler");

bool IsTerminal(int descriptor) {
  const char* type = std::getenv("TERM");  // NOLINT(concurrency-mt-unsafe): nothing here sets it
  return isatty(descriptor) == 1 && type != nullptr && std::string_view(type) != "dumb";
}

std::size_t WidthOf(int descriptor) {
  winsize size{};
  const bool known = ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 80;
}

// At most `most` bytes from the front, without cutting a character of several bytes.
std::string_view Shortened(std::string_view text, std::size_t most) {
  std::size_t end = std::min(most, text.size());
  while (end > 0 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) {
    --end;
  }
  return text.substr(0, end);
}

// A bar that cannot be written is not worth a word.
void Write(int descriptor, std::string_view text) {
  [[maybe_unused]] const ssize_t written = write(descriptor, text.data(), text.size());
}

}  // namespace

ProgressBar::ProgressBar(std::string label, std::uint64_t total, int descriptor)
    : label_(std::move(label)),
      total_(total),
      descriptor_(descriptor),
      terminal_(IsTerminal(descriptor)),
      next_draw_(Clock::now() + kBetweenDraws) {}

ProgressBar::~ProgressBar() {
  if (terminal_) WipeProgress();
}

void ProgressBar::Update(std::uint64_t done) {
  if (!terminal_ || Clock::now() < next_draw_) return;
  next_draw_ = Clock::now() + kBetweenDraws;
  // One column stays free: a line that fills the last one may wrap.
  const std::string line = ProgressLine(label_, done, total_, WidthOf(descriptor_) - 1);
  drawn_on = descriptor_;
  Write(descriptor_, std::string(kWipe) + line);
}

void ProgressBar::Restart(std::string label, std::uint64_t total) {
  label_ = std::move(label);
  total_ = total;
}

std::string ProgressLine(std::string_view label, std::uint64_t done, std::uint64_t total,
                         std::size_t width) {
  constexpr std::size_t kNarrowestBar = 10;
  constexpr std::size_t kWidestBar = 40;
  const double part =
      total == 0 ? 0 : std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
  const std::string percent = std::to_string(static_cast<int>(part * 100));
  const std::string figure =
      total == 0 ? "..." : std::string(3 - percent.size(), ' ') + percent + "%";

  const std::size_t label_room = width > figure.size() + 1 ? width - figure.size() - 1 : 0;
  std::string line(Shortened(label, label_room));
  const std::size_t used = line.size() + figure.size() + 4;  // " [", "]" and a space are the rest
  if (total > 0 && width >= used + kNarrowestBar) {
    const std::size_t bar = std::min(width - used, kWidestBar);
    const auto full = static_cast<std::size_t>(part * static_cast<double>(bar));
    line += " [" + std::string(full, '=') + std::string(bar - full, ' ') + "]";
  }
  return (line + " " + figure).substr(0, width);
}

void WipeProgress() {
  const int descriptor = drawn_on.exchange(kNone);
  if (descriptor != kNone) Write(descriptor, kWipe);
}

}  // namespace clinic::cli
