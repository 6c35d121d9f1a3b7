// Rules between rows that the database keeps, whatever another program writes.
#include <thread>

#include "adapters/postgres/connection.hpp"
#include "tests/contract/postgres_fixture.hpp"

namespace clinic {
namespace {

// One booking, and rows that refer to it.
class PostgresRows : public PostgresTest {
 protected:
  void SetUp() override {
    PostgresTest::SetUp();
    if (!IsSkipped()) Open();
  }

  /// The id of a new booking of 1000 to 2000.
  std::string Book(bool overrides = false) {
    return RunSql(schema(),
                  std::string("INSERT INTO booking VALUES (gen_random_uuid(), 1000, 2000, "
                              "'booked', true, ") +
                      (overrides ? "true" : "false") + ", NULL, NULL, '', 1, 0, 0) RETURNING id");
  }

  static std::string Room(std::uint64_t number) {
    return "'" + ToString(IdNumber<ResourceId>(number)) + "'";
  }

  /// What inserts a row that says everything, the first lane too.
  static std::string WholeRow(const std::string& booking, std::uint64_t resource,
                              const std::string& visit_starts = "1000") {
    return "INSERT INTO allocation (booking, resource, during, visit_starts_at, occupies, "
           "overrides, updated_at, lane) VALUES ('" +
           booking + "', " + Room(resource) + ", '[1000,2000)', " + visit_starts +
           ", true, false, 0, 0)";
  }

  std::string Insert(const std::string& row) { return RunSql(schema(), row); }
};

constexpr const char* kNobody = "00000000-0000-0000-0000-000000000000";

TEST_F(PostgresRows, AnAllocationThatSaysEverythingIsCheckedAllTheSame) {
  EXPECT_EQ(Insert(WholeRow(Book(), 99)), "refused: 23503");
  EXPECT_EQ(Insert(WholeRow(kNobody, 1)), "refused: 23503");
  EXPECT_EQ(Insert(WholeRow(Book(), 1, "1001")), "refused: 23514");  // not when the visit starts
  EXPECT_EQ(Insert(WholeRow(Book(true), 1)), "refused: 23514");      // that is not the first lane
  EXPECT_EQ(Insert(WholeRow(Book(), 1)), "");
  EXPECT_EQ(Insert(WholeRow(Book(), 1)), "refused: 23P01");
}

TEST_F(PostgresRows, WhatWasBookedOverOthersIsInTheWayOfAFreeLane) {
  EXPECT_EQ(Insert("INSERT INTO allocation (booking, resource, during) VALUES ('" + Book(true) +
                   "', " + Room(1) + ", '[1000,2000)')"),
            "");
  EXPECT_EQ(Insert(WholeRow(Book(), 1)), "refused: 23P01");
}

TEST_F(PostgresRows, OneStatementMayBookAndBookOverItOnPurpose) {
  const std::string first = Book();
  const std::string over = Book(true);
  EXPECT_EQ(Insert("INSERT INTO allocation (booking, resource, during) SELECT id, " + Room(1) +
                   ", '[1000,2000)' FROM booking ORDER BY overrides"),
            "");
}

TEST_F(PostgresRows, ARowThatOthersReferToStays) {
  const std::string booking = Book();
  EXPECT_EQ(Insert(WholeRow(booking, 1)), "");
  const std::string resource = " WHERE id = " + Room(1);
  EXPECT_EQ(RunSql(schema(), "DELETE FROM resource" + resource), "refused: 23503");
  EXPECT_EQ(RunSql(schema(), "UPDATE resource SET id = gen_random_uuid()" + resource),
            "refused: 23001");
  EXPECT_EQ(RunSql(schema(), "UPDATE booking SET id = gen_random_uuid()"), "refused: 23001");
  EXPECT_EQ(RunSql(schema(), "UPDATE allocation SET resource = " + Room(2)), "refused: 23001");
  EXPECT_EQ(RunSql(schema(), "TRUNCATE booking"), "refused: 23001");
  EXPECT_EQ(RunSql(schema(), "TRUNCATE resource CASCADE"), "refused: 23001");
  EXPECT_EQ(RunSql(schema(), "DELETE FROM resource WHERE id = " + Room(2)), "");
}

TEST_F(PostgresRows, ABookingThatIsDeletedTakesItsRowsAlong) {
  const std::string booking = Book();
  const auto transition = [&](const std::string& of) {
    return RunSql(schema(), "INSERT INTO transition VALUES ('" + of +
                                "', 1, 'book', '', 'booked', 0, '', '')");
  };
  EXPECT_EQ(Insert(WholeRow(booking, 1)), "");
  EXPECT_EQ(transition(booking), "");
  EXPECT_EQ(transition(kNobody), "refused: 23503");
  EXPECT_EQ(RunSql(schema(), "DELETE FROM booking"), "");
  EXPECT_EQ(RunSql(schema(), "SELECT count(*) FROM allocation"), "0");
  EXPECT_EQ(RunSql(schema(), "SELECT count(*) FROM transition"), "0");
}

TEST_F(PostgresRows, NobodyRefersToWhatIsTakenAwayMeanwhile) {
  const std::string booking = Book();
  postgres::Watchdog watchdog{std::chrono::seconds{60}};
  const auto while_under_way = [&](const std::string& first, const std::string& second) {
    postgres::Connection connection(schema(), watchdog);
    connection.RunScript("BEGIN; " + first);
    std::string outcome;
    std::thread other([&] { outcome = RunSql(schema(), second); });
    while (RunSql(schema(), "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted") == "f") {
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    connection.RunScript("COMMIT");
    other.join();
    return outcome;
  };
  const std::string take_away = "DELETE FROM resource WHERE id = ";
  EXPECT_EQ(while_under_way(take_away + Room(2), WholeRow(booking, 2)), "refused: 23503");
  EXPECT_EQ(while_under_way(WholeRow(booking, 1), take_away + Room(1)), "refused: 23503");
  EXPECT_EQ(while_under_way("DELETE FROM booking", WholeRow(booking, 1)), "refused: 23503");
  // One that sees the database as it was would not see what was taken away.
  EXPECT_EQ(RunSql(schema(), "BEGIN ISOLATION LEVEL REPEATABLE READ; " + WholeRow(Book(), 1)),
            "refused: 25000");
}

}  // namespace
}  // namespace clinic
