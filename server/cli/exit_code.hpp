// What a command tells the shell.
#pragma once

namespace clinic::cli {

enum class ExitCode {
  kDone = 0,
  kFailed = 1,
  kUsage = 2,        ///< the command line, the environment or the configuration file is at fault
  kProblems = 3,     ///< a check ran, and found what it looks for
  kUnavailable = 4,  ///< something that the command needs (a database, a broker) does not answer
  kInterrupted = 130,
};

}  // namespace clinic::cli
