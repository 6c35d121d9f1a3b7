// A store of one's own: here one that can be closed for a while. Nothing is booked that it refused.
//
// Prints:
//   closed for maintenance
//   booked
//   opened again: conflict
#include <adapters/memory/memory_store.hpp>
#include <clinic/clinic.hpp>
#include <iostream>

class ClosableStore final : public clinic::Store {
 public:
  clinic::Result<void> Write(const Work& work) override {
    if (!closed) return inner_.Write(work);
    return clinic::Error{clinic::ErrorCode::kUnavailable, "closed for maintenance"};
  }
  clinic::Result<void> Read(const Work& work) override { return inner_.Read(work); }
  clinic::Result<std::unique_ptr<clinic::ChangeSignal>> Watch() override { return inner_.Watch(); }
  std::atomic<bool> closed = false;

 private:
  clinic::MemoryStore inner_;
};

int main() {
  ClosableStore store;
  clinic::SimulatedClock clock(clinic::ParseInstant("2024-03-05T14:30Z").value());
  clinic::UuidV7Generator ids(clock, /*seed=*/1);
  const auto scheduler = clinic::Scheduler::Open(store, clock, ids).value();
  const auto room = scheduler->AddResource({.kind = clinic::ResourceKind::kRoom});
  const clinic::Interval visit{clock.Now(), clock.Now() + std::chrono::hours{1}};
  const clinic::BookRequest request{.resources = {room->id}, .interval = visit};
  for (const bool closed : {true, false}) {
    store.closed = closed;
    const auto booked = scheduler->Book(request);
    std::cout << (booked.ok() ? booked->status : booked.error().message) << '\n';
  }
  const auto again = clinic::Scheduler::Open(store, clock, ids).value()->Check(request);
  std::cout << "opened again: " << ToString(again.error().code) << '\n';
}
