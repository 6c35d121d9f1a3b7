// What stands in a field of a calendar file, read.
//
// Each function names the reason for a refusal so that it can follow "row 12 ": "has no date".
// Errors are kInvalidArgument. All are pure, and safe to call from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "clinic/result.hpp"
#include "clinic/time.hpp"

namespace clinic::calendar_file {

/// `text` without the spaces and tabs around it.
std::string_view WithoutOuterSpaces(std::string_view text);

/// `text` in quotation marks, cut to a length that fits a message.
std::string Quoted(std::string_view text);

/// True where `text` is a time of day, well or badly written, and not a date and time.
bool IsTimeOfDay(std::string_view text);

/// Reads a date and time, "2024-03-05 14:30[:00]" or with a "T", or a time of day, which then falls
/// on `day`. Times are the clinic's local time: one that names an offset is refused.
Result<CivilTime> ReadTime(std::string_view text, std::optional<CivilDay> day);

/// Reads "YYYY-MM-DD".
Result<CivilDay> ReadDate(std::string_view text);

/// Reads a length in whole minutes, from 1 to kLongestMinutes.
Result<Duration> ReadMinutes(std::string_view text);
inline constexpr int kLongestMinutes = 7 * 24 * 60;

/// The state of FHIR's Appointment.status that a status of a file means, in any case of letters:
/// attended is fulfilled, did not attend is noshow, scheduled and unknown are booked, and FHIR's
/// own words are themselves. Anything else is refused.
Result<std::string_view> ReadStatus(std::string_view text);

}  // namespace clinic::calendar_file
