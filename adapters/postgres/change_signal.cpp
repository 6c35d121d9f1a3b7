#include "adapters/postgres/change_signal.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <pqxx/connection>
#include <pqxx/errorhandler>
#include <pqxx/nontransaction>
#include <pqxx/notification>
#include <pqxx/result>

#include "adapters/postgres/failure.hpp"

namespace clinic::postgres {
namespace {

// As write_rows() says it.
constexpr const char* kChannel = "clinic_outbox";

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Hears of the events of one schema.
class Listener final : public pqxx::notification_receiver {
 public:
  explicit Listener(pqxx::connection_base& connection)
      : notification_receiver(connection, kChannel) {
    pqxx::nontransaction statements(connection);
    schema_ = statements.exec("SELECT current_schema()")[0][0].c_str();
  }

  void operator()(const std::string& schema, int) override { heard_ |= schema == schema_; }

  /// Whether something was heard since this was asked last.
  bool TakeHeard() { return std::exchange(heard_, false); }

 private:
  std::string schema_;
  bool heard_ = false;
};

struct Ear {
  explicit Ear(const std::string& connection_string) : connection(connection_string) {}

  pqxx::connection connection;
  pqxx::quiet_errorhandler quiet{connection};
  Listener listener{connection};
};

class NotifiedChangeSignal final : public ChangeSignal {
 public:
  explicit NotifiedChangeSignal(std::string connection_string)
      : connection_string_(std::move(connection_string)), wake_(eventfd(0, EFD_CLOEXEC)) {}
  NotifiedChangeSignal(const NotifiedChangeSignal&) = delete;
  NotifiedChangeSignal& operator=(const NotifiedChangeSignal&) = delete;
  ~NotifiedChangeSignal() override { close(wake_); }

  Result<void> Connect() {
    return Guard([&]() -> Result<void> {
      ear_ = std::make_unique<Ear>(connection_string_);
      return {};
    });
  }

  Result<bool> Wait(milliseconds at_most) override {
    if (ear_ == nullptr) {
      if (Result<void> connected = Connect(); !connected.ok()) return std::move(connected).error();
      return true;  // who knows what was missed
    }
    const steady_clock::time_point deadline = steady_clock::now() + at_most;
    Result<bool> heard = Guard([&]() -> Result<bool> {
      while (true) {
        ear_->connection.get_notifs();
        if (ear_->listener.TakeHeard()) return true;
        if (!WaitForInput(deadline)) return false;
      }
    });
    if (!heard.ok()) ear_.reset();
    return heard;
  }

  void Wake() override { eventfd_write(wake_, 1); }

 private:
  // False where it was woken, or the deadline passed.
  bool WaitForInput(steady_clock::time_point deadline) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
    std::array<pollfd, 2> inputs = {{{ear_->connection.sock(), POLLIN, 0}, {wake_, POLLIN, 0}}};
    const int ready = poll(inputs.data(), inputs.size(),
                           static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1 << 30)));
    if (inputs[1].revents != 0) {
      eventfd_t count = 0;
      eventfd_read(wake_, &count);
      return false;
    }
    return ready != 0;
  }

  template <typename F>
  static auto Guard(F&& f) -> decltype(f()) {
    try {
      return f();
    } catch (const pqxx::failure& failure) {
      return ToError(ConnectionLost(failure.what()));
    }
  }

  const std::string connection_string_;
  const int wake_;
  std::unique_ptr<Ear> ear_;
};

}  // namespace

Result<std::unique_ptr<ChangeSignal>> WatchEvents(const std::string& connection_string) {
  auto signal = std::make_unique<NotifiedChangeSignal>(connection_string);
  if (Result<void> connected = signal->Connect(); !connected.ok()) return connected.error();
  return std::unique_ptr<ChangeSignal>(std::move(signal));
}

}  // namespace clinic::postgres
