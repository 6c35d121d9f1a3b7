// clinic add-user: makes an account, so that a clinic has its first admin.
//
// Exit codes: kDone; kUsage for an address, a role, a zone or a password that is none or too weak;
// kFailed where the e-mail has an account; kUnavailable for a database that cannot be opened.
#include "server/add_user.hpp"

#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <utility>

#include "server/cli/commands.hpp"
#include "server/database.hpp"
#include "server/services/caller.hpp"

namespace clinic::cli {
namespace {

struct AddUserOptions {
  std::optional<std::string> email;
  std::optional<std::string> full_name;
  std::optional<std::string> role;
  std::optional<std::string> password_file;
  std::optional<std::string> timezone;
  std::optional<std::string> database;
};

/// What the file holds but for the end of its last line; "-" is the standard input.
Result<std::string> ReadPassword(const std::string& path) {
  std::ifstream file;
  if (path != "-") file.open(path, std::ios::binary);
  std::istream& in = path == "-" ? std::cin : file;
  if (!in) return Error{ErrorCode::kUnavailable, path + ": cannot be read"};
  std::string password{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  while (password.ends_with('\n') || password.ends_with('\r')) password.pop_back();
  return password;
}

Result<server::NewUser> Read(const AddUserOptions& options) {
  server::NewUser user{.email = *options.email, .full_name = *options.full_name};
  if (options.timezone) user.timezone = *options.timezone;
  const auto role = server::ParseRole(options.role.value_or("admin"));
  if (!role) {
    return Error{ErrorCode::kInvalidArgument,
                 "--role: must be patient, doctor, receptionist or admin"};
  }
  user.role = *role;
  Result<std::string> password = ReadPassword(*options.password_file);
  if (!password.ok()) return std::move(password).error();
  user.password = *std::move(password);
  return user;
}

ExitCode AddOne(const AddUserOptions& options, Console& console) {
  const auto fail = [&](const Error& error) {
    console.err << "clinic add-user: " << error.message << "\n";
    return error.code == ErrorCode::kInvalidArgument ? ExitCode::kUsage
           : error.code == ErrorCode::kUnavailable   ? ExitCode::kUnavailable
                                                     : ExitCode::kFailed;
  };
  const Result<server::NewUser> user = Read(options);
  if (!user.ok()) return fail(user.error());
  const std::string database = options.database.value_or(server::kDefaultDatabase);
  const Result<Account> added = server::AddUser(database, *user);
  if (!added.ok() && added.error().code == ErrorCode::kAlreadyExists) {
    return fail({ErrorCode::kAlreadyExists, user->email + " has an account already"});
  }
  if (!added.ok()) return fail(added.error());
  console.out << ToString(added->id) << "\n";
  return ExitCode::kDone;
}

}  // namespace

void AddAddUser(CommandLine& line) {
  const auto options = std::make_shared<AddUserOptions>();
  Command& add = line.Add("add-user", "Make an account, as for a clinic's first admin");
  add.Text("email", "ADDRESS", options->email, "What the person signs in with").required = true;
  add.Text("full-name", "NAME", options->full_name, "Who it is").required = true;
  add.Text("role", "ROLE", options->role,
           "patient, doctor, receptionist or admin; admin by default");
  add.Text("password-file", "FILE", options->password_file,
           "Holds the password, which has 8 to 128 characters; - is the standard input")
      .required = true;
  add.Text("timezone", "ZONE", options->timezone, "A doctor's or a patient's; UTC by default");
  add.Text("database", "NAME", options->database,
           "sqlite:PATH or postgresql://HOST/NAME; sqlite:clinic.db by default");
  add.OnRun([options](Console& console) { return AddOne(*options, console); });
}

}  // namespace clinic::cli
