#include "server/import/double_bookings.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "clinic/appointment_status.hpp"

namespace clinic::calendar_file {
namespace {

using std::chrono::minutes;
namespace status = appointment_status;

AppointmentRow Row(std::string practitioner, int start, int end,
                   std::string_view state = status::kBooked) {
  AppointmentRow row;
  row.practitioner = std::move(practitioner);
  row.start = CivilTime(minutes(start));
  row.length = minutes(end - start);
  row.status = state;
  return row;
}

DoubleBookings Find(std::vector<AppointmentRow> rows) {
  const std::vector<AppointmentFile> files = {{"file", {std::move(rows), {}}}};
  return FindDoubleBookings(files);
}

TEST(DoubleBookings, NothingIsFoundInNothing) {
  EXPECT_EQ(FindDoubleBookings({}).all.overlapping_pairs, 0U);
  EXPECT_EQ(Find({}).all.appointments, 0U);
}

TEST(DoubleBookings, OnlyAppointmentsThatHoldTimeCount) {
  for (const std::string_view state :
       {status::kCancelled, status::kEnteredInError, status::kProposed, status::kWaitlist}) {
    const DoubleBookings found = Find({Row("D1", 0, 15), Row("D1", 0, 15, state)});
    EXPECT_EQ(found.all.overlapping_pairs, 0U) << state;
    EXPECT_EQ(found.all.appointments, 1U) << state;
    EXPECT_EQ(found.without_time, 1U) << state;
  }
  for (const std::string_view state : {status::kPending, status::kBooked, status::kArrived,
                                       status::kCheckedIn, status::kFulfilled, status::kNoShow}) {
    EXPECT_EQ(Find({Row("D1", 0, 15), Row("D1", 0, 15, state)}).all.overlapping_pairs, 1U) << state;
  }
}

TEST(DoubleBookings, PractitionersDoNotStandInEachOthersWay) {
  const DoubleBookings found = Find({Row("D1", 0, 15), Row("D2", 0, 15), Row("D2", 14, 20)});
  EXPECT_EQ(found.all.overlapping_pairs, 1U);
  EXPECT_EQ(found.by_practitioner.at("D1").overlapping_pairs, 0U);
  EXPECT_EQ(found.by_practitioner.at("D2").overlapping_pairs, 1U);
  EXPECT_EQ(found.by_practitioner.at("D2").appointments, 2U);
}

TEST(DoubleBookings, OneMayStartWhenAnotherEnds) {
  EXPECT_EQ(Find({Row("D1", 0, 15), Row("D1", 15, 30)}).all.overlapping_pairs, 0U);
}

TEST(DoubleBookings, ThreeInOneSlotAreThreePairsAndOneSlot) {
  const DoubleBookings found = Find(
      {Row("D1", 0, 15), Row("D1", 0, 15), Row("D1", 0, 15), Row("D1", 15, 30), Row("D1", 15, 30)});
  EXPECT_EQ(found.all.overlapping_pairs, 4U);
  EXPECT_EQ(found.all.double_booked_slots, 2U);
}

// 0-60 over 10-20 and 50-70, which is over 65-80: one stretch, though its ends do not meet.
TEST(DoubleBookings, AChainOfOverlapsIsOneStretchOfTime) {
  const DoubleBookings found =
      Find({Row("D1", 65, 80), Row("D1", 0, 60), Row("D1", 10, 20), Row("D1", 50, 70),
            Row("D1", 80, 90), Row("D1", 85, 95), Row("D2", 5, 9), Row("D2", 8, 12)});
  EXPECT_EQ(found.all.overlapping_pairs, 5U);
  EXPECT_EQ(found.all.double_booked_slots, 3U);
  EXPECT_EQ(found.by_practitioner.at("D1").double_booked_slots, 2U);
}

TEST(DoubleBookings, AreFoundAcrossFiles) {
  const std::vector<AppointmentFile> files = {{"a", {{Row("D1", 0, 15)}, {}}},
                                              {"b", {{Row("D2", 0, 15), Row("D1", 5, 20)}, {}}}};
  const DoubleBookings found = FindDoubleBookings(files);
  ASSERT_EQ(found.pairs.size(), 1U);
  EXPECT_EQ(found.pairs[0].first.file, 0U);
  EXPECT_EQ(found.pairs[0].second.file, 1U);
  EXPECT_EQ(found.pairs[0].second.index, 1U);
}

TEST(DoubleBookings, AreCountedBeyondWhatIsListed) {
  const std::vector<AppointmentRow> rows(1000, Row("D1", 0, 15));
  const DoubleBookings found = Find(rows);
  EXPECT_EQ(found.all.overlapping_pairs, 499'500U);
  EXPECT_EQ(found.pairs.size(), kMostPairs);
  EXPECT_EQ(found.all.double_booked_slots, 1U);
}

}  // namespace
}  // namespace clinic::calendar_file
