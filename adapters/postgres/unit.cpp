#include "adapters/postgres/unit.hpp"

namespace clinic::postgres {

void Layers::Begin(bool is_first) { layers_.push_back({.is_first = is_first}); }

void Layers::Keep() {
  const Layer& layer = layers_.back();
  if (layer.sent && !layer.is_first) connection_.RunScript("RELEASE " + Savepoint());
  const PendingRows rows = std::move(layers_.back().rows);
  layers_.pop_back();
  layers_.back().rows.Append(rows);
}

void Layers::Undo() {
  const Layer& layer = layers_.back();
  if (layer.sent && layer.is_first) {
    must_be_rolled_back_ = true;
  } else if (layer.sent) {
    connection_.RunScript("ROLLBACK TO " + Savepoint() + "; RELEASE " + Savepoint());
  }
  layers_.pop_back();
}

// What was pending before a part is sent before its savepoint, so that undoing the part keeps it.
void Layers::BeforeWriting() {
  for (std::size_t i = 1; i < layers_.size(); ++i) {
    if (layers_[i].sent) continue;
    layers_[i - 1].rows.Write(connection_);
    if (!layers_[i].is_first) connection_.RunScript("SAVEPOINT part_" + std::to_string(i + 1));
    layers_[i].sent = true;
  }
}

void Layers::Settle() {
  bool pending = false;
  for (const Layer& layer : layers_) pending |= !layer.rows.empty();
  if (!pending) return;
  BeforeWriting();
  layers_.back().rows.Write(connection_);
}

}  // namespace clinic::postgres
