#include "server/cli/progress.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <string>
#include <thread>

namespace clinic::cli {
namespace {

TEST(ProgressLine, ShowsHowMuchIsDone) {
  EXPECT_EQ(ProgressLine("Reading", 0, 200, 40), "Reading [                         ]   0%");
  EXPECT_EQ(ProgressLine("Reading", 100, 200, 40), "Reading [============             ]  50%");
  EXPECT_EQ(ProgressLine("Reading", 200, 200, 40), "Reading [=========================] 100%");
}

TEST(ProgressLine, MoreThanAllIsAll) {
  EXPECT_EQ(ProgressLine("Reading", 300, 200, 14), "Reading 100%");
}

TEST(ProgressLine, AnUnknownTotalShowsNoBar) {
  EXPECT_EQ(ProgressLine("Reading", 300, 0, 40), "Reading ...");
}

TEST(ProgressLine, IsNeverWiderThanTheTerminal) {
  for (std::size_t width = 0; width < 200; ++width) {
    EXPECT_LE(ProgressLine("Reading a-file-of-a-long-name.csv.gz", 1, 3, width).size(), width);
    EXPECT_LE(ProgressLine("", 1, 0, width).size(), width);
  }
}

TEST(ProgressLine, DoesNotCutACharacterInTwo) { EXPECT_EQ(ProgressLine("ééé", 1, 2, 8), "é  50%"); }

// A terminal of our own: what is written to one end can be read at the other.
class Terminal {
 public:
  Terminal() : ours_(posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK)) {
    if (ours_ < 0 || grantpt(ours_) != 0 || unlockpt(ours_) != 0) return;
    theirs_ = open(ptsname(ours_), O_RDWR | O_NOCTTY);
    const winsize size{.ws_row = 24, .ws_col = 40, .ws_xpixel = 0, .ws_ypixel = 0};
    ioctl(theirs_, TIOCSWINSZ, &size);
  }
  ~Terminal() {
    close(theirs_);
    close(ours_);
  }

  /// False where the machine has no terminals to give.
  bool ok() const { return theirs_ >= 0; }

  int descriptor() const { return theirs_; }

  std::string Shown() const {
    std::string text(4096, '\0');
    const ssize_t count = read(ours_, text.data(), text.size());
    text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return text;
  }

 private:
  int ours_;
  int theirs_ = -1;
};

constexpr auto kLongEnough = std::chrono::milliseconds(120);

TEST(ProgressBar, ShowsOnATerminalAndIsWipedAtTheEnd) {
  setenv("TERM", "xterm", 1);
  const Terminal terminal;
  if (!terminal.ok()) GTEST_SKIP() << "no pseudo-terminal can be had here (/dev/pts)";
  {
    ProgressBar bar("Reading", 200, terminal.descriptor());
    bar.Update(10);
    EXPECT_EQ(terminal.Shown(), "") << "nothing is shown for what takes no time";
    std::this_thread::sleep_for(kLongEnough);
    bar.Update(100);
    bar.Update(101);
    EXPECT_EQ(terminal.Shown(), "\r\x1b[KReading [============            ]  50%");
  }
  EXPECT_EQ(terminal.Shown(), "\r\x1b[K");
}

TEST(ProgressBar, ShowsNothingOnADumbTerminalOrInAFile) {
  setenv("TERM", "dumb", 1);
  const Terminal terminal;
  if (!terminal.ok()) GTEST_SKIP() << "no pseudo-terminal can be had here (/dev/pts)";
  int pipe_ends[2];
  ASSERT_EQ(pipe2(pipe_ends, O_NONBLOCK), 0);
  {
    ProgressBar dumb("Reading", 200, terminal.descriptor());
    setenv("TERM", "xterm", 1);
    ProgressBar piped("Reading", 200, pipe_ends[1]);
    std::this_thread::sleep_for(kLongEnough);
    dumb.Update(100);
    piped.Update(100);
  }
  char byte = 0;
  EXPECT_EQ(terminal.Shown(), "");
  EXPECT_EQ(read(pipe_ends[0], &byte, 1), -1);
  close(pipe_ends[0]);
  close(pipe_ends[1]);
}

}  // namespace
}  // namespace clinic::cli
