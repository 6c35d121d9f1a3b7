#include "adapters/postgres/unit.hpp"

namespace clinic::postgres {

void Layers::Begin() { layers_.emplace_back(); }

void Layers::Keep() {
  if (sent()) connection_.RunScript("RELEASE " + Savepoint());
  PendingRows rows = std::move(layers_.back().rows);
  layers_.pop_back();
  layers_.back().rows.Append(rows);
}

void Layers::Undo() {
  if (sent()) connection_.RunScript("ROLLBACK TO " + Savepoint() + "; RELEASE " + Savepoint());
  layers_.pop_back();
}

// What was pending before a part is sent before its savepoint, so that undoing the part keeps it.
void Layers::BeforeWriting() {
  for (std::size_t i = 1; i < layers_.size(); ++i) {
    if (layers_[i].sent) continue;
    layers_[i - 1].rows.Write(connection_);
    connection_.RunScript("SAVEPOINT part_" + std::to_string(i + 1));
    layers_[i].sent = true;
  }
  layers_.front().sent = true;
}

void Layers::Settle() {
  bool pending = false;
  for (const Layer& layer : layers_) pending |= !layer.rows.empty();
  if (!pending) return;
  BeforeWriting();
  layers_.back().rows.Write(connection_);
}

}  // namespace clinic::postgres
