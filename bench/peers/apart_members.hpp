// The members of Apart, for the files that say what Apart<Tag>::Calendars is.
#pragma once

#include "bench/peers/apart.hpp"

namespace clinic::bench {

template <typename Tag>
Apart<Tag>::Apart(std::size_t practitioners)
    : calendars_(std::make_unique<Calendars>(practitioners)) {}

template <typename Tag>
Apart<Tag>::Apart(Apart&&) noexcept = default;

template <typename Tag>
Apart<Tag>::~Apart() = default;

template <typename Tag>
bool Apart<Tag>::IsFree(std::uint32_t practitioner, const Interval& interval) const {
  return calendars_->IsFree(practitioner, interval);
}

template <typename Tag>
bool Apart<Tag>::Book(std::uint32_t practitioner, const Interval& interval, std::uint32_t id) {
  return calendars_->Book(practitioner, interval, id);
}

template <typename Tag>
bool Apart<Tag>::Cancel(std::uint32_t practitioner, const Interval& interval) {
  return calendars_->Cancel(practitioner, interval);
}

template <typename Tag>
Instant Apart<Tag>::NextGap(std::uint32_t practitioner, Instant from, Duration length) const {
  return calendars_->NextGap(practitioner, from, length);
}

}  // namespace clinic::bench
