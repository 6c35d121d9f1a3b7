#include "adapters/postgres/unit_of_work.hpp"

namespace clinic::postgres {

Result<void> PostgresUnitOfWork::Attempt(const std::function<Result<void>()>& part) {
  bool undone = false;
  // Who attempts something reckons with a refusal, and goes on by it.
  unit_.writing = Writing::kCarefully;
  unit_.layers.Begin();
  Result<void> result = unit_.refusals.Confine(part, [&] {
    undone = true;
    return unit_.Ask([&]() -> Result<void> {
      unit_.layers.Undo();
      return {};
    });
  });
  unit_.writing = writing_;
  if (undone) return result;
  Result<void> kept = unit_.Ask([&]() -> Result<void> {
    unit_.layers.Keep();
    return {};
  });
  return kept.ok() ? result : unit_.refusals.Note(std::move(kept));
}

Result<void> PostgresUnitOfWork::RunIn(const Store::Work& work, bool is_first) {
  const std::size_t depth = unit_.layers.depth();
  unit_.layers.Begin(is_first);
  Result<void> result;
  try {
    result = Run(work);
  } catch (const Failure&) {
    throw;
  } catch (...) {
    while (!unit_.failure && unit_.layers.depth() > depth) unit_.layers.Undo();
    throw;
  }
  if (result.ok()) {
    unit_.layers.Keep();
  } else {
    unit_.layers.Undo();
  }
  return result;
}

Result<void> PostgresUnitOfWork::Run(const Store::Work& work) {
  unit_.refusals = Refusals();
  unit_.writing = writing_;
  Result<void> result = unit_.refusals.Outcome(work(*this));
  if (unit_.failure) throw Failure(*unit_.failure);
  return result;
}

}  // namespace clinic::postgres
