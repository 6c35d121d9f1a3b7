// FHIR R4's Appointment.status (https://hl7.org/fhir/R4/valueset-appointmentstatus.html) as a
// workflow: the words are the standard's, the transitions are ours, since the standard leaves them
// open.
#pragma once

#include <array>
#include <string_view>

#include "clinic/workflow_table.hpp"

namespace clinic::appointment_status {

inline constexpr std::string_view kProposed = "proposed";
inline constexpr std::string_view kPending = "pending";
inline constexpr std::string_view kBooked = "booked";
inline constexpr std::string_view kArrived = "arrived";
inline constexpr std::string_view kCheckedIn = "checked-in";
inline constexpr std::string_view kFulfilled = "fulfilled";
inline constexpr std::string_view kCancelled = "cancelled";
inline constexpr std::string_view kNoShow = "noshow";
inline constexpr std::string_view kEnteredInError = "entered-in-error";
inline constexpr std::string_view kWaitlist = "waitlist";

namespace internal {

using Time = StateDefinition::Time;
using Ending = StateDefinition::Ending;

inline constexpr auto kStates = std::to_array<StateDefinition>({
    {kProposed, Time::kFree},
    {kPending, Time::kHeld},
    {kBooked, Time::kOccupied},
    {kArrived, Time::kOccupied},
    {kCheckedIn, Time::kOccupied},
    {kFulfilled, Time::kOccupied, Ending::kTerminal},
    {kCancelled, Time::kFree, Ending::kTerminal},
    {kNoShow, Time::kFree, Ending::kTerminal},
    {kEnteredInError, Time::kFree, Ending::kTerminal},
    {kWaitlist, Time::kFree},
});

inline constexpr auto kTransitions = std::to_array<TransitionDefinition>({
    {kProposed, "confirm", kBooked},
    {kProposed, "cancel", kCancelled},
    {kProposed, "enter-in-error", kEnteredInError},

    {kPending, "confirm", kBooked},
    {kPending, "release", kCancelled},
    {kPending, "cancel", kCancelled},
    {kPending, "expire", kCancelled},
    {kPending, "enter-in-error", kEnteredInError},

    {kBooked, "arrive", kArrived},
    {kBooked, "check-in", kCheckedIn},
    {kBooked, "cancel", kCancelled},
    {kBooked, "no-show", kNoShow},
    {kBooked, "enter-in-error", kEnteredInError},

    {kArrived, "check-in", kCheckedIn},
    {kArrived, "complete", kFulfilled},
    {kArrived, "cancel", kCancelled},
    {kArrived, "enter-in-error", kEnteredInError},

    {kCheckedIn, "complete", kFulfilled},
    {kCheckedIn, "cancel", kCancelled},
    {kCheckedIn, "enter-in-error", kEnteredInError},

    {kWaitlist, "offer", kPending},
    {kWaitlist, "confirm", kBooked},
    {kWaitlist, "cancel", kCancelled},
    {kWaitlist, "enter-in-error", kEnteredInError},
});

// What was loaded from elsewhere may begin in any state that a visit can end in.
inline constexpr auto kInitial =
    std::to_array<std::string_view>({kProposed, kPending, kBooked, kArrived, kCheckedIn, kFulfilled,
                                     kCancelled, kNoShow, kWaitlist});

}  // namespace internal

inline constexpr WorkflowTable kTable{.states = internal::kStates,
                                      .transitions = internal::kTransitions,
                                      .initial = internal::kInitial,
                                      .booked = kBooked,
                                      .held = kPending};

static_assert(!kTable.FirstProblem(), "the table of appointment states is not sound");

}  // namespace clinic::appointment_status
