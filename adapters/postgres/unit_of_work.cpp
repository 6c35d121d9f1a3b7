#include "adapters/postgres/unit_of_work.hpp"

#include "adapters/postgres/outbox.hpp"

namespace clinic::postgres {

Result<void> PostgresUnitOfWork::Attempt(const std::function<Result<void>()>& part) {
  const auto run = [this](const char* sql) {
    return unit_.Ask([&]() -> Result<void> {
      unit_.connection.RunScript(sql);
      return {};
    });
  };
  const std::size_t events_before = unit_.events.size();
  if (Result<void> begun = run("SAVEPOINT part"); !begun.ok()) return unit_.refusals.Note(begun);
  Result<void> result = unit_.refusals.Confine(part, [&] {
    unit_.events.resize(std::min(events_before, unit_.events.size()));
    return run("ROLLBACK TO part");
  });
  if (Result<void> ended = run("RELEASE part"); !ended.ok()) return unit_.refusals.Note(ended);
  return result;
}

Result<void> PostgresUnitOfWork::Run(const Store::Work& work) {
  Result<void> result = unit_.refusals.Outcome(work(*this));
  if (unit_.failure) throw Failure(*unit_.failure);
  if (result.ok()) WriteEvents(unit_);
  return result;
}

}  // namespace clinic::postgres
