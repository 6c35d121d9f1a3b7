#include "server/demo.hpp"

#include <array>
#include <utility>

namespace clinic::server {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

constexpr const char* kZone = "Europe/London";

// The name space of what the demo adds, so that adding it again finds it.
constexpr Uuid kNameSpace{0x5d9c2a3f7b1e4c68, 0x9a0f3e2d1c4b5a69};

Uuid Named(const std::string& name) { return NameBasedUuid(kNameSpace, name); }

/// Absorbs the error of adding what is there already.
template <typename T>
Result<void> UnlessThere(const Result<T>& result) {
  if (result.ok() || result.error().code == ErrorCode::kAlreadyExists) return {};
  return result.error();
}

struct DemoDoctor {
  std::string email;
  std::string name;
  std::string specialty;
  std::string bio;
  std::optional<Uuid> id{};
};

struct DemoPatient {
  std::string email;
  std::string name;
};

Result<void> AddAccount(Services& services, const std::string& email, const std::string& name,
                        Role role, std::optional<ResourceId> resource) {
  return UnlessThere(services.accounts.Add({.id = AccountId(Named("account " + email)),
                                            .email = email,
                                            .password = kDemoPassword,
                                            .full_name = name,
                                            .role = role,
                                            .resource = resource},
                                           {.actor = "demo"}));
}

Result<ResourceId> AddDoctor(Services& services, const DemoDoctor& doctor) {
  const ResourceId id(doctor.id.value_or(Named("doctor " + doctor.email)));
  const Resource resource{.id = id,
                          .kind = ResourceKind::kPractitioner,
                          .name = doctor.name,
                          .timezone = kZone,
                          .hours = Resource::Hours::kByRules,
                          .specialties = {doctor.specialty},
                          .description = doctor.bio};
  if (services.scheduler.FindResource(id).ok()) return id;
  if (auto added = services.scheduler.AddResource(resource); !added.ok()) return added.error();
  const Zone zone = Zone::Load(kZone).value();
  const CivilTime today{std::chrono::floor<days>(zone.ToCivil(services.scheduler.Now()))};
  const auto hours_added = services.scheduler.PutAvailability(
      id, {.start = today + hours{9},
           .end = today + hours{17},
           .rule = RecurrenceRule::Parse("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR").value()});
  if (!hours_added.ok()) return hours_added.error();
  if (auto account = AddAccount(services, doctor.email, doctor.name, Role::kDoctor, id);
      !account.ok()) {
    return std::move(account).error();
  }
  return id;
}

Result<ResourceId> AddPatient(Services& services, const DemoPatient& patient) {
  const ResourceId id(Named("patient " + patient.email));
  if (services.scheduler.FindResource(id).ok()) return id;
  const auto added = services.scheduler.AddResource(
      {.id = id, .kind = ResourceKind::kPatient, .name = patient.name, .timezone = kZone}, {},
      [&](UnitOfWork& work, const Resource& resource) {
        return work.directory().Insert(Patient{.id = id,
                                               .full_name = patient.name,
                                               .email = patient.email,
                                               .timezone = kZone,
                                               .created_at = resource.created_at,
                                               .updated_at = resource.updated_at});
      });
  if (!added.ok()) return added.error();
  if (auto account = AddAccount(services, patient.email, patient.name, Role::kPatient, id);
      !account.ok()) {
    return std::move(account).error();
  }
  return id;
}

/// The first free times of the next days, for others than the patient of the examples.
Result<void> AddAppointments(Services& services, const std::vector<ResourceId>& doctors,
                             const std::vector<ResourceId>& patients) {
  static constexpr std::array kReasons = {"Follow-up", "First visit", "Blood pressure", "Results"};
  const Zone zone = Zone::Load(kZone).value();
  const CivilTime today{std::chrono::floor<days>(zone.ToCivil(services.scheduler.Now()))};
  std::size_t number = 0;
  for (int day = 1; day <= 7; ++day) {
    for (std::size_t d = 0; d < doctors.size(); ++d, ++number) {
      const Instant start =
          zone.ToInstant(today + days{day} + hours{9} + minutes{30} * static_cast<int>(d));
      const auto booked = services.scheduler.Book(
          {.resources = {doctors[d], patients[number % patients.size()]},
           .interval = {start, start + minutes{30}},
           .reason = kReasons[number % kReasons.size()],
           .id = BookingId(Named("appointment " + std::to_string(number)))});
      const bool refused = !booked.ok() && booked.error().code == ErrorCode::kUnavailable;
      if (refused) return booked.error();
    }
  }
  return {};
}

}  // namespace

Result<void> AddDemo(Services& services) {
  const std::array doctors = {
      DemoDoctor{"doctor@example.com", "Dr. Ada Quinn", "cardiology",
                 "Cardiologist, here since 2011.",
                 ParseUuid("550e8400-e29b-41d4-a716-446655440000")},
      DemoDoctor{"okafor@example.com", "Dr. Chidi Okafor", "cardiology",
                 "Arrhythmia and prevention."},
      DemoDoctor{"lindqvist@example.com", "Dr. Maja Lindqvist", "dermatology",
                 "Skin, hair and nails."},
  };
  const std::array patients = {DemoPatient{"patient@example.com", "Sam Rivera"},
                               DemoPatient{"noor@example.com", "Noor Haddad"},
                               DemoPatient{"tom@example.com", "Tom Becker"}};
  std::vector<ResourceId> doctor_ids;
  for (const DemoDoctor& doctor : doctors) {
    const Result<ResourceId> id = AddDoctor(services, doctor);
    if (!id.ok()) return id.error();
    doctor_ids.push_back(*id);
  }
  std::vector<ResourceId> patient_ids;
  for (const DemoPatient& patient : patients) {
    const Result<ResourceId> id = AddPatient(services, patient);
    if (!id.ok()) return id.error();
    patient_ids.push_back(*id);
  }
  const ResourceId room(Named("room 1"));
  if (auto added = UnlessThere(services.scheduler.AddResource(
          {.id = room, .kind = ResourceKind::kRoom, .name = "Room 1", .timezone = kZone}));
      !added.ok()) {
    return added;
  }
  for (const auto& [email, name, role] :
       {std::tuple("reception@example.com", "Rosa Reception", Role::kReceptionist),
        std::tuple("admin@example.com", "Alex Admin", Role::kAdmin)}) {
    if (auto account = AddAccount(services, email, name, role, std::nullopt); !account.ok()) {
      return account;
    }
  }
  patient_ids.erase(patient_ids.begin());  // the patient of the examples has no appointments yet
  return AddAppointments(services, doctor_ids, patient_ids);
}

}  // namespace clinic::server
