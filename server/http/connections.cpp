#include "server/http/connections.hpp"

#include <algorithm>
#include <utility>

namespace clinic::http {
namespace {

constexpr std::chrono::milliseconds kForEver{-1};

}  // namespace

Connections::Connections(const Deadlines& deadlines)
    : times_{deadlines.idle, deadlines.head,  deadlines.body,   kForEver,
             kForEver,       deadlines.write, deadlines.linger, kForEver} {}

Connection& Connections::Add(Connection connection, TimePoint now) {
  std::list<Connection>& list = List(connection.phase);
  list.push_back(std::move(connection));
  Connection& added = list.back();
  added.self = std::prev(list.end());
  ++open_;
  Move(added, added.phase, now);
  return added;
}

void Connections::Move(Connection& connection, Phase phase, TimePoint now) {
  const std::chrono::milliseconds time = times_[static_cast<std::size_t>(phase)];
  connection.deadline = time == kForEver ? TimePoint::max() : now + time;
  std::list<Connection>& list = List(phase);
  list.splice(list.end(), List(connection.phase), connection.self);
  connection.phase = phase;
}

void Connections::Close(Connection& connection) {
  if (connection.phase == Phase::kClosed) return;
  connection.socket.Close();
  Move(connection, Phase::kClosed, TimePoint{});
  --open_;
}

Connection* Connections::First(Phase phase) {
  return List(phase).empty() ? nullptr : &List(phase).front();
}

Connection* Connections::FirstExpired(TimePoint now) {
  for (std::list<Connection>& list : lists_) {
    if (!list.empty() && list.front().deadline <= now) return &list.front();
  }
  return nullptr;
}

std::optional<TimePoint> Connections::NextDeadline() const {
  TimePoint next = TimePoint::max();
  for (const std::list<Connection>& list : lists_) {
    if (!list.empty()) next = std::min(next, list.front().deadline);
  }
  return next == TimePoint::max() ? std::nullopt : std::optional(next);
}

}  // namespace clinic::http
