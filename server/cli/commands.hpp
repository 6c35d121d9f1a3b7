// The commands that there are: each adds itself to a command line.
#pragma once

#include "server/cli/command_line.hpp"

namespace clinic::cli {

/// `clinic check`: finds every double booking in calendar files.
void AddCheck(CommandLine& line);

/// `clinic import`: loads calendar files into a database.
void AddImport(CommandLine& line);

/// `clinic serve`: the REST server.
void AddServe(CommandLine& line);

/// `clinic slots`: the next times that can be booked.
void AddSlots(CommandLine& line);

/// `clinic migrate`: brings a database's schema up to date.
void AddMigrate(CommandLine& line);

/// `clinic add-user`: makes an account, as for a clinic's first admin.
void AddAddUser(CommandLine& line);

/// `clinic keys`: lists, rotates and prunes the keys that tokens are signed with.
void AddKeys(CommandLine& line);

/// `clinic export`: a backup, or the appointments for other programs.
void AddExport(CommandLine& line);

}  // namespace clinic::cli
