#include "server/json/object_reader.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace clinic::json {

void PrintTo(const FieldError& error, std::ostream* out) {
  *out << error.pointer << ": " << error.detail;
}

namespace {

using Errors = std::vector<FieldError>;

enum class Policy { kAllOrNothing, kSkipConflicts };
constexpr Choice<Policy> kPolicies[] = {{"all_or_nothing", Policy::kAllOrNothing},
                                        {"skip_conflicts", Policy::kSkipConflicts}};

TEST(ObjectReader, CollectsEverythingThatIsWrong) {
  auto body = ObjectReader::Parse(R"({
      "reason": "", "duration_minutes": 2000, "doctor_id": "7", "scheduled_time": "2024-02-30T10:00",
      "hold": "yes", "policy": "maybe", "email": "nobody", "born": "1990-13-01", "typo": 1})");
  body.RequiredString("reason", {.min_length = 1, .max_length = 500});
  EXPECT_EQ(body.OptionalInteger("duration_minutes", {.min = 1, .max = 1440}), std::nullopt);
  body.RequiredId<ResourceId>("doctor_id");
  body.RequiredTime("scheduled_time");
  body.OptionalBoolean("hold");
  body.OptionalChoice("policy", kPolicies);
  body.RequiredEmail("email");
  body.OptionalDate("born");
  body.RequiredString("patient");
  body.RefuseUnknown();
  EXPECT_FALSE(body.ok());
  EXPECT_EQ(body.errors(),
            (Errors{{"/reason", "must not be empty"},
                    {"/duration_minutes", "must be at most 1440"},
                    {"/doctor_id", "must be a UUID, as in 550e8400-e29b-41d4-a716-446655440000"},
                    {"/scheduled_time", "there is no such day in that month: \"2024-02-30T10:00\""},
                    {"/hold", "must be true or false, not a string"},
                    {"/policy", "must be \"all_or_nothing\" or \"skip_conflicts\""},
                    {"/email", "must be an e-mail address, as in name@example.com"},
                    {"/born", "months go from 01 to 12: \"1990-13-01\""},
                    {"/patient", "is required"},
                    {"/typo", "unknown field"}}));
}

TEST(ObjectReader, ReadsEveryType) {
  auto body = ObjectReader::Parse(R"({
      "reason": "Knee", "minutes": 30, "doctor": "550e8400-e29b-41d4-a716-446655440000",
      "at": "2024-03-05T14:30:00Z", "local": "2024-03-05T14:30", "hold": true,
      "policy": "skip_conflicts", "email": "Ann.O'Neil+x@mail.example.com", "born": "1990-12-31",
      "tags": ["a", "b"], "days": ["2024-03-05"], "person": {"name": "Ann"},
      "people": [{"name": "Bo"}, {"name": "Cy"}]})");
  EXPECT_EQ(body.RequiredString("reason"), "Knee");
  EXPECT_EQ(body.RequiredInteger("minutes"), 30);
  EXPECT_EQ(ToString(body.RequiredId<ResourceId>("doctor")),
            "550e8400-e29b-41d4-a716-446655440000");
  EXPECT_EQ(body.RequiredTime("at"), TimeText(Instant{Duration{1709649000}}));
  EXPECT_EQ(body.RequiredTime("local"), TimeText(CivilTime{Duration{1709649000}}));
  EXPECT_TRUE(body.RequiredBoolean("hold"));
  EXPECT_EQ(body.RequiredChoice("policy", kPolicies), Policy::kSkipConflicts);
  EXPECT_EQ(body.RequiredEmail("email"), "Ann.O'Neil+x@mail.example.com");
  EXPECT_EQ(FormatDate(body.RequiredDate("born")), "1990-12-31");
  EXPECT_EQ(body.RequiredStrings("tags"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(body.OptionalDates("days")->size(), 1U);
  EXPECT_EQ(body.RequiredObject("person").RequiredString("name"), "Ann");
  auto people = body.RequiredObjects("people");
  ASSERT_EQ(people.size(), 2U);
  EXPECT_EQ(people[1].RequiredString("name"), "Cy");
  body.RefuseUnknown();
  EXPECT_TRUE(body.ok()) << ::testing::PrintToString(body.errors());
}

TEST(ObjectReader, SaysWhichTypeItExpectedAndWhichCame) {
  auto body = ObjectReader::Parse(R"({"a": 1, "b": 1.0, "c": [], "d": {}, "e": true, "f": "x"})");
  body.RequiredString("a");
  body.RequiredInteger("b");
  body.RequiredUuid("c");
  body.RequiredTime("d");
  body.RequiredEmail("e");
  body.RequiredObject("f");
  body.OptionalStrings("f");
  body.OptionalChoice("a", kPolicies);
  EXPECT_EQ(body.errors(),
            (Errors{{"/a", "must be a string, not an integer"},
                    {"/b", "must be an integer, not a number with a fraction"},
                    {"/c", "must be a UUID in a string, not an array"},
                    {"/d", "must be a time in a string, not an object"},
                    {"/e", "must be an e-mail address in a string, not a boolean"},
                    {"/f", "must be an object, not a string"},
                    {"/f", "must be an array, not a string"},
                    {"/a", "must be \"all_or_nothing\" or \"skip_conflicts\", not an integer"}}));
}

TEST(ObjectReader, TellsAbsentFromNull) {
  auto body = ObjectReader::Parse(R"({"null": null, "value": "x"})");
  EXPECT_FALSE(body.Has("absent"));
  EXPECT_TRUE(body.Has("null"));
  EXPECT_EQ(body.KindOf("absent"), Kind::kAbsent);
  EXPECT_EQ(body.KindOf("null"), Kind::kNull);
  EXPECT_EQ(body.KindOf("value"), Kind::kString);
  EXPECT_EQ(body.OptionalString("absent"), std::nullopt);
  EXPECT_EQ(body.OptionalString("null"), std::nullopt);
  EXPECT_TRUE(body.ok());
  body.RequiredString("absent");
  body.RequiredString("null");
  EXPECT_EQ(body.errors(), (Errors{{"/absent", "is required"}, {"/null", "must not be null"}}));
}

TEST(ObjectReader, CountsCodePointsNotBytes) {
  auto body = ObjectReader::Parse("{\"name\": \"\xF0\x9F\x98\x80\xC3\xA9\"}");
  EXPECT_TRUE(body.OptionalString("name", {.min_length = 2, .max_length = 2}));
  EXPECT_FALSE(body.OptionalString("name", {.max_length = 1}));
  EXPECT_FALSE(body.OptionalString("name", {.min_length = 3}));
  EXPECT_EQ(body.errors(), (Errors{{"/name", "must have at most 1 character, not 2"},
                                   {"/name", "must have at least 3 characters"}}));
}

TEST(ObjectReader, RefusesControlCharactersUnlessAskedForThem) {
  auto body = ObjectReader::Parse(
      R"({"lines": "a\n\tb", "bell": "\u0007", "delete": "\u007f", "next": "\u0085", "cr": "\r"})");
  EXPECT_TRUE(body.OptionalString("lines"));
  EXPECT_TRUE(body.OptionalString("bell", {.controls = Controls::kAll}));
  EXPECT_TRUE(body.ok());
  EXPECT_FALSE(body.OptionalString("lines", {.controls = Controls::kNone}));
  for (const char* name : {"bell", "delete", "next", "cr"}) {
    EXPECT_FALSE(body.OptionalString(name)) << name;
  }
  EXPECT_EQ(body.errors().size(), 5U);
}

TEST(ObjectReader, RefusesABlankStringWhereItRefusesAnEmptyOne) {
  auto body = ObjectReader::Parse(R"({"blank": " \n\t "})");
  EXPECT_TRUE(body.OptionalString("blank"));
  EXPECT_FALSE(body.OptionalString("blank", {.min_length = 1}));
  EXPECT_EQ(body.errors(), (Errors{{"/blank", "must not be blank"}}));
}

TEST(ObjectReader, HoldsIntegersToTheirRangeAtItsEnds) {
  auto body = ObjectReader::Parse(
      R"({"low": 0, "min": 1, "max": 1440, "high": 1441, "huge": 18446744073709551615,
          "tiny": -9223372036854775808})");
  const IntegerRules rules{.min = 1, .max = 1440};
  EXPECT_EQ(body.OptionalInteger("min", rules), 1);
  EXPECT_EQ(body.OptionalInteger("max", rules), 1440);
  EXPECT_EQ(body.OptionalInteger("tiny"), INT64_MIN);
  EXPECT_TRUE(body.ok());
  for (const char* name : {"low", "high", "huge", "tiny"}) body.OptionalInteger(name, rules);
  body.OptionalInteger("huge");
  EXPECT_EQ(body.errors().size(), 5U);
}

TEST(ObjectReader, TakesTheEmailAddressesThatBrowsersTake) {
  const auto accepts = [](const std::string& email) {
    auto body = ObjectReader::Parse(nlohmann::json{{"email", email}}.dump());
    return body.OptionalEmail("email").has_value();
  };
  for (const std::string& bad :
       {std::string(), std::string("a"), std::string("@b.c"), std::string("a@"),
        std::string("a@b@c"), std::string("a b@c.d"), std::string("a@b..c"), std::string("a@-b.c"),
        std::string("a@b-.c"), std::string("a@b.c."), std::string("a@b_c.d"),
        std::string("a@b.c\r\nBcc: x@y.z"), std::string("<a@b.c>"), std::string("a@[127.0.0.1]"),
        std::string("\xC3\xA9@b.c"), std::string(65, 'a') + "@b.c",
        "a@" + std::string(64, 'b') + ".c"}) {
    EXPECT_FALSE(accepts(bad)) << bad;
  }
  for (const std::string& good :
       {std::string("patient@example.com"), std::string("a@localhost"),
        std::string("first.last+tag@sub.domain.example"), std::string(64, 'a') + "@b.c"}) {
    EXPECT_TRUE(accepts(good)) << good;
  }
}

TEST(ObjectReader, RefusesUnknownFieldsAlsoInsideOthers) {
  auto body = ObjectReader::Parse(R"({"person": {"name": "Ann", "a/b~c": 1}, "seen": 1})");
  auto person = body.RequiredObject("person");
  person.RequiredString("name");
  person.RefuseUnknown();
  EXPECT_TRUE(body.Has("seen"));
  body.RefuseUnknown();
  EXPECT_EQ(body.errors(), (Errors{{"/person/a~1b~0c", "unknown field"}}));
  EXPECT_FALSE(person.ok());
}

TEST(ObjectReader, NamesEachElementOfAnArrayThatIsWrong) {
  auto body = ObjectReader::Parse(
      R"({"tags": ["a", 2, null, ""], "days": ["2024-02-30"], "people": [{}, 7, {"name": 1}]})");
  body.RequiredStrings("tags", {}, {.min_length = 1});
  body.OptionalDates("days");
  for (ObjectReader& person : body.RequiredObjects("people")) person.RequiredString("name");
  EXPECT_EQ(body.errors(),
            (Errors{{"/tags/1", "must be a string, not an integer"},
                    {"/tags/2", "must be a string, not null"},
                    {"/tags/3", "must not be empty"},
                    {"/days/0", "there is no such day in that month: \"2024-02-30\""},
                    {"/people/1", "must be an object, not an integer"},
                    {"/people/0/name", "is required"},
                    {"/people/2/name", "must be a string, not an integer"}}));
}

TEST(ObjectReader, BoundsTheLengthOfArrays) {
  auto body = ObjectReader::Parse(R"({"none": [], "two": ["a", "b"]})");
  EXPECT_TRUE(body.OptionalStrings("two", {.min_items = 2, .max_items = 2}));
  EXPECT_FALSE(body.OptionalStrings("none", {.min_items = 1}));
  EXPECT_FALSE(body.OptionalStrings("two", {.max_items = 1}));
  EXPECT_EQ(body.errors(), (Errors{{"/none", "must have at least 1 element"},
                                   {"/two", "must have at most 1 element"}}));
}

TEST(ObjectReader, GivesOneErrorForTextThatIsNotAnObject) {
  for (const char* text : {"", "{", "[]", "null", "7", R"({"a": 1, "a": 2})"}) {
    auto body = ObjectReader::Parse(text);
    EXPECT_EQ(body.RequiredString("name"), "");
    EXPECT_EQ(body.RequiredObject("person").RequiredInteger("age"), 0);
    EXPECT_TRUE(body.RequiredObjects("people").empty());
    body.RefuseUnknown();
    EXPECT_EQ(body.errors().size(), 1U) << text;
  }
  EXPECT_EQ(ObjectReader::Parse("[]").errors(), (Errors{{"", "must be an object, not an array"}}));
}

TEST(ObjectReader, GivesOneErrorForAnObjectThatIsMissing) {
  auto body = ObjectReader::Parse("{}");
  EXPECT_EQ(body.RequiredObject("person").RequiredString("name"), "");
  EXPECT_EQ(body.errors(), (Errors{{"/person", "is required"}}));
}

TEST(ObjectReader, StopsCollectingWhereAnAnswerWouldBeTooLong) {
  nlohmann::json many;
  for (int i = 0; i < 1000; ++i) many["field" + std::to_string(i)] = i;
  auto body = ObjectReader::Parse(many.dump());
  body.RefuseUnknown();
  EXPECT_EQ(body.errors().size(), ObjectReader::kMaxErrors);
}

TEST(ObjectReader, TakesErrorsOfTheCallersOwn) {
  auto body = ObjectReader::Parse(R"({"person": {"timezone": "Mars/Base"}})");
  auto person = body.RequiredObject("person");
  person.Refuse("timezone", "is not an IANA time zone");
  EXPECT_EQ(body.errors(), (Errors{{"/person/timezone", "is not an IANA time zone"}}));
}

}  // namespace
}  // namespace clinic::json
