// What makes a rule valid, and how its UNTIL is placed in a zone.
#include "clinic/recurrence_rule.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>

namespace clinic {
namespace {

constexpr std::uint32_t kLargestNumber = 999'999'999;

Error Invalid(std::string message) { return {ErrorCode::kInvalidArgument, std::move(message)}; }

std::string Range(int low, int high) { return std::to_string(low) + ".." + std::to_string(high); }

Result<void> CheckNumbers(const char* part, const std::vector<int>& numbers, int low, int high) {
  for (const int number : numbers) {
    if (number < low || high < number) {
      return Invalid(std::string(part) + ": " + std::to_string(number) + " is not in " +
                     Range(low, high));
    }
  }
  return {};
}

// As CheckNumbers, for parts that count from either end and so have no 0.
Result<void> CheckPositions(const char* part, const std::vector<int>& positions, int high) {
  for (const int position : positions) {
    if (position == 0 || std::abs(position) > high) {
      return Invalid(std::string(part) + ": " + std::to_string(position) + " is not in " +
                     Range(1, high) + " or " + Range(-high, -1));
    }
  }
  return {};
}

Result<void> CheckNamedDays(const RecurrenceParts& parts) {
  for (const WeekdayOrdinal& day : parts.by_day) {
    if (!day.day.ok() || std::abs(day.ordinal) > 53) {
      return Invalid(
          "BYDAY: an ordinal is 1..53 or -53..-1, a weekday one of SU MO TU WE TH FR SA");
    }
  }
  if (!parts.week_start.ok()) return Invalid("WKST: not a weekday");
  for (const std::chrono::month month : parts.by_month) {
    if (!month.ok()) {
      return Invalid("BYMONTH: " + std::to_string(static_cast<unsigned>(month)) +
                     " is not in 1..12");
    }
  }
  return {};
}

// The last second that `end` lets through, read as if it were UTC where it is not.
Instant LastSecond(const RecurrenceEnd& end) {
  if (const CivilDay* day = std::get_if<CivilDay>(&end)) {
    return Instant(CivilTime(*day).time_since_epoch() + std::chrono::days(1) - Duration(1));
  }
  if (const CivilTime* time = std::get_if<CivilTime>(&end))
    return Instant(time->time_since_epoch());
  return std::get<Instant>(end);
}

Result<void> CheckExtent(const RecurrenceParts& parts) {
  if (parts.interval < 1 || parts.interval > kLargestNumber) {
    return Invalid("INTERVAL: not in 1..999999999");
  }
  if (parts.count && parts.until) return Invalid("COUNT and UNTIL exclude each other");
  if (parts.count && (*parts.count < 1 || *parts.count > kLargestNumber)) {
    return Invalid("COUNT: not in 1..999999999");
  }
  if (parts.until && !IsRepresentable(LastSecond(*parts.until))) {
    return Invalid("UNTIL: not in the years 1 to 9999");
  }
  return {};
}

// The table of RFC 5545 §3.3.10: which parts a frequency goes with.
Result<void> CheckCombination(const RecurrenceParts& parts) {
  const Frequency frequency = parts.frequency;
  const bool has_ordinal = std::any_of(parts.by_day.begin(), parts.by_day.end(),
                                       [](const WeekdayOrdinal& day) { return day.ordinal != 0; });
  if (has_ordinal && frequency < Frequency::kMonthly) {
    return Invalid("BYDAY: an ordinal needs FREQ=MONTHLY or FREQ=YEARLY");
  }
  if (has_ordinal && !parts.by_week_number.empty()) {
    return Invalid("BYDAY: an ordinal does not go with BYWEEKNO");
  }
  if (!parts.by_month_day.empty() && frequency == Frequency::kWeekly) {
    return Invalid("BYMONTHDAY does not go with FREQ=WEEKLY");
  }
  if (!parts.by_year_day.empty() && Frequency::kDaily <= frequency &&
      frequency <= Frequency::kMonthly) {
    return Invalid("BYYEARDAY does not go with FREQ=DAILY, WEEKLY or MONTHLY");
  }
  if (!parts.by_week_number.empty() && frequency != Frequency::kYearly) {
    return Invalid("BYWEEKNO needs FREQ=YEARLY");
  }
  const bool has_set = !parts.by_second.empty() || !parts.by_minute.empty() ||
                       !parts.by_hour.empty() || !parts.by_day.empty() ||
                       !parts.by_month_day.empty() || !parts.by_year_day.empty() ||
                       !parts.by_week_number.empty() || !parts.by_month.empty();
  if (!parts.by_set_position.empty() && !has_set) {
    return Invalid("BYSETPOS needs another BY part to select from");
  }
  return {};
}

Result<void> Check(const RecurrenceParts& parts) {
  if (parts.frequency < Frequency::kSecondly || Frequency::kYearly < parts.frequency) {
    return Invalid("FREQ: not a frequency");
  }
  if (auto checked = CheckExtent(parts); !checked) return checked;
  if (auto checked = CheckNumbers("BYSECOND", parts.by_second, 0, 60); !checked) return checked;
  if (auto checked = CheckNumbers("BYMINUTE", parts.by_minute, 0, 59); !checked) return checked;
  if (auto checked = CheckNumbers("BYHOUR", parts.by_hour, 0, 23); !checked) return checked;
  if (auto checked = CheckNamedDays(parts); !checked) return checked;
  if (auto checked = CheckPositions("BYMONTHDAY", parts.by_month_day, 31); !checked) return checked;
  if (auto checked = CheckPositions("BYYEARDAY", parts.by_year_day, 366); !checked) return checked;
  if (auto checked = CheckPositions("BYWEEKNO", parts.by_week_number, 53); !checked) return checked;
  if (auto checked = CheckPositions("BYSETPOS", parts.by_set_position, 366); !checked) {
    return checked;
  }
  return CheckCombination(parts);
}

template <typename T, typename Key>
void SortUnique(std::vector<T>& list, const Key& key) {
  std::sort(list.begin(), list.end(), [&](const T& a, const T& b) { return key(a) < key(b); });
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

void Canonicalize(RecurrenceParts& parts) {
  for (std::vector<int>* list :
       {&parts.by_second, &parts.by_minute, &parts.by_hour, &parts.by_month_day, &parts.by_year_day,
        &parts.by_week_number, &parts.by_set_position}) {
    SortUnique(*list, [](int number) { return number; });
  }
  SortUnique(parts.by_month, [](std::chrono::month month) { return month; });
  SortUnique(parts.by_day, [](const WeekdayOrdinal& day) {
    return std::pair(day.ordinal, day.day.iso_encoding());
  });
}

}  // namespace

Result<RecurrenceRule> RecurrenceRule::Make(RecurrenceParts parts) {
  if (const Result<void> checked = Check(parts); !checked) return checked.error();
  Canonicalize(parts);
  return RecurrenceRule(std::move(parts));
}

RecurrenceRule RecurrenceRule::PlacedIn(const Zone& zone) const {
  RecurrenceRule placed = *this;
  if (parts_.until) {
    if (const Instant* instant = std::get_if<Instant>(&*parts_.until)) {
      placed.parts_.until = zone.ToCivil(*instant);
    }
  }
  return placed;
}

}  // namespace clinic
