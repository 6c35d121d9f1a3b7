// Bookings that are acknowledged only when they are on the disk: 32 callers of one Scheduler, and
// one alone, beside plain clients that write the same rows into the same database on the same disk.
#include "bench/durable.hpp"

#include <sys/vfs.h>

#include <algorithm>
#include <filesystem>
#include <latch>
#include <thread>

#include "bench/clinic_fixture.hpp"
#include "bench/peers/plain_postgres.hpp"
#include "bench/peers/plain_sqlite.hpp"
#include "bench/suite.hpp"

namespace clinic::bench {
namespace {

constexpr const char* kClinic = "clinic";
constexpr const char* kOneByOne = "plain, one a transaction";
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

enum class Figure { kTimeABooking, kMedian, kNinetyNinth };

struct Run {
  double seconds = 0;  // from the first call to the end of the last one
  std::size_t bookings = 0;
  std::vector<double> latencies;  // of each call
};

// Calls `write` with each number below `count`, from that many threads.
void RunCallers(std::size_t callers, std::size_t count, Run& run,
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
  run.seconds += WallSeconds() - start;
  run.latencies.insert(run.latencies.end(), latencies.begin(), latencies.end());
  Require(right, "durable_bookings", "a caller");
}

// Whoever writes bookings into a database of its own.
class Contestant {
 public:
  virtual ~Contestant() = default;
  /// Books these, and adds how long it took.
  virtual void Book(std::span<const clinic::Booking> bookings, Run& run) = 0;
};

class ClinicContestant final : public Contestant {
 public:
  ClinicContestant(DurableDatabase& database, std::size_t callers)
      : callers_(callers),
        store_(database.Open()),
        scheduler_(*Scheduler::Open(*store_, clock_, ids_)) {}

  void Book(std::span<const clinic::Booking> bookings, Run& run) override {
    RunCallers(callers_, bookings.size(), run, [&](std::size_t, std::size_t i) {
      const clinic::Booking& booking = bookings[i];
      const auto booked = scheduler_->Book(
          {.resources = {booking.allocations[0].resource, booking.allocations[1].resource},
           .interval = booking.interval,
           .reason = booking.reason,
           .id = booking.id},
          kAsked);
      return booked.ok() && *booked == booking;
    });
  }

 private:
  const SimulatedClock clock_{kYearStart};
  UuidV7Generator ids_{clock_, 1};
  const std::size_t callers_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Scheduler> scheduler_;
};

class PlainContestant final : public Contestant {
 public:
  PlainContestant(DurableDatabase& database, const PlainWay& way) : way_(way) {
    for (std::size_t i = 0; i < way.connections; ++i) clients_.push_back(database.Connect(way));
  }

  void Book(std::span<const clinic::Booking> bookings, Run& run) override {
    const std::size_t step = way_.bookings_a_transaction;
    const std::size_t transactions = (bookings.size() + step - 1) / step;
    RunCallers(way_.connections, transactions, run, [&](std::size_t caller, std::size_t i) {
      const std::size_t count = std::min(step, bookings.size() - i * step);
      return clients_[caller]->Write(bookings.subspan(i * step, count));
    });
  }

 private:
  const PlainWay way_;
  std::vector<std::unique_ptr<PlainClient>> clients_;
};

std::unique_ptr<Contestant> Enter(DurableDatabase& database, const PlainWay& way) {
  Fill(database);
  if (way.peer == std::string_view(kClinic)) {
    return std::make_unique<ClinicContestant>(database, way.connections);
  }
  return std::make_unique<PlainContestant>(database, way);
}

// The rows that all leave behind are the same.
void CheckRows(const DurableKind& kind, const std::string& folder, const PlainWay& clinic) {
  const std::vector<clinic::Booking> bookings = BookingsOfRun(150);
  const std::unique_ptr<DurableDatabase> database = kind.make(folder);
  const auto rows = [&](const PlainWay& way) {
    Run run;
    Enter(*database, way)->Book(bookings, run);
    return database->Rows();
  };
  const std::string ours = rows(clinic);
  for (const PlainWay& way : kind.plain) {
    Require(!ours.empty() && rows(way) == ours, "durable_bookings", way.peer);
  }
}

// All peers of a row take turns, a slice of bookings at a time, each in a database of its own: a
// disk is faster in one minute than in the next, and so it is for all of them.
class Contest {
 public:
  Contest(const DurableKind& kind, std::string folder, std::vector<PlainWay> ways,
          std::size_t bookings)
      : kind_(kind), folder_(std::move(folder)), ways_(std::move(ways)), bookings_(bookings) {}

  /// Seconds, in the repetition of that number.
  double SecondsOf(std::size_t peer, std::size_t repetition, Figure figure) {
    while (repetitions_.size() <= repetition) repetitions_.push_back(RunAll());
    Run& run = repetitions_[repetition][peer];
    if (figure == Figure::kTimeABooking) return run.seconds / static_cast<double>(run.bookings);
    const std::size_t rank =
        figure == Figure::kMedian ? run.latencies.size() / 2 : run.latencies.size() * 99 / 100;
    const auto nth = run.latencies.begin() + static_cast<std::ptrdiff_t>(rank);
    std::nth_element(run.latencies.begin(), nth, run.latencies.end());
    return *nth;
  }

 private:
  static constexpr std::size_t kSlices = 10;

  std::vector<Run> RunAll() {
    const std::vector<clinic::Booking> bookings = BookingsOfRun(bookings_);
    std::vector<std::unique_ptr<DurableDatabase>> databases;
    std::vector<std::unique_ptr<Contestant>> contestants;
    for (const PlainWay& way : ways_) {
      databases.push_back(kind_.make(folder_));
      contestants.push_back(Enter(*databases.back(), way));
    }
    std::vector<Run> runs(ways_.size());
    const std::size_t slice = std::max<std::size_t>(1, bookings.size() / kSlices);
    for (std::size_t first = 0; first < bookings.size(); first += slice) {
      const std::span all = std::span(bookings).subspan(first);
      for (std::size_t i = 0; i < ways_.size(); ++i) {
        // Who waits for the disk with every booking, and is alone, writes fewer of them.
        const bool is_slow = ways_[i].connections < ways_.front().connections &&
                             ways_[i].bookings_a_transaction == 1;
        const std::size_t count = std::min(is_slow ? (slice + 7) / 8 : slice, all.size());
        contestants[i]->Book(all.first(count), runs[i]);
        runs[i].bookings += count;
      }
    }
    return runs;
  }

  const DurableKind& kind_;
  const std::string folder_;
  const std::vector<PlainWay> ways_;
  const std::size_t bookings_;
  std::vector<std::vector<Run>> repetitions_;
};

// A row of times a booking, and rows of how long callers wait for one.
void AddContest(Suite& suite, const DurableKind& kind, std::size_t callers, std::size_t bookings,
                std::vector<PlainWay> ways) {
  const PlainWay clinic{kClinic, callers, 1};
  ways.insert(ways.begin(), clinic);
  const auto contest = std::make_shared<Contest>(kind, suite.folder(), ways, bookings);
  const std::pair<const char*, Figure> figures[] = {
      {"", Figure::kTimeABooking}, {"_p50", Figure::kMedian}, {"_p99", Figure::kNinetyNinth}};
  for (const auto& [suffix, figure] : figures) {
    for (std::size_t i = 0; i < ways.size(); ++i) {
      if (figure != Figure::kTimeABooking && ways[i].bookings_a_transaction > 1) continue;
      const std::string row = std::string("durable_bookings") + suffix + "/" + kind.name +
                              "/callers:" + std::to_string(callers);
      const auto repetition = std::make_shared<std::size_t>(0);
      suite.Add({.scenario = row, .peer = ways[i].peer, .manual_time = true, .iterations = 1},
                [=, &kind, folder = suite.folder()](benchmark::State& state) {
                  Once(kind.name, "rows", [&] { CheckRows(kind, folder, clinic); });
                  for (auto _ : state) {
                    state.SetIterationTime(contest->SecondsOf(i, (*repetition)++, figure));
                  }
                  state.SetItemsProcessed(1);
                });
    }
  }
}

// A folder in memory has no disk to wait for.
bool IsInMemory(const std::string& folder) {
  constexpr auto kTmpfsMagic = 0x01021994;
  struct statfs info {};
  return statfs(folder.c_str(), &info) == 0 && info.f_type == kTmpfsMagic;
}

std::vector<DurableKind> Kinds() {
  std::vector<DurableKind> kinds = {
      {.name = "SQLite",
       .plain = {{"plain, 100 a transaction", 1, 100}, {kOneByOne, 1, 1}},
       .lonely = {{kOneByOne, 1, 1}},
       .make = MakeSqliteDatabase}};
  if (HasPostgres()) {
    kinds.push_back({.name = "PostgreSQL",
                     .plain = {{"plain, 100 a statement", 1, 100},
                               {"plain, 32 connections", kCallers, 1, true},
                               {"plain, 32 connections, one statement", kCallers, 1}},
                     .lonely = {{kOneByOne, 1, 1, true}, {"plain, one statement", 1, 1}},
                     .make = PostgresDatabases()});
  } else {
    std::fprintf(stderr, "PostgreSQL is not installed: durable_bookings goes without it\n");
  }
  return kinds;
}

}  // namespace

void RunDurable(Suite& suite) {
  if (IsInMemory(suite.folder())) {
    std::fprintf(stderr, "%s is in memory: what is written there waits for no disk\n",
                 suite.folder().c_str());
  }
  const std::vector<DurableKind> kinds = Kinds();
  for (const DurableKind& kind : kinds) {
    AddContest(suite, kind, kCallers, suite.Scaled<std::size_t>(640, 16'000, 64'000), kind.plain);
    AddContest(suite, kind, 1, suite.Scaled<std::size_t>(40, 2'000, 8'000), kind.lonely);
    suite.RunAdded();
  }
}

}  // namespace clinic::bench
