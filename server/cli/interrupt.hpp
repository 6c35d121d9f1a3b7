// What Ctrl-C does.
#pragma once

namespace clinic::cli {

/// From now on SIGINT ends the program at once with ExitCode::kInterrupted, after wiping a progress
/// bar off the terminal. Commands keep nothing in memory that has to be written down first; one
/// that does (a server) sets a handler of its own.
void ExitOnInterrupt();

}  // namespace clinic::cli
