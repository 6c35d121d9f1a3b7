#include "clinic/absence.hpp"

#include <utility>

#include "engine/absence_planner.hpp"

namespace clinic {
namespace {

Error Invalid(std::string message) { return {ErrorCode::kInvalidArgument, std::move(message)}; }

Result<void> CheckNumbers(const AbsenceRequest& request) {
  const ReassignmentCosts& costs = request.costs;
  for (const Cost price : {costs.minute_of_shift, costs.known_practitioner,
                           costs.unknown_practitioner, costs.other_day, costs.left_out}) {
    if (price < 0 || price > kMostTotalCost) return Invalid("a price is negative or too high");
  }
  for (const Duration duration : {request.most_earlier, request.most_later, request.look_back}) {
    if (duration < Duration{0} || duration > kLatest - kEarliest) {
      return Invalid("how far to look is negative, or longer than time is");
    }
  }
  if (request.most_candidates == 0) return Invalid("at least one time has to be weighed");
  if (!request.candidates.empty() && request.specialty) {
    return Invalid("say who may take over, or which specialty they have, not both");
  }
  return {};
}

}  // namespace

Result<AbsencePlan> PlanAbsence(const Scheduler& scheduler, const AbsenceRequest& request) {
  if (Result<void> checked = CheckNumbers(request); !checked.ok()) {
    return std::move(checked).error();
  }
  Result<Branch> trial = scheduler.MakeBranch();
  if (!trial.ok()) return std::move(trial).error();
  return absence::Planner(request, *std::move(trial)).Plan();
}

Result<AbsenceOutcome> ApplyAbsence(Scheduler& scheduler, const AbsencePlan& plan,
                                    const Command& command,
                                    const Alongside<std::vector<Booking>>& alongside) {
  std::vector<Change> changes;
  std::vector<std::size_t> positions;  // of the changes, in the plan
  for (std::size_t i = 0; i < plan.displaced.size(); ++i) {
    const DisplacedBooking& displaced = plan.displaced[i];
    if (displaced.to) {
      Move move = absence::MoveOf(plan.practitioner, displaced);
      move.expected_version = displaced.booking.version;
      changes.emplace_back(std::move(move));
    } else if (plan.left_out == LeftOut::kIsCancelled) {
      changes.emplace_back(Act{.booking = displaced.booking.id,
                               .action = std::string(action::kCancel),
                               .expected_version = displaced.booking.version});
    } else {
      continue;
    }
    positions.push_back(i);
  }
  const TimeOff absence{
      .resource = plan.practitioner, .interval = plan.time, .reason = command.reason};
  Result<std::vector<Booking>> changed =
      scheduler.ApplyWithTimeOff(absence, changes, command, alongside);
  if (!changed.ok()) {
    Error error = std::move(changed).error();
    if (error.position) error.position = positions[*error.position];
    return error;
  }
  Result<std::vector<Booking>> remaining = scheduler.BookingsOf(plan.practitioner, plan.time);
  if (!remaining.ok()) return std::move(remaining).error();
  std::erase_if(*remaining, [&](const Booking& b) { return !Overlaps(b.interval, plan.time); });
  return AbsenceOutcome{.changed = *std::move(changed), .remaining = *std::move(remaining)};
}

}  // namespace clinic
