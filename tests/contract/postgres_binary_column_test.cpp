// What PostgreSQL reads in the arrays that are sent as its own bytes.
#include "adapters/postgres/binary_column.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "adapters/postgres/connection.hpp"
#include "tests/contract/postgres_fixture.hpp"

namespace clinic {
namespace {

using postgres::BinaryColumn;
using postgres::ElementType;

class BinaryColumnTest : public PostgresTest {
 protected:
  /// The array as PostgreSQL shows it.
  std::string Shown(const BinaryColumn& column, ElementType type, const std::string& name) {
    postgres::Watchdog watchdog(std::chrono::minutes{1});
    postgres::Connection connection(schema(), watchdog);
    return connection.RunBinary("SELECT $1::" + name + "[]::text", {column.Bytes(type)})[0].Text();
  }
};

TEST_F(BinaryColumnTest, NothingIsAnEmptyArray) {
  EXPECT_EQ(Shown({}, ElementType::kText, "text"), "{}");
  EXPECT_EQ(Shown({}, ElementType::kUuid, "uuid"), "{}");
}

TEST_F(BinaryColumnTest, NumbersAndTimesKeepTheirSign) {
  BinaryColumn column;
  column.Add(std::numeric_limits<std::int64_t>::min());
  column.Add(Instant(Duration(-1)));
  column.Add(std::uint32_t{4'000'000'000});
  column.Add(std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(Shown(column, ElementType::kBigint, "bigint"),
            "{-9223372036854775808,-1,4000000000,9223372036854775807}");
  BinaryColumn integers;
  for (const int number : {-2, 0, 503}) integers.Add(number);
  EXPECT_EQ(Shown(integers, ElementType::kInteger, "integer"), "{-2,0,503}");
}

TEST_F(BinaryColumnTest, WhatIsAbsentIsNull) {
  BinaryColumn first;
  first.Add(std::optional(Instant(Duration(7))));
  BinaryColumn second;
  second.Add(std::optional<Instant>());
  second.Add(std::int64_t{8});
  first.Append(second);
  EXPECT_EQ(Shown(first, ElementType::kBigint, "bigint"), "{7,NULL,8}");
}

TEST_F(BinaryColumnTest, TextIsWhatItWas) {
  BinaryColumn column;
  for (const char* text : {"", "NULL", "a \"quoted\" one, {and} \\ more", "Łódź\n\t"}) {
    column.Add(std::string(text));
  }
  EXPECT_EQ(Shown(column, ElementType::kText, "text"),
            "{\"\",\"NULL\",\"a \\\"quoted\\\" one, {and} \\\\ more\",\"Łódź\n\t\"}");
  BinaryColumn zero;
  zero.Add(std::string("a\0b", 3));
  EXPECT_EQ(Shown(zero, ElementType::kText, "text"), std::string("{a\0b}", 5));
}

TEST_F(BinaryColumnTest, FlagsAndIds) {
  BinaryColumn flags;
  flags.Add(true);
  flags.Add(false);
  EXPECT_EQ(Shown(flags, ElementType::kBoolean, "boolean"), "{t,f}");
  BinaryColumn ids;
  ids.Add(ResourceId(Uuid{0xFEDCBA9876543210, 0x8000000000000001}));
  EXPECT_EQ(Shown(ids, ElementType::kUuid, "uuid"), "{fedcba98-7654-3210-8000-000000000001}");
}

}  // namespace
}  // namespace clinic
