#include "server/cli/interrupt.hpp"

#include <signal.h>
#include <unistd.h>

#include "server/cli/exit_code.hpp"
#include "server/cli/progress.hpp"

namespace clinic::cli {
namespace {

// Calls nothing but what POSIX allows in a signal handler.
extern "C" void EndProgram(int) {
  WipeProgress();
  _exit(static_cast<int>(ExitCode::kInterrupted));
}

}  // namespace

void ExitOnInterrupt() {
  struct sigaction action {};
  action.sa_handler = EndProgram;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
}

}  // namespace clinic::cli
