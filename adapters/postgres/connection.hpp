// One connection to the server, with the statements that were prepared on it, and what they answer.
//
//   const Rows rows = connection.Run("SELECT name, version FROM resource WHERE id = $1", id);
//   for (Row row : rows) {
//     resource.name = row.Text();
//     resource.version = row.Number<std::uint32_t>();
//   }
//
// libpqxx stays behind this header. Everything here throws Failure, or CorruptRow.
#pragma once

#include <charconv>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "adapters/postgres/failure.hpp"
#include "adapters/postgres/values.hpp"
#include "adapters/postgres/watchdog.hpp"
#include "adapters/words.hpp"
#include "clinic/id.hpp"
#include "clinic/interval.hpp"
#include "clinic/time.hpp"

namespace clinic::postgres {

class Row;

/// What a statement answered. Cheap to copy.
class Rows {
 public:
  struct Answer;

  explicit Rows(std::shared_ptr<const Answer> answer) : answer_(std::move(answer)) {}

  std::size_t size() const;
  bool empty() const { return size() == 0; }
  Row operator[](std::size_t index) const;

  /// How many rows the statement changed.
  std::size_t changed() const;

  /// The column's text, or nothing where it is null.
  std::optional<std::string_view> At(std::size_t row, std::size_t column) const;

  class Iterator;
  Iterator begin() const;
  Iterator end() const;

 private:
  std::shared_ptr<const Answer> answer_;
};

/// Reads one row's columns, from left to right.
class Row {
 public:
  Row(const Rows& rows, std::size_t index) : rows_(rows), index_(index) {}

  template <typename T>
  T Number() {
    return ParseNumber<T>(Take());
  }

  bool Flag() { return Take() == "t"; }

  std::string Text() { return UnescapeText(Take()); }

  std::vector<std::string> Texts() {
    std::vector<std::string> texts = ParseArray(Take());
    for (std::string& text : texts) text = UnescapeText(text);
    return texts;
  }

  std::vector<CivilTime> CivilTimes() {
    std::vector<CivilTime> times;
    for (const std::string& text : ParseArray(Take())) {
      times.emplace_back(Duration(ParseNumber<std::int64_t>(text)));
    }
    return times;
  }

  template <typename AnyId>
  AnyId Id() {
    const std::optional<Uuid> uuid = ParseUuid(Take());
    if (!uuid) throw CorruptRow("an id cannot be read");
    return AnyId(*uuid);
  }

  template <typename Enum>
  Enum Word() {
    const std::optional<Enum> value = FindWord<Enum>(Take());
    if (!value) throw CorruptRow("an unknown word");
    return *value;
  }

  /// An Instant, a CivilTime or a Duration.
  template <typename Time>
  Time Seconds() {
    return Time(std::chrono::seconds(Number<std::int64_t>()));
  }

  Instant Time() { return Seconds<Instant>(); }

  Interval Times() {
    const Instant start = Time();
    return {start, Time()};
  }

  /// What `read` gives, or nothing where the column is null.
  template <typename F>
  auto Optional(F&& read) -> std::optional<decltype(read(*this))> {
    if (!rows_.At(index_, next_)) {
      ++next_;
      return std::nullopt;
    }
    return read(*this);
  }

 private:
  template <typename T>
  static T ParseNumber(std::string_view text) {
    T number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) {
      throw CorruptRow("a number is out of its range");
    }
    return number;
  }

  std::string_view Take() {
    const std::optional<std::string_view> text = rows_.At(index_, next_++);
    if (!text) throw CorruptRow("a column is null that cannot be");
    return *text;
  }

  Rows rows_;
  std::size_t index_;
  std::size_t next_ = 0;
};

class Rows::Iterator {
 public:
  Iterator(const Rows& rows, std::size_t index) : rows_(&rows), index_(index) {}
  Row operator*() const { return Row(*rows_, index_); }
  Iterator& operator++() {
    ++index_;
    return *this;
  }
  bool operator==(const Iterator& other) const { return index_ == other.index_; }

 private:
  const Rows* rows_;
  std::size_t index_;
};

inline Row Rows::operator[](std::size_t index) const { return Row(*this, index); }
inline Rows::Iterator Rows::begin() const { return {*this, 0}; }
inline Rows::Iterator Rows::end() const { return {*this, size()}; }

/// What a page's limit is written as.
constexpr std::int64_t Limit(std::size_t limit) {
  return std::in_range<std::int64_t>(limit) ? static_cast<std::int64_t>(limit)
                                            : std::numeric_limits<std::int64_t>::max();
}

/// Used by one thread at a time.
class Connection {
 public:
  /// The watchdog outlives the connection.
  Connection(const std::string& connection_string, Watchdog& watchdog);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  /// Runs one statement, prepared at its first use.
  template <typename... Arguments>
  Rows Run(const std::string& sql, const Arguments&... arguments) {
    return RunPrepared(sql, {Encode(arguments)...});
  }

  Rows RunPrepared(const std::string& sql, const std::vector<Value>& values);

  /// The same, with parameters as PostgreSQL's own bytes.
  Rows RunBinary(const std::string& sql, const std::vector<std::string>& values);

  /// Runs statements without parameters, in one round trip. The answer is that of the last one.
  Rows RunScript(const std::string& sql);

  /// The same, for as long as it takes: the watchdog looks away.
  Rows RunPatiently(const std::string& sql);

  /// Hears what the server has said while it was asked nothing. Throws ConnectionLost where it has
  /// gone.
  void Listen();

  /// Has `sql` run before the next statement, together with it where that is a script.
  void RunBeforeNext(std::string sql) { before_next_ = std::move(sql); }
  /// Whether there was no next statement yet; then it is forgotten.
  bool ForgetBeforeNext() { return !std::exchange(before_next_, {}).empty(); }
  bool is_before_next() const { return !before_next_.empty(); }

  /// Says that the session is in a state that nobody knows.
  void Spoil() { spoiled_ = true; }
  bool spoiled() const { return spoiled_; }

  /// The number of the server's process.
  int process() const;

  /// When that process began (seconds since 1970, as the server writes them): its number may be
  /// given again.
  const std::string& process_began() const { return process_began_; }

  /// By which the commits that are made on it are marked; empty until it is given.
  const std::string& writer() const { return writer_; }
  void BecomeWriter(std::string writer, std::string process_began) {
    writer_ = std::move(writer);
    process_began_ = std::move(process_began);
  }
  std::int64_t CountCommit() { return ++commits_; }

 private:
  struct Session;

  /// Prepared where it is not yet: the statement's name.
  const std::string& Prepare(const std::string& sql);

  std::unique_ptr<Session> session_;
  std::optional<Watchdog::Watch> watch_;  // ends before the session
  bool spoiled_ = false;
  std::string before_next_;
  std::string writer_;
  std::string process_began_;
  std::int64_t commits_ = 0;
};

}  // namespace clinic::postgres
