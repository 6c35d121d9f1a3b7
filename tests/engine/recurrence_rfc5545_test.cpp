// The examples that RFC 5545 §3.8.5.3 prints, from data/rfc5545-examples.txt.
#include <gtest/gtest.h>

#include <charconv>
#include <chrono>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "clinic/recurrence.hpp"
#include "clinic/zone.hpp"

namespace clinic {
namespace {

struct Example {
  int line = 0;
  std::string rule;
  std::string start{};
  std::string removed{};
  std::vector<std::string> instances{};
  bool goes_on = false;
};

std::vector<std::string> Split(const std::string& text) {
  std::vector<std::string> entries;
  std::istringstream stream(text);
  for (std::string entry; std::getline(stream, entry, ',');) entries.push_back(entry);
  return entries;
}

std::vector<Example> ReadExamples() {
  std::ifstream file(CLINIC_SOURCE_DIR "/tests/engine/data/rfc5545-examples.txt");
  std::vector<Example> examples;
  Example example;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    const std::size_t colon = line.find(": ");
    if (line.starts_with("#") || colon == std::string::npos) continue;
    const std::string key = line.substr(0, colon);
    const std::string value = line.substr(colon + 2);
    if (key == "RRULE") example = {.line = number, .rule = value};
    if (key == "DTSTART") example.start = value;
    if (key == "EXDATE") example.removed = value;
    if (key != "INSTANCES") continue;
    example.instances = Split(value);
    example.goes_on = example.instances.back() == "...";
    if (example.goes_on) example.instances.pop_back();
    examples.push_back(example);
  }
  return examples;
}

// Reads 19970902T090000, by way of the UNTIL that has this form.
CivilTime Time(const std::string& text) {
  const Result<RecurrenceRule> rule = RecurrenceRule::Parse("FREQ=DAILY;UNTIL=" + text);
  return std::get<CivilTime>(*rule->parts().until);
}

Recurrence RecurrenceOf(const Example& example) {
  const RecurrenceRule rule =
      RecurrenceRule::Parse(example.rule)->PlacedIn(*Zone::Load("America/New_York"));
  std::vector<CivilTime> removed;
  if (!example.removed.empty()) removed.push_back(Time(example.removed));
  return *Recurrence::Create(Time(example.start), rule, {}, removed);
}

TEST(RecurrenceRfc5545, HasAllExamples) { EXPECT_EQ(ReadExamples().size(), 42u); }

TEST(RecurrenceRfc5545, GivesWhatTheRfcPrints) {
  for (const Example& example : ReadExamples()) {
    OccurrenceCursor cursor(RecurrenceOf(example));
    for (const std::string& expected : example.instances) {
      const Result<std::optional<CivilTime>> next = cursor.Next();
      ASSERT_TRUE(next.ok() && *next) << "line " << example.line << ": no " << expected;
      ASSERT_EQ(**next, Time(expected)) << "line " << example.line << ": " << example.rule;
    }
    const Result<std::optional<CivilTime>> after = cursor.Next();
    ASSERT_TRUE(after.ok()) << "line " << example.line;
    EXPECT_EQ(after->has_value(), example.goes_on) << "line " << example.line;
  }
}

TEST(RecurrenceRfc5545, FindsEachOccurrenceBySeekingToIt) {
  for (const Example& example : ReadExamples()) {
    OccurrenceCursor cursor(RecurrenceOf(example));
    for (std::size_t i = example.instances.size(); i-- > 0;) {
      const CivilTime expected = Time(example.instances[i]);
      cursor.Seek(expected);
      EXPECT_EQ(**cursor.Next(), expected) << "line " << example.line;
      cursor.Seek(expected - Duration(1));
      EXPECT_EQ(**cursor.Next(), expected) << "line " << example.line;
    }
  }
}

}  // namespace
}  // namespace clinic
