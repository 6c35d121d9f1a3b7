// Rows by key, whose changes can be undone.
#pragma once

#include <optional>
#include <utility>

#include "absl/container/btree_map.h"
#include "adapters/memory/undo_log.hpp"

namespace clinic::memory {

template <typename Key, typename Row>
class Table {
 public:
  /// The row, or null. Valid until the next change.
  const Row* Find(const Key& key) const {
    const auto found = rows_.find(key);
    return found == rows_.end() ? nullptr : &found->second;
  }

  /// Adds the row, or replaces the one of that key.
  void Put(const Key& key, Row row, UndoLog& undo) { Set(key, std::move(row), undo); }

  void Erase(const Key& key, UndoLog& undo) { Set(key, std::nullopt, undo); }

  auto begin() const { return rows_.begin(); }
  auto end() const { return rows_.end(); }
  auto lower_bound(const Key& key) const { return rows_.lower_bound(key); }
  auto upper_bound(const Key& key) const { return rows_.upper_bound(key); }

 private:
  void Set(const Key& key, std::optional<Row> row, UndoLog& undo) {
    undo.Add([this, key, before = Exchange(key, std::move(row))] { Exchange(key, before); });
  }

  std::optional<Row> Exchange(const Key& key, std::optional<Row> row) {
    std::optional<Row> before;
    if (const auto found = rows_.find(key); found != rows_.end()) {
      before = std::move(found->second);
      rows_.erase(found);
    }
    if (row) rows_.emplace(key, *std::move(row));
    return before;
  }

  absl::btree_map<Key, Row> rows_;
};

}  // namespace clinic::memory
