#include "server/json/document.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace clinic::json {
namespace {

struct Refused {
  std::string text;
  const char* pointer;
  const char* because;  // a part of the detail
};

std::string Nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

const Refused kRefused[] = {
    {"", "", "unexpected end of input"},
    {"  ", "", "unexpected end of input"},
    {"{", "", "unexpected end of input"},
    {"nul", "", "invalid literal"},
    {"{'a': 1}", "", "invalid literal"},
    {"{a: 1}", "", "invalid literal"},
    {R"({"a": 1,})", "", "unexpected '}'"},
    {R"([1,])", "/1", "unexpected ']'"},
    {R"({"a" 1})", "/a", "unexpected number literal"},
    {R"({"a": {"b/c~d": [1, 2, x]}})", "/a/b~1c~0d/2", "invalid literal"},
    {"// comment\n1", "", "invalid literal"},
    {"01", "", "unexpected number literal"},
    {"+1", "", "invalid literal"},
    {".5", "", "invalid literal"},
    {"1.", "", "invalid number"},
    {"NaN", "", "invalid literal"},
    {"Infinity", "", "invalid literal"},
    {"1 2", "", "unexpected number literal"},
    {"{} {}", "", "unexpected '{'"},
    {"{}x", "", "invalid literal"},
    {std::string("{}\0{", 4), "", "NUL byte"},
    {std::string("{}\0", 3), "", "NUL byte"},
    {"\xEF\xBB\xBF{}", "", "byte order mark"},
    {"\"\xFF\"", "", "ill-formed UTF-8"},
    {"\"\xC0\xAF\"", "", "ill-formed UTF-8"},
    {"\"\xED\xA0\x80\"", "", "ill-formed UTF-8"},
    {"\"\xF4\x90\x80\x80\"", "", "ill-formed UTF-8"},
    {"\"\xE2\x82\"", "", "ill-formed UTF-8"},
    {R"("\ud800")", "", "surrogate"},
    {R"("\udc00x")", "", "surrogate"},
    {R"("\x")", "", "invalid string"},
    {"\"a\nb\"", "", "control character"},
    {R"("open)", "", "missing closing quote"},
    {R"({"a": ["x\u0000y"]})", "/a/0", "U+0000"},
    {R"({"a\u0000": 1})", "", "U+0000"},
    {R"({"reason": 1, "reason": 2})", "/reason", "\"reason\" occurs twice"},
    {R"({"a": {"b": null, "\u0062": 2}})", "/a/b", "\"b\" occurs twice"},
    {"1e999", "", "too large"},
    {"[0, -1e999]", "/1", "too large"},
    {"18446744073709551616", "", "64 bits"},
    {R"({"n": -9223372036854775809})", "/n", "64 bits"},
    {Nested(65), "", "nested deeper than 64 levels"},
};

TEST(JsonParse, RefusesWhatIsNotStrictJsonAndSaysWhere) {
  for (const Refused& refused : kRefused) {
    const auto parsed = Parse(refused.text);
    const auto* error = std::get_if<SyntaxError>(&parsed);
    ASSERT_NE(error, nullptr) << refused.text;
    EXPECT_NE(error->detail.find(refused.because), std::string::npos)
        << refused.text << " gave: " << error->detail;
    if (refused.text.find("[[[") == std::string::npos) {
      EXPECT_EQ(error->pointer, refused.pointer) << refused.text;
    }
    EXPECT_LE(error->offset, refused.text.size()) << refused.text;
  }
}

TEST(JsonParse, PointsToLineAndColumn) {
  const auto parsed = Parse("{\n  \"a\": 1,\n  \"b\": x\n}");
  const auto& error = std::get<SyntaxError>(parsed);
  EXPECT_EQ(error.line, 3U);
  EXPECT_EQ(error.offset, 20U);
  EXPECT_EQ(error.column, 9U);
  EXPECT_EQ(error.detail.find("line 3, column 9: "), 0U) << error.detail;
}

TEST(JsonParse, DoesNotRepeatTheBytesThatItRefuses) {
  const auto parsed = Parse("{\"a\": \"<script>\xFF\"}");
  EXPECT_EQ(std::get<SyntaxError>(parsed).detail.find("script"), std::string::npos);
}

TEST(JsonParse, SurvivesAHundredThousandOpenBrackets) {
  EXPECT_TRUE(std::holds_alternative<SyntaxError>(Parse(std::string(100'000, '['))));
}

// The parser underneath is the reference: what is accepted here reads the same there.
TEST(JsonParse, ReadsWhatIsStrictJson) {
  for (const std::string& text :
       {std::string("{}"), std::string("[]"), std::string("null"), std::string(" \t\r\n true "),
        std::string(R"({"a": [1, -2, 3.5, 1e3, "x", null, {"b": {}}], "": false})"),
        std::string("18446744073709551615"), std::string("-9223372036854775808"), std::string("-0"),
        std::string(R"("\u00e9\ud83d\ude00\n\/")"), std::string("\"\xF0\x9F\x98\x80\""),
        std::string(R"({"a": 1, "A": 2})"), Nested(64)}) {
    const auto parsed = Parse(text);
    const auto* document = std::get_if<Document>(&parsed);
    ASSERT_NE(document, nullptr) << text << ": " << std::get<SyntaxError>(parsed).detail;
    EXPECT_EQ(document->root(), nlohmann::json::parse(text)) << text;
  }
}

}  // namespace
}  // namespace clinic::json
