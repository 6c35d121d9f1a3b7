// Who may see and do what of somebody's: the rules by relation, in one place. What a role may do at
// all is declared with each route (routes/api.hpp).
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

/// True where the caller may change that doctor's profile, availability and time off.
bool MayManageDoctor(const Caller& caller, ResourceId doctor);

}  // namespace clinic::server
