// Bookings that are acknowledged only when they are on the disk: 32 callers of one Scheduler, and
// one alone, beside plain clients that write the same rows into the same database on the same disk.
#include "bench/durable.hpp"

#include <sys/vfs.h>

#include <algorithm>
#include <filesystem>
#include <latch>
#include <thread>

#include "bench/clinic_fixture.hpp"
#include "bench/peers/plain_sqlite.hpp"
#include "bench/suite.hpp"

namespace clinic::bench {
namespace {

constexpr std::size_t kCallers = 32;
constexpr std::size_t kPractitioners = 1'000;
constexpr std::size_t kPatients = 10'000;
constexpr Duration kVisit = std::chrono::minutes{30};
constexpr std::size_t kVisitsADay = 16;

ResourceId PatientId(std::size_t number) { return ResourceId(Uuid{3, number + 1}); }

Resource Patient(std::size_t number) {
  return {.id = PatientId(number),
          .kind = ResourceKind::kPatient,
          .name = "Patient " + std::to_string(number),
          .hours = Resource::Hours::kAlways};
}

// The bookings as they are to be, in a random order: visits fill the practitioners' days one after
// another. A patient has one in each ten rounds through the practitioners.
std::vector<clinic::Booking> BookingsOfRun(std::size_t bookings) {
  const SimulatedClock clock(kYearStart);
  UuidV7Generator ids(clock, 7);
  std::vector<clinic::Booking> all(bookings);
  for (std::size_t i = 0; i < bookings; ++i) {
    const std::size_t round = i / kPractitioners;
    const auto day = std::chrono::days{7 * (round / kVisitsADay / 5) + round / kVisitsADay % 5};
    const Instant start =
        kYearStart + day + std::chrono::hours{9} + kVisit * static_cast<int>(round % kVisitsADay);
    clinic::Booking& booking = all[i];
    booking.interval = {start, start + kVisit};
    booking.allocations = {{PractitionerId(i % kPractitioners), booking.interval},
                           {PatientId(i % kPatients), booking.interval}};
    booking.status = "booked";
    booking.reason = "check-up";
    booking.created_at = booking.updated_at = kYearStart;
  }
  Random random(11);
  for (std::size_t i = bookings; i > 1; --i) std::swap(all[i - 1], all[random.Below(i)]);
  for (clinic::Booking& booking : all) booking.id = ids.New<BookingId>();
  return all;
}

// The database with the clinic in it, and nothing booked.
void Fill(DurableDatabase& database) {
  database.Reset();
  const Result<void> filled = database.Open()->Write([](UnitOfWork& work) -> Result<void> {
    Result<void> added;
    for (std::size_t i = 0; i < kPractitioners && added.ok(); ++i) {
      added = work.resources().Insert(Practitioner(i));
      AvailabilityRule hours = OfficeHours();
      hours.id = RuleId(Uuid{4, i + 1});
      if (added.ok()) added = work.resources().PutRule(PractitionerId(i), hours);
    }
    for (std::size_t i = 0; i < kPatients && added.ok(); ++i) {
      added = work.resources().Insert(Patient(i));
    }
    return added;
  });
  Require(filled.ok(), "durable_bookings", "filling the clinic");
}

// Calls `write` with each number below `count`, from that many threads, and returns how long each
// call took; with the seconds from the first to the last of them.
struct Run {
  double seconds = 0;
  std::vector<double> latencies;
};

Run RunCallers(std::size_t callers, std::size_t count,
               const std::function<bool(std::size_t caller, std::size_t number)>& write) {
  std::vector<double> latencies(count);
  std::atomic<std::size_t> next = 0;
  std::atomic<bool> right = true;
  std::latch ready(static_cast<std::ptrdiff_t>(callers) + 1);
  std::vector<std::jthread> threads;
  for (std::size_t caller = 0; caller < callers; ++caller) {
    threads.emplace_back([&, caller] {
      ready.arrive_and_wait();
      for (std::size_t i = next++; i < count; i = next++) {
        const double start = WallSeconds();
        if (!write(caller, i)) right = false;
        latencies[i] = WallSeconds() - start;
      }
    });
  }
  ready.arrive_and_wait();
  const double start = WallSeconds();
  threads.clear();
  const double seconds = WallSeconds() - start;
  Require(right, "durable_bookings", "a caller");
  return {seconds, std::move(latencies)};
}

Run RunClinic(DurableDatabase& database, std::size_t callers,
              const std::vector<clinic::Booking>& bookings) {
  Fill(database);
  const std::unique_ptr<Store> store = database.Open();
  const SimulatedClock clock(kYearStart);
  UuidV7Generator ids(clock, 1);
  const auto scheduler = *Scheduler::Open(*store, clock, ids);
  return RunCallers(callers, bookings.size(), [&](std::size_t, std::size_t i) {
    const clinic::Booking& booking = bookings[i];
    const auto booked = scheduler->Book(
        {.resources = {booking.allocations[0].resource, booking.allocations[1].resource},
         .interval = booking.interval,
         .reason = booking.reason,
         .id = booking.id},
        kAsked);
    return booked.ok() && *booked == booking;
  });
}

Run RunPlain(DurableDatabase& database, const PlainWay& way,
             const std::vector<clinic::Booking>& bookings) {
  Fill(database);
  std::vector<std::unique_ptr<PlainClient>> clients;
  for (std::size_t i = 0; i < way.connections; ++i) clients.push_back(database.Connect());
  const std::size_t step = way.bookings_a_transaction;
  const std::size_t transactions = (bookings.size() + step - 1) / step;
  return RunCallers(way.connections, transactions, [&](std::size_t caller, std::size_t i) {
    const std::size_t count = std::min(step, bookings.size() - i * step);
    return clients[caller]->Write(std::span(bookings).subspan(i * step, count));
  });
}

// The rows that both leave behind are the same.
void CheckRows(DurableDatabase& database, const DurableKind& kind) {
  const std::vector<clinic::Booking> bookings = BookingsOfRun(150);
  RunClinic(database, kCallers, bookings);
  const std::string ours = database.Rows();
  for (const PlainWay& way : kind.plain) {
    RunPlain(database, way, bookings);
    Require(!ours.empty() && database.Rows() == ours, "durable_bookings", way.peer);
  }
}

enum class Figure { kTimeABooking, kMedian, kNinetyNinth };

double SecondsOf(Run run, Figure figure, std::size_t bookings) {
  if (figure == Figure::kTimeABooking) return run.seconds / static_cast<double>(bookings);
  const std::size_t rank =
      figure == Figure::kMedian ? run.latencies.size() / 2 : run.latencies.size() * 99 / 100;
  const auto nth = run.latencies.begin() + static_cast<std::ptrdiff_t>(rank);
  std::nth_element(run.latencies.begin(), nth, run.latencies.end());
  return *nth;
}

class Scenario {
 public:
  Scenario(Suite& suite, const DurableKind& kind)
      : suite_(suite), kind_(kind), database_(kind.make(suite.folder())) {}

  void Add(const std::string& row, const std::string& peer, Figure figure, std::size_t bookings,
           const std::function<Run(DurableDatabase&, const std::vector<clinic::Booking>&)>& run) {
    suite_.Add({.scenario = row, .peer = peer, .manual_time = true, .iterations = 1},
               [=, this](benchmark::State& state) {
                 Once(kind_.name, "rows", [&] { CheckRows(*database_, kind_); });
                 for (auto _ : state) {
                   state.SetIterationTime(
                       SecondsOf(run(*database_, BookingsOfRun(bookings)), figure, bookings));
                 }
                 state.SetItemsProcessed(1);
               });
  }

  void AddAll() {
    const std::size_t many = suite_.Scaled<std::size_t>(320, 16'000, 64'000);
    const std::size_t few = suite_.Scaled<std::size_t>(50, 2'000, 4'000);
    const std::string in = std::string("/") + kind_.name;
    const auto clinic = [&](std::size_t callers) {
      return [=](DurableDatabase& database, const std::vector<clinic::Booking>& bookings) {
        return RunClinic(database, callers, bookings);
      };
    };
    const auto plain = [&](const PlainWay& way) {
      return [=](DurableDatabase& database, const std::vector<clinic::Booking>& bookings) {
        return RunPlain(database, way, bookings);
      };
    };
    const PlainWay alone{"plain, one a transaction"};
    const std::pair<const char*, Figure> figures[] = {
        {"", Figure::kTimeABooking}, {"_p50", Figure::kMedian}, {"_p99", Figure::kNinetyNinth}};
    for (const auto& [suffix, figure] : figures) {
      const std::string row = std::string("durable_bookings") + suffix + in + "/callers:32";
      Add(row, "clinic", figure, many, clinic(kCallers));
      for (const PlainWay& way : kind_.plain) {
        if (figure != Figure::kTimeABooking && way.bookings_a_transaction > 1) continue;
        const bool is_slow = way.connections == 1 && way.bookings_a_transaction == 1;
        Add(row, way.peer, figure, is_slow ? few : many, plain(way));
      }
    }
    for (const auto& [suffix, figure] : figures) {
      if (figure == Figure::kTimeABooking) continue;
      const std::string row = std::string("durable_booking") + suffix + in + "/callers:1";
      Add(row, "clinic", figure, few, clinic(1));
      Add(row, alone.peer, figure, few, plain(alone));
    }
    suite_.RunAdded();
  }

 private:
  Suite& suite_;
  const DurableKind& kind_;
  std::unique_ptr<DurableDatabase> database_;
};

// A folder in memory has no disk to wait for.
bool IsInMemory(const std::string& folder) {
  constexpr auto kTmpfsMagic = 0x01021994;
  struct statfs info {};
  return statfs(folder.c_str(), &info) == 0 && info.f_type == kTmpfsMagic;
}

std::vector<DurableKind> Kinds() {
  return {{.name = "SQLite",
           .plain = {{"plain, 100 a transaction", 1, 100}, {"plain, one a transaction", 1, 1}},
           .make = MakeSqliteDatabase}};
}

}  // namespace

void RunDurable(Suite& suite) {
  if (IsInMemory(suite.folder())) {
    std::fprintf(stderr, "%s is in memory: what is written there waits for no disk\n",
                 suite.folder().c_str());
  }
  for (const DurableKind& kind : Kinds()) Scenario(suite, kind).AddAll();
}

}  // namespace clinic::bench
