#include "clinic/zone.hpp"

#include <absl/time/time.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <system_error>
#include <vector>

namespace clinic {
namespace internal {

// Rising numbers, and a coarse index into them: changes of offset lie about evenly in time, so that
// the index leaves a step or two to walk.
class Steps {
 public:
  void Append(std::int64_t key) { keys_.push_back(key); }

  void BuildIndex() {
    if (keys_.empty()) return;
    const std::size_t buckets = BucketOf(keys_.back()) + 1;
    for (std::size_t bucket = 0, below = 0; bucket < buckets; ++bucket) {
      while (BucketOf(keys_[below]) < bucket) ++below;
      below_.push_back(static_cast<std::uint16_t>(below));
    }
  }

  // How many keys are <= value.
  std::size_t CountUpTo(std::int64_t value) const {
    if (keys_.empty() || value < keys_.front()) return 0;
    if (value >= keys_.back()) return keys_.size();
    std::size_t count = below_[BucketOf(value)];
    while (keys_[count] <= value) ++count;
    return count;
  }

  std::int64_t operator[](std::size_t i) const { return keys_[i]; }
  std::size_t size() const { return keys_.size(); }

 private:
  static constexpr int kBucketBits = 24;  // 194 days

  std::size_t BucketOf(std::int64_t key) const {
    return static_cast<std::size_t>((key - keys_.front()) >> kBucketBits);
  }

  std::vector<std::int64_t> keys_;
  std::vector<std::uint16_t> below_;  // how many keys lie in the buckets before each
};

// The offsets of a zone, as plain arrays in place of Abseil's broken-down times.
//
// 1. Stretch i of the time line has offsets_[i] and lasts until change i, for which
//    instants_[i] is when it happens, and civils_[i] is the first civil time that is read with the
//    offset after it: the later of what the clock shows just before and just after.
// 2. offsets_ has one entry more than instants_ and civils_ have.
// 3. If repeats_, the last 400 years before the last change stand for all later times: the
// Gregorian
//    calendar, weekdays included, repeats itself after 400 years.
class ZoneTable {
 public:
  ZoneTable(std::string name, const absl::TimeZone& zone) : name_(std::move(name)) {
    offsets_.push_back(OffsetIn(zone, kEarliest.time_since_epoch().count()));
    absl::Time last = absl::FromUnixSeconds(kEarliest.time_since_epoch().count());
    absl::TimeZone::CivilTransition change;
    while (zone.NextTransition(last, &change)) {
      last = zone.At(change.to).trans;
      AppendChange(absl::ToUnixSeconds(last), OffsetIn(zone, absl::ToUnixSeconds(last)));
    }
    instants_.BuildIndex();
    civils_.BuildIndex();
    // No zone lists its changes that far ahead; where there are some, Abseil has continued the rule
    // at the end of the zone's file (RFC 8536 §3.3) for 400 years.
    constexpr Instant kBeyondLists = std::chrono::sys_days{std::chrono::year{2200} / 1 / 1};
    repeats_ = instants_.size() > 0 &&
               instants_[instants_.size() - 1] > kBeyondLists.time_since_epoch().count();
  }

  const std::string& name() const { return name_; }

  std::int64_t OffsetAtInstant(std::int64_t instant) const {
    return offsets_[instants_.CountUpTo(instant - Folded(instant, instants_))];
  }

  std::int64_t OffsetBeforeDoubt(std::int64_t civil) const {
    return offsets_[civils_.CountUpTo(civil - Folded(civil, civils_))];
  }

  CivilLookup Lookup(std::int64_t civil) const {
    const std::int64_t folded = Folded(civil, civils_);
    const std::size_t stretch = civils_.CountUpTo(civil - folded);
    const std::int64_t offset = offsets_[stretch];
    CivilLookup unique{CivilKind::kUnique, At(civil - offset), At(civil - offset),
                       At(civil - offset)};
    if (stretch == instants_.size()) return unique;
    const std::int64_t next_offset = offsets_[stretch + 1];
    const std::int64_t change = instants_[stretch] + folded;
    if (civil < change + std::min(offset, next_offset)) return unique;
    return {next_offset > offset ? CivilKind::kSkipped : CivilKind::kRepeated, At(civil - offset),
            At(change), At(civil - next_offset)};
  }

 private:
  static constexpr std::int64_t kFourHundredYears = 146'097LL * 86'400;

  static Instant At(std::int64_t seconds) { return Instant(Duration(seconds)); }

  static std::int64_t OffsetIn(const absl::TimeZone& zone, std::int64_t instant) {
    return zone.At(absl::FromUnixSeconds(instant)).offset;
  }

  void AppendChange(std::int64_t instant, std::int64_t offset) {
    if (offset == offsets_.back()) return;  // only the abbreviation changes
    instants_.Append(instant);
    civils_.Append(instant + std::max(offset, offsets_.back()));
    offsets_.push_back(offset);
  }

  // By how much a time behind the last change is moved back, to where the same holds.
  std::int64_t Folded(std::int64_t time, const Steps& steps) const {
    if (!repeats_ || time < steps[steps.size() - 1]) return 0;
    const std::int64_t behind = time - steps[steps.size() - 1];
    return (behind / kFourHundredYears + 1) * kFourHundredYears;
  }

  std::string name_;
  std::vector<std::int64_t> offsets_;
  Steps instants_;
  Steps civils_;
  bool repeats_ = false;
};

}  // namespace internal

namespace {

// Zones are kept for ever: there are some six hundred of them.
class Zones {
 public:
  const internal::ZoneTable* Find(std::string_view name) const {
    const std::shared_lock lock(mutex_);
    const auto found = tables_.find(name);
    return found == tables_.end() ? nullptr : found->second.get();
  }

  const internal::ZoneTable& Add(std::string_view name, const absl::TimeZone& zone) {
    auto table = std::make_unique<const internal::ZoneTable>(std::string(name), zone);
    const std::unique_lock lock(mutex_);
    return *tables_.try_emplace(std::string(name), std::move(table)).first->second;
  }

 private:
  mutable std::shared_mutex mutex_;
  std::map<std::string, std::unique_ptr<const internal::ZoneTable>, std::less<>> tables_;
};

Zones& LoadedZones() {
  static Zones& zones = *new Zones;
  return zones;
}

// The characters of the IANA database's names (its theory.html, "Names of timezones"), which leave
// no way out of its folder.
bool IsZoneName(std::string_view name) {
  constexpr std::size_t kLongestName = 64;
  constexpr std::string_view kMarks = "_+-/";
  const auto is_letter = [](char c) { return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z'); };
  if (name.empty() || name.size() > kLongestName || !is_letter(name.front())) return false;
  if (name.back() == '/' || name.find("//") != std::string_view::npos) return false;
  return std::all_of(name.begin(), name.end(), [&](char c) {
    return is_letter(c) || ('0' <= c && c <= '9') || kMarks.find(c) != std::string_view::npos;
  });
}

// Files beside the zones that are not a zone of civil time, or another one on each machine.
bool IsNoCivilZone(std::string_view name) {
  return name.starts_with("right/") || name.starts_with("posix/") || name == "localtime" ||
         name == "posixrules" || name == "Factory";
}

// Abseil keeps every name that it was ever asked for, so it is only asked for files that are there.
bool IsInDatabase(std::string_view name) {
  const char* folder = std::getenv("TZDIR");
  std::error_code error;
  return std::filesystem::is_regular_file(
      std::filesystem::path(folder != nullptr ? folder : "/usr/share/zoneinfo") / name, error);
}

}  // namespace

Result<Zone> Zone::Load(std::string_view iana_name) {
  const Zone utc = Utc();
  if (iana_name == utc.name()) return utc;
  if (const internal::ZoneTable* table = LoadedZones().Find(iana_name)) return Zone(*table);

  absl::TimeZone zone;
  if (!IsZoneName(iana_name) || IsNoCivilZone(iana_name) || !IsInDatabase(iana_name) ||
      !absl::LoadTimeZone({iana_name.data(), iana_name.size()}, &zone)) {
    return Error{ErrorCode::kInvalidArgument,
                 "unknown time zone \"" + std::string(iana_name.substr(0, 64)) +
                     "\": an IANA name such as \"Europe/Berlin\" is needed"};
  }
  return Zone(LoadedZones().Add(iana_name, zone));
}

Zone Zone::Utc() {
  static const internal::ZoneTable& utc = *new internal::ZoneTable("UTC", absl::UTCTimeZone());
  return Zone(utc);
}

const std::string& Zone::name() const { return table_->name(); }

Instant Zone::ToInstant(CivilTime civil) const {
  const std::int64_t seconds = civil.time_since_epoch().count();
  return Instant(Duration(seconds - table_->OffsetBeforeDoubt(seconds)));
}

CivilTime Zone::ToCivil(Instant instant) const {
  return CivilTime(instant.time_since_epoch() + OffsetAt(instant));
}

Duration Zone::OffsetAt(Instant instant) const {
  return Duration(table_->OffsetAtInstant(instant.time_since_epoch().count()));
}

CivilLookup Zone::Lookup(CivilTime civil) const {
  return table_->Lookup(civil.time_since_epoch().count());
}

}  // namespace clinic
