#include "server/json/writer.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>

#include "server/json/utf8.hpp"

namespace clinic::json {
namespace {

std::string Escaped(std::string_view value) {
  std::string text;
  AppendString(text, value);
  return text;
}

// What our reference makes of a text: nlohmann's own reader, after its own repair of the bytes.
TEST(JsonWriter, EscapesEveryByteSoThatItReadsBackTheSame) {
  std::string all;
  for (int c = 0; c < 128; ++c) all.push_back(static_cast<char>(c));
  all.append(
      "\xC2\x80\xC3\xA9\xE2\x82\xAC\xED\x9F\xBF\xEE\x80\x80\xF0\x9F\x98\x80\xF4\x8F\xBF\xBF");
  EXPECT_EQ(nlohmann::json::parse(Escaped(all)).get<std::string>(), all);
  EXPECT_EQ(Escaped("a\"\\\n\r\t\b\x1F\x7F/"), R"("a\"\\\n\r\t\u0008\u001f\u007f/")");
}

TEST(JsonWriter, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(Escaped("a\xFFz"), "\"a\xEF\xBF\xBDz\"");
  EXPECT_EQ(Escaped("\xC0\xAF"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
  EXPECT_EQ(Escaped("\xE2\x82"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
  EXPECT_EQ(Escaped("\xED\xA0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

TEST(JsonWriter, WritesJsonWhateverTheBytes) {
  std::mt19937 random(1);
  std::uniform_int_distribution<int> byte(0, 255);
  std::uniform_int_distribution<int> length(0, 40);
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes;
    for (int n = length(random); n > 0; --n) bytes.push_back(static_cast<char>(byte(random)));
    const std::string text = WriteObject([&](ObjectWriter& out) { out.Field(bytes, bytes); });
    const auto parsed = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
    ASSERT_FALSE(parsed.is_discarded()) << text;
    const bool is_utf8 = CountCodePoints(bytes).has_value();
    EXPECT_EQ(parsed.contains(bytes) && parsed[bytes] == bytes, is_utf8) << text;
  }
}

TEST(JsonWriter, WritesEveryTypeOfValue) {
  const auto id = ResourceId::Parse("550e8400-e29b-41d4-a716-446655440000");
  const std::string text = WriteObject([&](ObjectWriter& out) {
    out.Field("literal", "x");
    out.Field("string", std::string("y"));
    out.Field("view", std::string_view("z"));
    out.Field("id", *id);
    out.Field("uuid", id->uuid());
    out.Field("true", true);
    out.Field("false", false);
    out.Field("null", nullptr);
    out.Field("int", -7);
    out.Field("min", std::numeric_limits<std::int64_t>::min());
    out.Field("max", std::numeric_limits<std::uint64_t>::max());
    out.Field("double", 0.1);
    out.Field("nan", std::nan(""));
    out.Field("infinity", std::numeric_limits<double>::infinity());
    out.Field("some", std::optional<int>(3));
    out.Field("none", std::optional<std::string>());
    out.Raw("raw", R"({"a":[]})");
  });
  EXPECT_EQ(text, R"({"literal":"x","string":"y","view":"z",)"
                  R"("id":"550e8400-e29b-41d4-a716-446655440000",)"
                  R"("uuid":"550e8400-e29b-41d4-a716-446655440000",)"
                  R"("true":true,"false":false,"null":null,"int":-7,"min":-9223372036854775808,)"
                  R"("max":18446744073709551615,"double":0.1,"nan":null,"infinity":null,)"
                  R"("some":3,"none":null,"raw":{"a":[]}})");
}

TEST(JsonWriter, NestsObjectsAndArrays) {
  const std::string text = WriteObject([](ObjectWriter& out) {
    out.Array("empty", [](ArrayWriter&) {});
    out.Object("object", [](ObjectWriter& object) { object.Field("a", 1); });
    out.Array("items", [](ArrayWriter& items) {
      items.Item("x");
      items.Object([](ObjectWriter& item) { item.Field("b", 2); });
      items.Array([](ArrayWriter& inner) { inner.Raw("null"); });
    });
    out.Field("last", true);
  });
  EXPECT_EQ(text, R"({"empty":[],"object":{"a":1},"items":["x",{"b":2},[null]],"last":true})");
  EXPECT_EQ(WriteArray([](ArrayWriter&) {}), "[]");
}

TEST(JsonWriterDeathTest, WritingPastTheInnermostScopeIsCaughtInDebugBuilds) {
  EXPECT_DEBUG_DEATH(WriteObject([](ObjectWriter& out) {
                       out.Array("items", [&](ArrayWriter&) { out.Field("misplaced", 1); });
                     }),
                     "depth");
}

}  // namespace
}  // namespace clinic::json
