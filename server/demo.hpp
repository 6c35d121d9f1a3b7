// The people of the documented examples, and a clinic for them to meet in.
#pragma once

#include "server/services/services.hpp"

namespace clinic::server {

/// The password of everyone in the demo.
inline constexpr const char* kDemoPassword = "securePassword123!";

/// Adds what is not there yet: patients, doctors with hours, staff, and a few appointments of the
/// week to come. Errors: those of the services.
Result<void> AddDemo(Services& services);

}  // namespace clinic::server
