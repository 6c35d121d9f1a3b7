#include "server/loading/identity.hpp"

#include <initializer_list>
#include <string>

#include "clinic/time_text.hpp"

namespace clinic::loading {
namespace {

constexpr Uuid kNameSpace{0x2b6f0d4e8a7c4f13, 0xb5d9e1c07a3f6842};

// Each part after its length, so that no two lists of parts make one name.
Uuid Named(std::initializer_list<std::string_view> parts) {
  std::string name;
  for (const std::string_view part : parts) {
    name += std::to_string(part.size());
    name += ':';
    name += part;
  }
  return NameBasedUuid(kNameSpace, name);
}

}  // namespace

ResourceId PractitionerId(std::string_view practitioner) {
  return ResourceId(Named({"practitioner", practitioner}));
}

ResourceId PatientId(std::string_view practitioner, std::string_view patient) {
  return ResourceId(Named({"patient", practitioner, patient}));
}

BookingId AppointmentId(std::string_view practitioner, std::string_view appointment) {
  return BookingId(Named({"appointment", practitioner, appointment}));
}

BookingId NamelessAppointmentId(std::string_view practitioner, std::string_view patient,
                                CivilTime start, std::size_t ordinal) {
  return BookingId(Named({"nameless appointment", practitioner, patient, FormatCivil(start),
                          std::to_string(ordinal)}));
}

RuleId HoursId(ResourceId practitioner, const AvailabilityRule& rule) {
  std::string dates;
  for (const CivilTime date : rule.rdates) dates += FormatCivil(date) + " ";
  return RuleId(Named({"hours", ToString(practitioner), FormatCivil(rule.start),
                       FormatCivil(rule.end), rule.rule ? rule.rule->ToString() : "", dates}));
}

}  // namespace clinic::loading
