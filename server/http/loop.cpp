#include "server/http/loop.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "server/http/guarded.hpp"
#include "server/http/refusal.hpp"

namespace clinic::http {
namespace {

// A connection is watched for changes of everything, once and for all; EPOLLRDHUP tells of an end
// that comes together with the last bytes.
constexpr std::uint32_t kChanges = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;

constexpr std::size_t kReceivedAtOnce = std::size_t{64} << 10;
constexpr std::size_t kProgress = std::size_t{64} << 10;  // of an answer, renews its deadline
constexpr int kAcceptedAtOnce = 256;                      // then others have their turn
constexpr std::size_t kSpareConnections = 256;  // beyond the limit, only to be told that it is full
constexpr std::chrono::milliseconds kAcceptingPause{100};
constexpr std::chrono::milliseconds kLongestInMail{100};  // of what can wait

Error NoDescriptor() {
  return {ErrorCode::kUnavailable, "The system has no descriptor left to wait with."};
}

bool IsReading(Phase phase) {
  return phase == Phase::kIdle || phase == Phase::kHead || phase == Phase::kBody;
}

}  // namespace

Loop::Loop(const Options& options, std::size_t most, Workers& workers)
    : options_(options),
      most_(most),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      workers_(workers),
      connections_(options.deadlines),
      scratch_(kReceivedAtOnce, '\0'),
      now_(std::chrono::steady_clock::now()) {}

Result<void> Loop::Open() {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = &mailbox_;
  const bool is_open = mailbox_.is_open() && epoll_.is_open() &&
                       epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, mailbox_.fd(), &event) == 0;
  return is_open ? Result<void>() : NoDescriptor();
}

Result<void> Loop::Accept(FileDescriptor listener, std::vector<Loop*> team) {
  listener_ = std::move(listener);
  team_ = std::move(team);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = &listener_;
  const bool is_watched = epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, listener_.get(), &event) == 0;
  return is_watched ? Result<void>() : NoDescriptor();
}

void Loop::Run() {
  std::array<epoll_event, 256> events{};
  while (!IsOver()) {
    const int count =
        epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), Timeout());
    now_ = std::chrono::steady_clock::now();
    ReadMail();
    for (int index = 0; index < count; ++index) {
      const epoll_event& event = events[static_cast<std::size_t>(index)];
      Dispatch(event.data.ptr, event.events);
    }
    SendAnswers();
    while (Connection* late = connections_.FirstExpired(now_)) Expire(*late);
    if (accepting_resumes_ && *accepting_resumes_ <= now_) ResumeAccepting();
    if (!is_stopping_ && stop_at_.load() != TimePoint::max()) BeginToStop();
    SetUrgency();
    connections_.Bury();
    open_.store(connections_.size(), std::memory_order_relaxed);
  }
  // Who is still being served is cut off here, and closed when no worker can write there any more.
  connections_.ForEach(
      [](Connection& connection) { shutdown(connection.socket.get(), SHUT_RDWR); });
}

void Loop::Stop(std::chrono::milliseconds patience) {
  stop_at_.store(std::chrono::steady_clock::now() + patience);
  mailbox_.Interrupt();
}

int Loop::Timeout() const {
  if (connections_.Count(Phase::kAnswered) > 0) return 0;
  TimePoint next = connections_.NextDeadline().value_or(TimePoint::max());
  if (accepting_resumes_) next = std::min(next, *accepting_resumes_);
  if (is_stopping_) next = std::min(next, stop_at_.load());
  if (connections_.Count(Phase::kServing) > 0) next = std::min(next, now_ + kLongestInMail);
  if (next == TimePoint::max()) return -1;
  const auto wait =
      std::chrono::ceil<std::chrono::milliseconds>(next - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<std::chrono::milliseconds::rep>(wait.count(), 0, 60'000));
}

void Loop::Dispatch(void* tag, std::uint32_t events) {
  if (tag == &listener_) return AcceptAll();
  if (tag == &mailbox_) {
    mailbox_.Clear();
    return ReadMail();
  }
  OnEvents(*static_cast<Connection*>(tag), events);
}

void Loop::ReadMail() {
  Letters letters = mailbox_.Take();
  for (Done& done : letters.done) OnDone(std::move(done));
  for (auto& [socket, address] : letters.arrivals) Welcome(std::move(socket), std::move(address));
}

// A connection that was answered is read on at once where something has come already: epoll tells
// of that once, and the loop would sleep until the next event.
void Loop::SetUrgency() {
  const bool is_urgent = with_more_ > 0 || is_stopping_;
  if (is_urgent == is_urgent_) return;
  is_urgent_ = is_urgent;
  mailbox_.SetUrgent(is_urgent);
}

void Loop::NoteMore(Connection& connection) {
  if (!std::exchange(connection.has_more, true)) ++with_more_;
}

void Loop::Watch(Connection& connection, int operation, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = &connection;
  if (epoll_ctl(epoll_.get(), operation, connection.socket.get(), &event) != 0) {
    connections_.Close(connection);
  }
}

void Loop::AcceptAll() {
  for (int count = 0; count < kAcceptedAtOnce && listener_.is_open(); ++count) {
    std::string remote_address;
    FileDescriptor socket = http::Accept(listener_, remote_address);
    if (socket.is_open()) {
      Loop& host = *team_[next_of_team_++ % team_.size()];
      if (&host == this) {
        Welcome(std::move(socket), std::move(remote_address));
      } else {
        host.mailbox_.Post(Arrival{std::move(socket), std::move(remote_address)});
      }
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      return;
    } else if (errno != EINTR && errno != ECONNABORTED && !MakeRoom()) {
      return PauseAccepting();  // out of descriptors or memory; trying again at once would spin
    }
  }
}

// Closes the connection that has been idle for longest, which HTTP allows at any time
// (RFC 9112 §9.5), so that silent clients cannot keep others out.
bool Loop::MakeRoom() {
  Connection* idle = connections_.First(Phase::kIdle);
  if (!idle) return false;
  connections_.Close(*idle);
  return true;
}

void Loop::PauseAccepting() {
  accepting_resumes_ = now_ + kAcceptingPause;
  epoll_event event{};
  event.data.ptr = &listener_;
  epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, listener_.get(), &event);
}

void Loop::ResumeAccepting() {
  accepting_resumes_.reset();
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = &listener_;
  if (listener_.is_open()) epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, listener_.get(), &event);
}

void Loop::Welcome(FileDescriptor socket, std::string remote_address) {
  if (is_stopping_) return;
  const bool is_full = connections_.size() >= most_ && !MakeRoom();
  if (connections_.size() >= most_ + kSpareConnections) return;
  Connection& connection = connections_.Add({.socket = std::move(socket),
                                             .remote_address = std::move(remote_address),
                                             .reader = RequestReader(options_.limits)},
                                            now_);
  Watch(connection, EPOLL_CTL_ADD, kChanges);
  if (is_full && connection.phase != Phase::kClosed) {
    Refuse(connection, Overloaded("There are too many connections."), Persistence::kClose);
  }
}

void Loop::OnEvents(Connection& connection, std::uint32_t events) {
  const bool is_hung_up = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
  connection.is_hung_up = connection.is_hung_up || is_hung_up;
  connection.is_readable = connection.is_readable || is_hung_up || (events & EPOLLIN) != 0;
  if (connection.phase == Phase::kServing && connection.is_readable) NoteMore(connection);
  if (connection.phase == Phase::kWriting) Write(connection);
  if (connection.phase == Phase::kLingering) return ThrowAway(connection);
  Advance(connection);
}

void Loop::OnDone(Done done) {
  Connection& connection = *done.connection;
  if (std::exchange(connection.has_more, false)) --with_more_;
  if (done.is_broken) return connections_.Close(connection);
  connection.reader.Reset();
  connection.output = std::move(done.unsent);
  connection.persistence = done.persistence;
  connections_.Move(connection, Phase::kWriting, now_);
  Write(connection);
  Advance(connection);
}

// Reads on, until nothing more can be read or somebody else's turn has come.
void Loop::Advance(Connection& connection) {
  while (IsReading(connection.phase)) {
    switch (connection.reader.Consume(connection.input)) {
      case RequestReader::Phase::kWhole:
        Serve(connection);
        break;
      case RequestReader::Phase::kRefused:
        Refuse(connection, Problem(connection.reader.problem()), Persistence::kClose);
        break;
      default:
        FollowReader(connection);
        if (!Receive(connection)) return;
    }
  }
}

// Sends what was answered in this turn. All at once, so that whoever reads is woken once; and at
// its end, so that a client who sends one request behind the other gets one of them answered a
// turn.
void Loop::SendAnswers() {
  for (std::size_t count = connections_.Count(Phase::kAnswered); count > 0; --count) {
    Connection& connection = *connections_.First(Phase::kAnswered);
    connections_.Move(connection, Phase::kWriting, now_);
    Write(connection);
    Advance(connection);
  }
}

// True where something came that was not there before.
bool Loop::Receive(Connection& connection) {
  if (connection.phase == Phase::kClosed || !connection.is_readable) return false;
  const ssize_t count = recv(connection.socket.get(), scratch_.data(), scratch_.size(), 0);
  if (count > 0) {
    const auto size = static_cast<std::size_t>(count);
    connection.input.Append(std::string_view(scratch_).substr(0, size));
    // Less than was asked for was all there is, and of more epoll will tell.
    if (size < scratch_.size() && !connection.is_hung_up) connection.is_readable = false;
    return true;
  }
  if (count < 0 && errno == EINTR) return true;
  if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
    connection.is_readable = false;
  } else {
    connections_.Close(connection);  // the end, perhaps amid a request: nobody waits for an answer
  }
  return false;
}

// Brings the connection into its reader's phase, and so under that phase's deadline. Who has sent
// nothing stays: idle, or expected to send a first request.
void Loop::FollowReader(Connection& connection) {
  const RequestReader::Phase reading = connection.reader.phase();
  if (reading == RequestReader::Phase::kBetween) {
    if (is_stopping_) connections_.Close(connection);
    return;
  }
  const Phase phase = reading == RequestReader::Phase::kHead ? Phase::kHead : Phase::kBody;
  if (phase != connection.phase) connections_.Move(connection, phase, now_);
  if (!connection.reader.TakeContinue()) return;
  constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  const Sent sent = Send(connection.socket.get(), kContinue);
  // Where nothing fits, nothing is said: the client sends its body after a while anyway.
  if (sent.is_broken || (sent.bytes > 0 && sent.bytes < kContinue.size())) {
    connections_.Close(connection);
  }
}

void Loop::Serve(Connection& connection) {
  Head& head = connection.reader.head();
  if (head.request.id.empty()) head.request.id = options_.new_id();
  head.request.remote_address = connection.remote_address;
  if (is_stopping_) head.persistence = Persistence::kClose;
  if (options_.answer_at_once) {
    if (auto response = Guarded(options_.on_exception, options_.answer_at_once, head.request)) {
      return Answer(connection, *response, head.persistence);
    }
  }

  const Job job{&connection, connection.socket.get(), &mailbox_, &head.request, head.persistence};
  if (workers_.Push(job)) {
    connections_.Move(connection, Phase::kServing, now_);
    if (connection.is_readable || !connection.input.empty()) NoteMore(connection);
  } else {
    Refuse(connection, Overloaded("There are too many requests."), head.persistence);
  }
}

void Loop::Refuse(Connection& connection, const Problem& problem, Persistence persistence) {
  Request& request = connection.reader.head().request;
  if (request.id.empty()) request.id = options_.new_id();
  if (options_.on_refusal) options_.on_refusal(problem, connection.remote_address, request.id);
  Answer(connection, ToResponse(problem, request), persistence);
}

void Loop::Answer(Connection& connection, const Response& response, Persistence persistence) {
  const Request& request = connection.reader.head().request;
  connection.output = writer_.Write({request.method, request.id, persistence}, response);
  connection.persistence = persistence;
  connection.reader.Reset();
  connections_.Move(connection, Phase::kAnswered, now_);
}

void Loop::Write(Connection& connection) {
  const std::string_view unsent = std::string_view(connection.output).substr(connection.sent);
  const Sent sent = Send(connection.socket.get(), unsent);
  connection.sent += sent.bytes;
  if (sent.is_broken) return connections_.Close(connection);
  if (sent.bytes < unsent.size()) {
    if (connection.sent - connection.sent_when_renewed < kProgress) return;
    connection.sent_when_renewed = connection.sent;
    return connections_.Move(connection, Phase::kWriting, now_);
  }
  std::string().swap(connection.output);
  connection.sent = connection.sent_when_renewed = 0;
  if (connection.persistence == Persistence::kClose) return Linger(connection);
  connections_.Move(connection, Phase::kIdle, now_);
}

// Closing at once would reset the connection where something unread had come, and the peer would
// lose the answer (RFC 9112 §9.6).
void Loop::Linger(Connection& connection) {
  connection.input.Clear();
  shutdown(connection.socket.get(), SHUT_WR);
  connections_.Move(connection, Phase::kLingering, now_);
  Watch(connection, EPOLL_CTL_MOD, EPOLLIN | EPOLLRDHUP);
}

void Loop::ThrowAway(Connection& connection) {
  const ssize_t count = recv(connection.socket.get(), scratch_.data(), scratch_.size(), 0);
  const bool is_open = count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR));
  if (!is_open) connections_.Close(connection);
}

void Loop::Expire(Connection& connection) {
  const bool is_amid_request = connection.reader.phase() != RequestReader::Phase::kBetween;
  if (IsReading(connection.phase) && is_amid_request) {
    Refuse(connection, TooSlow(), Persistence::kClose);
  } else {
    connections_.Close(connection);
  }
}

void Loop::BeginToStop() {
  is_stopping_ = true;
  listener_.Close();
  workers_.CloseConnections();
  connections_.ForEach([this](Connection& connection) {
    const bool is_between = connection.reader.phase() == RequestReader::Phase::kBetween;
    if (IsReading(connection.phase) && is_between) connections_.Close(connection);
  });
}

bool Loop::IsOver() const {
  return is_stopping_ && (connections_.size() == 0 || stop_at_.load() <= now_);
}

}  // namespace clinic::http
