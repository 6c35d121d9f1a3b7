// A peer whose headers are heavy, compiled in one file of its own.
//
// `Tag` gives the name and the size; the file of the peer says what Apart<Tag>::Calendars is (any
// class with the members of a peer), includes bench/peers/apart_members.hpp and instantiates
// Apart<Tag>. All calendars are behind one pointer, so that a question costs no cache miss more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "clinic/interval.hpp"

namespace clinic::bench {

template <typename Tag>
class Apart {
 public:
  static constexpr const char* kName = Tag::kName;
  static constexpr std::size_t kMostPractitioners = Tag::kMostPractitioners;

  explicit Apart(std::size_t practitioners);
  Apart(Apart&&) noexcept;
  ~Apart();

  bool IsFree(std::uint32_t practitioner, const Interval& interval) const;
  bool Book(std::uint32_t practitioner, const Interval& interval, std::uint32_t id);
  bool Cancel(std::uint32_t practitioner, const Interval& interval);
  Instant NextGap(std::uint32_t practitioner, Instant from, Duration length) const;

 private:
  struct Calendars;
  std::unique_ptr<Calendars> calendars_;
};

}  // namespace clinic::bench
