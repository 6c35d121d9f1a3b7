// Appointments: booked where nothing is in the way, compared where they are there already.
#include <absl/container/flat_hash_map.h>

#include <utility>

#include "clinic/time_text.hpp"
#include "server/loading/identity.hpp"
#include "server/loading/steps.hpp"

namespace clinic::loading {
namespace {

using calendar_file::AppointmentRow;

constexpr std::string_view kWhat = "Booking appointments";

/// Books rows in the order of the file, a batch at a time.
class AppointmentBatches {
 public:
  AppointmentBatches(const Step& step, const PatientIds& patients);

  /// Takes the row of that index: once each, in order.
  Result<void> Add(std::size_t index);

  /// Books the last, smaller batch.
  Result<void> Flush();

 private:
  BookingId IdOf(const AppointmentRow& row);
  BookRequest RequestFor(std::size_t index) const;
  void Refuse(const AppointmentRow& row, const Error& error);
  void Compare(const AppointmentRow& row, const BookRequest& request, const Booking& there);
  RowNote NoteOn(const AppointmentRow& row, ErrorCode code, std::string reason) const;
  std::string Describe(const InTheWay& conflict) const;
  std::string Local(Instant instant) const { return FormatCivil(step_.zone.ToCivil(instant)); }

  const Step& step_;
  const PatientIds& patients_;
  const std::vector<AppointmentRow>& rows_;
  std::vector<BookingId> ids_;                                   // of each row
  absl::flat_hash_map<BookingId, std::uint64_t> first_with_id_;  // the row's number
  absl::flat_hash_map<BookingId, std::size_t> nameless_;         // how many, by the id of the first
  std::vector<BookRequest> requests_;
  std::vector<const AppointmentRow*> batch_;
};

AppointmentBatches::AppointmentBatches(const Step& step, const PatientIds& patients)
    : step_(step), patients_(patients), rows_(step.calendar.appointments) {
  ids_.reserve(rows_.size());
  first_with_id_.reserve(rows_.size());
  for (const AppointmentRow& row : rows_) {
    ids_.push_back(IdOf(row));
    first_with_id_.try_emplace(ids_.back(), row.row);
  }
}

BookingId AppointmentBatches::IdOf(const AppointmentRow& row) {
  if (!row.appointment.empty()) return AppointmentId(row.practitioner, row.appointment);
  const auto nameless = [&](std::size_t ordinal) {
    return NamelessAppointmentId(row.practitioner, row.patient, row.start, ordinal);
  };
  return nameless(nameless_[nameless(0)]++);
}

BookRequest AppointmentBatches::RequestFor(std::size_t index) const {
  const AppointmentRow& row = rows_[index];
  const Instant start = calendar_file::StartOf(row, step_.zone);
  BookRequest request{.resources = {PractitionerId(row.practitioner)},
                      .interval = {start, start + row.length},
                      .reason = "Imported",
                      .id = ids_[index],
                      .status = std::string(row.status),
                      .waive = Waivers::Import()};
  if (!row.patient.empty()) request.resources.push_back(patients_.Of(row));
  std::ranges::sort(request.resources);
  return request;
}

Result<void> AppointmentBatches::Add(std::size_t index) {
  const AppointmentRow& row = rows_[index];
  if (const std::uint64_t first = first_with_id_.at(ids_[index]); first != row.row) {
    step_.report.refused.push_back(
        NoteOn(row, ErrorCode::kAlreadyExists,
               "is refused: row " + std::to_string(first) + " has the same id"));
    return {};
  }
  BookRequest request = RequestFor(index);
  if (const Result<Booking> there = step_.scheduler.Find(ids_[index]); there.ok()) {
    Compare(row, request, *there);
    return {};
  }
  requests_.push_back(std::move(request));
  batch_.push_back(&row);
  return requests_.size() < step_.options.batch ? Result<void>() : Flush();
}

Result<void> AppointmentBatches::Flush() {
  if (requests_.empty()) return {};
  const std::vector<Result<Booking>> booked = step_.scheduler.BookEach(requests_, Step::By());
  for (std::size_t i = 0; i < booked.size(); ++i) {
    if (booked[i].ok()) {
      ++step_.report.appointments.loaded;
      continue;
    }
    const Error& error = booked[i].error();
    if (error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kCorrupt) return error;
    Refuse(*batch_[i], error);
  }
  requests_.clear();
  batch_.clear();
  return {};
}

void AppointmentBatches::Refuse(const AppointmentRow& row, const Error& error) {
  RowNote note = NoteOn(row, error.code, "is refused: " + error.message);
  for (const Conflict& conflict : error.conflicts) {
    const auto found = first_with_id_.find(conflict.booking);
    const bool from_here = found != first_with_id_.end();
    note.in_the_way.push_back({conflict.kind, conflict.booking,
                               from_here ? std::optional(found->second) : std::nullopt,
                               conflict.interval});
    note.reason += note.in_the_way.size() == 1 ? " by " : " and by ";
    note.reason += Describe(note.in_the_way.back());
  }
  step_.report.refused.push_back(std::move(note));
}

void AppointmentBatches::Compare(const AppointmentRow& row, const BookRequest& request,
                                 const Booking& there) {
  std::string there_it_is;
  if (request.interval != there.interval) {
    there_it_is += " from " + Local(there.interval.start) + " to " + Local(there.interval.end);
  }
  if (*request.status != there.status) there_it_is += " " + there.status;
  if (!std::ranges::equal(request.resources, there.allocations, {}, {}, &Allocation::resource)) {
    there_it_is += " with other people";
  }
  if (there_it_is.empty()) {
    ++step_.report.appointments.already_there;
    return;
  }
  // What was never changed here is as the file had it, so the file was changed.
  const std::string changed = there.version == 1 ? "was changed in the file" : "was changed here";
  step_.report.changed.push_back(
      NoteOn(row, ErrorCode::kAlreadyExists,
             changed + " since it was loaded: kept as it is," + there_it_is));
}

RowNote AppointmentBatches::NoteOn(const AppointmentRow& row, ErrorCode code,
                                   std::string reason) const {
  return {.row = row.row,
          .practitioner = row.practitioner,
          .appointment = row.appointment,
          .code = code,
          .reason = std::move(reason)};
}

// "row 12 (practitioner, 2024-03-05T14:30:00 to 2024-03-05T14:45:00)"
std::string AppointmentBatches::Describe(const InTheWay& conflict) const {
  const std::string what = conflict.row ? "row " + std::to_string(*conflict.row)
                                        : "booking " + ToString(conflict.booking);
  return what + " (" + std::string(ToString(conflict.kind)) + ", " +
         Local(conflict.interval.start) + " to " + Local(conflict.interval.end) + ")";
}

}  // namespace

Result<void> LoadAppointments(const Step& step, const PatientIds& ids) {
  const std::size_t rows = step.calendar.appointments.size();
  AppointmentBatches batches(step, ids);
  for (std::size_t i = 0; i < rows; ++i) {
    if (auto added = batches.Add(i); !added.ok()) return added;
    step.Progress(kWhat, i + 1, rows);
  }
  if (auto booked = batches.Flush(); !booked.ok()) return booked;
  std::ranges::sort(step.report.refused, {}, &RowNote::row);
  return {};
}

}  // namespace clinic::loading
