#include "bench/peers/libical.hpp"

#include <libical/ical.h>

namespace clinic::bench {
namespace {

icaltimetype ToIcal(CivilTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  icaltimetype ical = icaltime_null_time();
  ical.year = static_cast<int>(date.year());
  ical.month = static_cast<int>(static_cast<unsigned>(date.month()));
  ical.day = static_cast<int>(static_cast<unsigned>(date.day()));
  ical.hour = static_cast<int>(clock.hours().count());
  ical.minute = static_cast<int>(clock.minutes().count());
  ical.second = static_cast<int>(clock.seconds().count());
  return ical;
}

CivilTime FromIcal(const icaltimetype& ical) {
  using std::chrono::local_days;
  const auto month = static_cast<unsigned>(ical.month);
  const auto day = static_cast<unsigned>(ical.day);
  return local_days{std::chrono::year{ical.year} / month / day} + std::chrono::hours{ical.hour} +
         std::chrono::minutes{ical.minute} + std::chrono::seconds{ical.second};
}

}  // namespace

struct LibicalRule::State {
  icalrecurrencetype rule;
  icaltimetype start;
};

LibicalRule::LibicalRule(const std::string& rule, CivilTime start)
    : state_(new State{icalrecurrencetype_from_string(rule.c_str()), ToIcal(start)}) {}

LibicalRule::~LibicalRule() { delete state_; }

void LibicalRule::Expand(std::span<CivilTime> out) {
  icalrecur_iterator* iterator = icalrecur_iterator_new(state_->rule, state_->start);
  for (CivilTime& time : out) time = FromIcal(icalrecur_iterator_next(iterator));
  icalrecur_iterator_free(iterator);
}

// An iterator that is set to a start for the second time may pass over an occurrence of a weekly
// rule (3.0.16), so each question needs one of its own.
CivilTime LibicalRule::FirstFrom(CivilTime from) {
  icalrecur_iterator* iterator = icalrecur_iterator_new(state_->rule, state_->start);
  icalrecur_iterator_set_start(iterator, ToIcal(from));
  const CivilTime first = FromIcal(icalrecur_iterator_next(iterator));
  icalrecur_iterator_free(iterator);
  return first;
}

}  // namespace clinic::bench
