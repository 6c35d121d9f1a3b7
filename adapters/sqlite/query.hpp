// Running a statement with our own types going in and coming out.
//
//   Query query(connection, "SELECT name, version FROM resource WHERE id = ?1");
//   query.Bind(id);
//   while (query.Next()) {
//     Row row = query.row();
//     resource.name = row.Text();
//     resource.version = row.Number<std::uint32_t>();
//   }
//
// Everything here throws SQLite::Exception, or CorruptRow.
#pragma once

#include <SQLiteCpp/Statement.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "adapters/sqlite/connection.hpp"
#include "adapters/sqlite/errors.hpp"
#include "clinic/id.hpp"
#include "clinic/interval.hpp"
#include "clinic/time.hpp"

namespace clinic::sqlite {

/// Reads one row's columns, from left to right.
class Row {
 public:
  explicit Row(SQLite::Statement& statement) : statement_(statement) {}

  template <typename T>
  T Number() {
    const std::int64_t number = Take().getInt64();
    if constexpr (!std::is_same_v<T, bool>) {
      if (!std::in_range<T>(number)) throw CorruptRow("a number is out of its range");
    }
    return static_cast<T>(number);
  }

  std::string Text() { return Take().getString(); }

  /// As Text, into a string that keeps its memory.
  void TextInto(std::string& text) {
    const SQLite::Column column = Take();
    const char* const characters = column.getText();
    text.assign(characters, static_cast<std::size_t>(column.getBytes()));
  }

  template <typename AnyId>
  AnyId Id() {
    return AnyId(ReadUuid(Take()));
  }

  /// An Instant, a CivilTime or a Duration.
  template <typename Time>
  Time Seconds() {
    return Time(std::chrono::seconds(Take().getInt64()));
  }

  Instant Time() { return Seconds<Instant>(); }

  Interval Times() {
    const Instant start = Time();
    return {start, Time()};
  }

  /// What `read` gives, or nothing where the column is null.
  template <typename F>
  auto Optional(F&& read) -> std::optional<decltype(read(*this))> {
    if (statement_.getColumn(next_).isNull()) {
      ++next_;
      return std::nullopt;
    }
    return read(*this);
  }

 private:
  SQLite::Column Take() { return statement_.getColumn(next_++); }

  static Uuid ReadUuid(const SQLite::Column& column) {
    if (column.getBytes() != 16) throw CorruptRow("an id is not 16 bytes long");
    const auto* bytes = static_cast<const unsigned char*>(column.getBlob());
    Uuid uuid;
    for (int i = 0; i < 8; ++i) uuid.high = uuid.high << 8 | bytes[i];
    for (int i = 8; i < 16; ++i) uuid.low = uuid.low << 8 | bytes[i];
    return uuid;
  }

  SQLite::Statement& statement_;
  int next_ = 0;
};

/// What a page's limit is bound as.
constexpr std::int64_t Limit(std::size_t limit) {
  return std::in_range<std::int64_t>(limit) ? static_cast<std::int64_t>(limit) : -1;
}

/// One run of a statement. What is bound as an lvalue string must live until the run is over.
class Query {
 public:
  /// `sql` must live as long as the query.
  Query(Connection& connection, std::string_view sql)
      : connection_(connection), sql_(sql), statement_(connection.Take(sql)) {}
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  ~Query() {
    statement_->tryReset();
    connection_.PutBack(sql_, std::move(statement_));
  }

  /// Binds to the parameters that follow those already bound.
  template <typename... Values>
  Query& Bind(Values&&... values) {
    (BindOne(std::forward<Values>(values)), ...);
    return *this;
  }

  /// Steps to the next row, if there is one.
  bool Next() { return statement_->executeStep(); }

  Row row() { return Row(*statement_); }

  /// Runs a statement that gives no rows, and makes it ready to be bound again. Returns how many
  /// rows it changed.
  int Run() {
    const int changed = statement_->exec();
    Rewind();
    return changed;
  }

  /// Makes a statement ready to be bound and run again.
  void Rewind() {
    statement_->tryReset();
    bound_ = 0;
  }

 private:
  static constexpr std::size_t kMostParameters = 20;

  void BindOne(const std::string& text) { statement_->bindNoCopy(++bound_, text); }
  void BindOne(std::string&& text) { statement_->bind(++bound_, text); }
  void BindOne(std::string_view text) { statement_->bind(++bound_, std::string(text)); }
  void BindOne(const char* word) { statement_->bind(++bound_, word); }

  template <typename T>
  requires std::is_integral_v<T>
  void BindOne(T number) { statement_->bind(++bound_, static_cast<std::int64_t>(number)); }

  template <typename Tag>
  void BindOne(const Id<Tag>& id) {
    BindOne(id.uuid());
  }

  void BindOne(const Uuid& uuid) {
    std::array<unsigned char, 16> copied;
    const bool kept = static_cast<std::size_t>(bound_) < ids_.size();
    auto& bytes = kept ? ids_[static_cast<std::size_t>(bound_)] : copied;
    for (unsigned i = 0; i < 8; ++i) {
      bytes[i] = static_cast<unsigned char>(uuid.high >> (56 - 8 * i));
      bytes[i + 8] = static_cast<unsigned char>(uuid.low >> (56 - 8 * i));
    }
    const int size = static_cast<int>(bytes.size());
    if (kept) {
      statement_->bindNoCopy(++bound_, bytes.data(), size);
    } else {
      statement_->bind(++bound_, bytes.data(), size);
    }
  }

  template <typename Clock>
  void BindOne(std::chrono::time_point<Clock, Duration> time) {
    BindOne(time.time_since_epoch());
  }
  void BindOne(Duration duration) { statement_->bind(++bound_, std::int64_t{duration.count()}); }

  template <typename T>
  void BindOne(const std::optional<T>& value) {
    if (value) {
      BindOne(*value);
    } else {
      statement_->bind(++bound_);
    }
  }

  Connection& connection_;
  std::string_view sql_;
  std::unique_ptr<SQLite::Statement> statement_;
  std::array<std::array<unsigned char, 16>, kMostParameters> ids_;
  int bound_ = 0;
};

/// Calls `visit` with what `read` makes of every row that the statement gives.
template <typename Read, typename Visit>
Result<void> VisitRows(Connection& connection, std::string_view sql, Read read,
                       const Visit& visit) {
  return Guarded([&]() -> Result<void> {
    Query query(connection, sql);
    while (query.Next()) visit(read(query.row()));
    return {};
  });
}

}  // namespace clinic::sqlite
