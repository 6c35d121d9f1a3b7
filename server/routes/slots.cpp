// Which times can be booked.
#include "server/json/writer.hpp"
#include "server/routes/answers.hpp"
#include "server/routes/api.hpp"
#include "server/routes/doctor_id.hpp"
#include "server/routes/query_reader.hpp"

namespace clinic::server {
namespace {

http::Response Search(Services& services, const Call& call, SlotSearch search, QueryReader& query) {
  search.from = query.Time("from");
  search.to = query.Time("to");
  if (const auto minutes = query.Integer("duration_minutes", 1, 1440)) {
    search.duration = std::chrono::minutes(*minutes);
  }
  search.limit = query.Limit();
  if (!query.Finish()) return RefuseInput(call.request, query.errors());
  const Result<std::vector<Slot>> slots = services.doctors.FindSlots(call.caller, search);
  if (!slots.ok()) return Refuse(call.request, slots.error(), "/to");

  ResourceId doctor;
  Zone zone = services.doctors.clinic_zone();
  return Answer(200, json::WriteObject([&](json::ObjectWriter& out) {
                  out.Array("items", [&](json::ArrayWriter& items) {
                    for (const Slot& slot : *slots) {
                      if (slot.resource != doctor) {
                        doctor = slot.resource;
                        const Result<Resource> found = services.doctors.Read(doctor);
                        zone = found.ok() ? ZoneOf(*found) : services.doctors.clinic_zone();
                      }
                      items.Object([&](json::ObjectWriter& item) {
                        item.Field("start", TimeIn(zone, slot.interval.start));
                        item.Field("end", TimeIn(zone, slot.interval.end));
                        item.Field("doctor_id", slot.resource);
                        item.Field("timezone", zone.name());
                      });
                    }
                  });
                  out.Field("next_cursor", nullptr);
                }));
}

http::Response OfOne(Services& services, const Call& call) {
  const std::optional<ResourceId> id = DoctorId(call);
  if (!id) return NoSuchDoctor(call);
  QueryReader query(call.request);
  return Search(services, call, {.doctor = id}, query);
}

// The next few of the four weeks that a search takes where it is not told more.
bool IsQuick(Services& services, const Call& call) {
  constexpr std::size_t kFew = 10;
  QueryReader query(call.request);
  const bool are_few = query.Limit() <= kFew;
  query.Integer("duration_minutes", 1, 1440);
  if (!are_few || !query.Finish()) return false;
  const std::optional<ResourceId> id = DoctorId(call);
  return id && services.doctors.HasNextWeeksAtHand(call.caller, *id);
}

http::Response OfMany(Services& services, const Call& call) {
  QueryReader query(call.request);
  SlotSearch search{.specialty = query.Text("specialty")};
  if (!search.specialty && query.errors().empty()) query.Refuse("specialty", "is required");
  return Search(services, call, std::move(search), query);
}

}  // namespace

void AddSlots(Api& api) {
  Services& services = api.services();
  api.Add(
      http::Method::kGet, "/api/doctors/{id}/slots", Access::SignedIn(),
      [&services](const Call& call) { return OfOne(services, call); }, kJson,
      [&services](const Call& call) { return IsQuick(services, call); });
  api.Add(http::Method::kGet, "/api/slots", Access::SignedIn(),
          [&services](const Call& call) { return OfMany(services, call); });
}

}  // namespace clinic::server
