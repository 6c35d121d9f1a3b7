// A statement that is put together, with its parameters.
//
//   Statement list("SELECT name FROM resource WHERE true");
//   if (kind) list.Add(" AND kind = ", Word(*kind));
//   for (Row row : list.Run(connection)) ...
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/postgres/connection.hpp"

namespace clinic::postgres {

class Statement {
 public:
  explicit Statement(std::string sql) : sql_(std::move(sql)) {}

  /// Only what stands in the program; what came from elsewhere is a parameter.
  void Add(std::string_view sql) { sql_ += sql; }

  /// With a parameter behind it.
  template <typename T>
  void Add(std::string_view sql, const T& parameter) {
    values_.push_back(Encode(parameter));
    sql_.append(sql).append("$").append(std::to_string(values_.size()));
  }

  Rows Run(Connection& connection) const { return connection.RunPrepared(sql_, values_); }

 private:
  std::string sql_;
  std::vector<Value> values_;
};

}  // namespace clinic::postgres
