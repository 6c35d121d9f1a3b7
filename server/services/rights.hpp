// Who may see and do what: the rules by role and by relation, in one place.
//
// A patient sees only their own; a doctor their own calendar and the patients with whom they have
// an appointment; a receptionist books for anyone; an admin manages accounts, and may do what a
// receptionist does. What is not one's own does not exist: the answer is kNotFound, so that nobody
// can guess or count it.
#pragma once

#include "clinic/store.hpp"
#include "server/services/caller.hpp"

namespace clinic::server {

/// True where the caller may see the patient's profile. Error: that of the store.
Result<bool> MaySeePatient(UnitOfWork& work, const Caller& caller, ResourceId patient);

/// True where the caller may see the booking: it takes the patient or the doctor that they are.
bool MaySeeBooking(const Caller& caller, const Booking& booking);

/// True where the caller may take that action on a booking that they may see. Patients confirm,
/// release and cancel their own; the rest of a visit is for those who work there.
bool MayTakeAction(const Caller& caller, std::string_view action);

/// True where the caller may change that doctor's profile, availability and time off.
bool MayManageDoctor(const Caller& caller, ResourceId doctor);

}  // namespace clinic::server
