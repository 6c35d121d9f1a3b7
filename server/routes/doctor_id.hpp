// Which doctor a path speaks of: `{id}`, where `me` stands for the doctor who asks, and so does a
// path without an id.
#pragma once

#include <optional>

#include "server/routes/answers.hpp"
#include "server/routes/api.hpp"

namespace clinic::server {

/// Nothing where the path names no doctor.
inline std::optional<ResourceId> DoctorId(const Call& call) {
  const std::string_view id = call.path.Get("id");
  if (!id.empty() && id != "me") return ResourceId::Parse(id);
  return call.caller.role == Role::kDoctor ? call.caller.resource : std::nullopt;
}

inline http::Response NoSuchDoctor(const Call& call) {
  return Refuse(call.request, {ErrorCode::kNotFound, "there is no such doctor"});
}

}  // namespace clinic::server
