#include "server/import/csv_reader.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/server/cli_support.hpp"

namespace clinic::calendar_file {
namespace {

using cli::TemporaryFolder;

// The rows of a file as texts: fields between bars, or why the row cannot be used.
struct Read {
  std::vector<std::pair<std::uint64_t, std::string>> rows;
  std::string error;
  ErrorCode code{};

  bool operator==(const std::vector<std::pair<std::uint64_t, std::string>>& wanted) const {
    return error.empty() && rows == wanted;
  }
};

void PrintTo(const Read& read, std::ostream* out) {
  for (const auto& [number, text] : read.rows) *out << number << ": " << text << "; ";
  *out << read.error;
}

Read ReadPath(const std::string& path) {
  Read read;
  Result<CsvReader> reader = CsvReader::Open(path);
  if (!reader) return {{}, reader.error().message, reader.error().code};
  CsvRow row;
  while (true) {
    const Result<bool> found = reader->Next(row);
    if (!found) {
      read.error = found.error().message;
      read.code = found.error().code;
      return read;
    }
    if (!*found) return read;
    std::string text = row.problem;
    if (row.problem.empty()) {
      for (const std::string_view field : row.fields) text += "|" + std::string(field);
    }
    read.rows.emplace_back(row.number, text);
  }
}

Read ReadText(std::string_view content) {
  const TemporaryFolder folder;
  return ReadPath(folder.Write("file.csv", content));
}

using Rows = std::vector<std::pair<std::uint64_t, std::string>>;

TEST(CsvReader, SaysThatThereIsNoSuchFile) {
  const Read read = ReadPath("/nowhere/at/all.csv");
  EXPECT_EQ(read.code, ErrorCode::kNotFound);
  EXPECT_EQ(read.error, "/nowhere/at/all.csv: No such file or directory");
}

TEST(CsvReader, SaysThatAFolderIsNoFile) {
  const Read read = ReadPath("/");
  EXPECT_EQ(read.code, ErrorCode::kUnavailable);
  EXPECT_EQ(read.error, "/: is a folder, not a file");
}

TEST(CsvReader, AFileWithNothingInItHasNoHeader) {
  for (const std::string_view content : {"", "\n\n\r\n", "\xEF\xBB\xBF"}) {
    const Read read = ReadText(content);
    EXPECT_EQ(read.code, ErrorCode::kCorrupt) << content;
    EXPECT_NE(read.error.find("has no header row"), std::string::npos) << read.error;
  }
}

TEST(CsvReader, RefusesTwoColumnsOfTheSameName) {
  const Read read = ReadText("id,name, id \n1,2,3\n");
  EXPECT_EQ(read.code, ErrorCode::kCorrupt);
  EXPECT_NE(read.error.find("two columns called \"id\""), std::string::npos) << read.error;
}

TEST(CsvReader, RefusesAHeaderThatBreaksTheRules) {
  const Read read = ReadText("id,\"na\"me\n");
  EXPECT_EQ(read.code, ErrorCode::kCorrupt);
  EXPECT_NE(read.error.find("the header row has something between"), std::string::npos);
}

TEST(CsvReader, AQuotationMarkThatNeverClosesIsSaidWithItsRow) {
  const Read read = ReadText("a,b\n1,2\n3,\"4\n5,6\n");
  EXPECT_EQ(read.code, ErrorCode::kCorrupt);
  EXPECT_NE(read.error.find("row 3 opens a quotation mark that never closes"), std::string::npos);
  EXPECT_EQ(read.rows, (Rows{{2, "|1|2"}}));
}

TEST(CsvReader, ARowHasAGreatestLength) {
  const std::string longest(CsvReader::kLongestRow - 2, 'x');
  EXPECT_TRUE(ReadText("a,b\n1," + longest + "\n").error.empty());
  const Read plain = ReadText("a,b\n1," + longest + "x\n");
  EXPECT_NE(plain.error.find("row 2 is longer than 1048576 bytes"), std::string::npos);
  EXPECT_EQ(plain.error.find("quotation mark"), std::string::npos);
  const Read quoted = ReadText("a,b\n1,\"" + longest + longest);
  EXPECT_NE(quoted.error.find("is a quotation mark left open?"), std::string::npos);
}

TEST(CsvReader, RaggedRowsAreRefusedByNumberAndTheOthersRead) {
  EXPECT_EQ(ReadText("a,b\n1\n1,2\n1,2,3\n"), (Rows{{2, "has 1 fields, and the header has 2"},
                                                    {3, "|1|2"},
                                                    {4, "has 3 fields, and the header has 2"}}));
}

TEST(CsvReader, QuotationMarksOutOfPlaceRefuseTheirRowOnly) {
  EXPECT_EQ(ReadText("a,b\n1\"2,3\n\"1\"2,3\n\"1\" ,3\n4,5\n"),
            (Rows{{2, "has a quotation mark inside a field that is not quoted"},
                  {3, "has something between a closing quotation mark and the next comma"},
                  {4, "has something between a closing quotation mark and the next comma"},
                  {5, "|4|5"}}));
}

TEST(CsvReader, BytesThatAreNotUtf8RefuseTheirRowOnly) {
  EXPECT_EQ(ReadText("a,b\nM\xFCller,1\nMüller,2\n"),
            (Rows{{2, "is not UTF-8"}, {3, "|Müller|2"}}));
}

TEST(CsvReader, QuotedFieldsHoldCommasLineEndsAndQuotationMarks) {
  EXPECT_EQ(ReadText("a,b\n\"1,2\",\"say \"\"hi\"\"\"\n\"two\r\nlines\",\"\"\nlast,row"),
            (Rows{{2, "|1,2|say \"hi\""}, {3, "|two\r\nlines|"}, {4, "|last|row"}}));
}

TEST(CsvReader, RowsEndWithAnyLineEndAndBlankOnesCount) {
  EXPECT_EQ(ReadText("a,b\r\n1,2\r\n\r\n3,4\n5,6\r7,8\r\n"),
            (Rows{{2, "|1|2"}, {4, "|3|4"}, {5, "|5|6"}, {6, "|7|8"}}));
}

TEST(CsvReader, AByteOrderMarkIsNoPartOfTheFirstName) {
  const TemporaryFolder folder;
  const Result<CsvReader> reader =
      CsvReader::Open(folder.Write("file.csv", "\xEF\xBB\xBFid,name\n"));
  ASSERT_TRUE(reader.ok());
  EXPECT_EQ(reader->header(), (std::vector<std::string>{"id", "name"}));
}

TEST(CsvReader, EmptyFieldsAreFields) {
  EXPECT_EQ(ReadText("a,b,c\n,,\n1,,\n"), (Rows{{2, "|||"}, {3, "|1||"}}));
}

// Rows of every length from the buffer's edge on, so that each state meets the end of a buffer.
TEST(CsvReader, NothingChangesWhereTheBufferEnds) {
  for (std::size_t padding = 65'500; padding < 65'545; ++padding) {
    const std::string first(padding, 'x');
    ASSERT_EQ(ReadText("a,b\r\n" + first + ",\"1\"\"\r\n2\"\r\n\"3,4\",5\r\n"),
              (Rows{{2, "|" + first + "|1\"\r\n2"}, {3, "|3,4|5"}}))
        << padding;
  }
}

std::string ManyRows() {
  std::string content = "a,b\n";
  for (int i = 0; i < 20'000; ++i) content += std::to_string(i * 7919) + ",x\n";
  return content;
}

TEST(CsvReader, ReadsGzipWhateverItsNameAndSeveralMembersAsOne) {
  const TemporaryFolder folder;
  const std::string path = folder.WriteGzip("file.csv", ManyRows());
  EXPECT_EQ(ReadPath(path).rows, ReadText(ManyRows()).rows);
  const std::string twice =
      cli::ReadAll(path) + cli::ReadAll(folder.WriteGzip("more", "last,row\n"));
  EXPECT_EQ(ReadPath(folder.Write("twice", twice)).rows.size(), 20'001U);
}

TEST(CsvReader, SaysThatGzipEndsTooEarlyWhereverItIsCut) {
  const TemporaryFolder folder;
  const std::string whole = cli::ReadAll(folder.WriteGzip("whole", ManyRows()));
  for (const std::size_t kept :
       {std::size_t{12}, whole.size() / 2, whole.size() - 9, whole.size() - 1}) {
    const Read read = ReadPath(folder.Write("cut.csv.gz", whole.substr(0, kept)));
    EXPECT_EQ(read.code, ErrorCode::kCorrupt) << kept;
    EXPECT_NE(read.error.find("the compressed data ends too early"), std::string::npos)
        << kept << " " << read.error;
  }
}

TEST(CsvReader, SaysThatGzipIsDamaged) {
  const TemporaryFolder folder;
  std::string bytes = cli::ReadAll(folder.WriteGzip("whole", ManyRows()));
  bytes[bytes.size() - 6] = static_cast<char>(bytes[bytes.size() - 6] ^ 1);  // its checksum
  const Read read = ReadPath(folder.Write("damaged.csv.gz", bytes));
  EXPECT_EQ(read.code, ErrorCode::kCorrupt);
  EXPECT_NE(read.error.find("the compressed data is damaged"), std::string::npos) << read.error;
}

TEST(CsvReader, ItsPositionReachesTheSizeOfTheFileOnDisk) {
  const TemporaryFolder folder;
  const std::string path = folder.WriteGzip("file.csv.gz", ManyRows());
  Result<CsvReader> reader = CsvReader::Open(path);
  ASSERT_TRUE(reader.ok());
  CsvRow row;
  while (*reader->Next(row)) {
  }
  EXPECT_EQ(reader->position(), std::filesystem::file_size(path));
}

}  // namespace
}  // namespace clinic::calendar_file
