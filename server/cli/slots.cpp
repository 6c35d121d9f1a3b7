// clinic slots: the next times that can be booked, from a database.
//
// Exit codes: kDone, also where there is none; kUsage for options that make no sense; kUnavailable
// for a database that cannot be opened.
#include <memory>
#include <utility>

#include "clinic/scheduler.hpp"
#include "clinic/time_text.hpp"
#include "server/cli/commands.hpp"
#include "server/database.hpp"
#include "server/json/writer.hpp"

namespace clinic::cli {
namespace {

using std::chrono::days;
using std::chrono::minutes;

// A booking names no more, and no clinic has more of one name.
constexpr std::size_t kMostPractitioners = 64;

struct SlotsOptions {
  std::optional<std::string> specialty;
  std::optional<std::string> practitioner;
  std::optional<std::string> from;
  std::optional<std::string> to;
  std::optional<std::int64_t> duration;
  std::optional<std::int64_t> limit;
  std::optional<std::string> database;
  std::optional<std::string> timezone;
  bool json = false;
};

/// One line a time, or one JSON document.
void Print(std::ostream& out, const Scheduler& scheduler, const std::vector<Slot>& slots,
           bool json) {
  std::string document = json::WriteObject([&](json::ObjectWriter& writer) {
    writer.Array("items", [&](json::ArrayWriter& items) {
      for (const Slot& slot : slots) {
        const Resource doctor = scheduler.FindResource(slot.resource).value();
        const Zone zone = Zone::Load(doctor.timezone).value();
        const auto text = [&](Instant at) { return FormatRfc3339(at, zone.OffsetAt(at)); };
        if (!json) {
          out << text(slot.interval.start) << "  " << text(slot.interval.end) << "  " << doctor.name
              << "\n";
        }
        items.Object([&](json::ObjectWriter& item) {
          item.Field("start", text(slot.interval.start));
          item.Field("end", text(slot.interval.end));
          item.Field("doctor_id", slot.resource);
          item.Field("doctor", doctor.name);
        });
      }
    });
  });
  if (json) out << document << "\n";
}

Result<Instant> ReadTime(const std::string& name, const std::string& text, const Zone& zone) {
  const Result<TimeText> time = ParseTime(text);
  if (time.ok()) {
    const Instant* instant = std::get_if<Instant>(&*time);
    return instant ? *instant : zone.ToInstant(std::get<CivilTime>(*time));
  }
  if (const Result<CivilDay> day = ParseDate(text); day.ok())
    return zone.ToInstant(CivilTime(*day));
  return Error{ErrorCode::kInvalidArgument, "--" + name + ": " + time.error().message};
}

/// Those who have the name, or the id.
Result<std::vector<ResourceId>> FindPractitioners(Store& store, const std::string& name) {
  if (const auto id = ResourceId::Parse(name)) return std::vector{*id};
  std::vector<ResourceId> ids;
  const Result<void> read = store.Read([&](UnitOfWork& work) -> Result<void> {
    const auto found = work.resources().List(
        {.kind = ResourceKind::kPractitioner, .text = name, .limit = kMostPractitioners});
    if (!found.ok()) return found.error();
    for (const Resource& resource : *found) {
      if (resource.name == name) ids.push_back(resource.id);
    }
    return {};
  });
  if (!read.ok()) return read.error();
  if (ids.empty()) return Error{ErrorCode::kNotFound, "there is no practitioner \"" + name + "\""};
  return ids;
}

Result<std::vector<Slot>> FindSlots(const SlotsOptions& options, Store& store,
                                    const Scheduler& scheduler, const Zone& zone) {
  Instant from = scheduler.Now();
  if (options.from) {
    const Result<Instant> read = ReadTime("from", *options.from, zone);
    if (!read.ok()) return read.error();
    from = *read;
  }
  Instant to = std::min(from + days{28}, kLatest);
  if (options.to) {
    const Result<Instant> read = ReadTime("to", *options.to, zone);
    if (!read.ok()) return read.error();
    to = *read;
  }
  SlotQuery query{.specialty = options.specialty,
                  .range = {from, to},
                  .limit = static_cast<std::size_t>(options.limit.value_or(10))};
  if (options.duration) query.duration = minutes(*options.duration);
  if (options.practitioner) {
    Result<std::vector<ResourceId>> found = FindPractitioners(store, *options.practitioner);
    if (!found.ok()) return std::move(found).error();
    query.any_of = *std::move(found);
  }
  return scheduler.FindSlots(query);
}

ExitCode Slots(const SlotsOptions& options, Console& console) {
  const auto fail = [&](const Error& error) {
    console.err << "clinic slots: " << error.message << "\n";
    return error.code == ErrorCode::kUnavailable ? ExitCode::kUnavailable
           : error.code == ErrorCode::kCorrupt   ? ExitCode::kFailed
                                                 : ExitCode::kUsage;
  };
  if (!options.specialty && !options.practitioner) {
    return fail({ErrorCode::kInvalidArgument,
                 "say whose times to look for: --specialty or --practitioner"});
  }
  const Result<Zone> zone = Zone::Load(options.timezone.value_or("UTC"));
  if (!zone.ok()) return fail(zone.error());
  Result<std::unique_ptr<Store>> store = server::OpenDatabase(
      options.database.value_or(server::kDefaultDatabase), server::IfMissing::kRefuse);
  if (!store.ok()) return fail(store.error());

  // Looking from a time that has passed shows what could have been booked then.
  Instant now = SystemClock().Now();
  if (options.from) {
    const Result<Instant> from = ReadTime("from", *options.from, *zone);
    if (!from.ok()) return fail(from.error());
    now = std::min(now, *from);
  }
  const SimulatedClock clock(now);
  UuidV7Generator ids(clock, 0);
  const Result<std::unique_ptr<Scheduler>> scheduler = Scheduler::Open(**store, clock, ids);
  if (!scheduler.ok()) return fail(scheduler.error());
  const Result<std::vector<Slot>> slots = FindSlots(options, **store, **scheduler, *zone);
  if (!slots.ok()) return fail(slots.error());
  Print(console.out, **scheduler, *slots, options.json);
  if (slots->empty() && !options.json) console.err << "clinic slots: no free time found\n";
  return ExitCode::kDone;
}

}  // namespace

void AddSlots(CommandLine& line) {
  const auto options = std::make_shared<SlotsOptions>();
  Command& slots = line.Add("slots", "Show the next times that can be booked");
  slots.Text("specialty", "NAME", options->specialty, "Look over everyone who has it");
  slots.Text("practitioner", "NAME", options->practitioner,
             "Look at this one, by name or id; with --specialty only if they have it");
  slots.Text("from", "TIME", options->from, "From then on; now by default");
  slots.Text("to", "TIME", options->to, "Until then; four weeks after --from by default");
  slots.Integer("duration", "MINUTES", options->duration, {1, 1440},
                "How long; what is usual for each practitioner by default");
  slots.Integer("limit", "N", options->limit, {1, 10'000}, "How many at most; 10 by default");
  slots.Text("database", "NAME", options->database,
             "sqlite:PATH or postgresql://HOST/NAME; sqlite:clinic.db by default");
  slots.Text("timezone", "ZONE", options->timezone,
             "Where --from and --to are meant; UTC by default");
  slots.Flag("json", options->json, "Print JSON");
  slots.OnRun([options](Console& console) { return Slots(*options, console); });
}

}  // namespace clinic::cli
