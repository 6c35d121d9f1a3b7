#include "adapters/group_commit.hpp"

#include <algorithm>
#include <utility>

namespace clinic {

GroupCommit::Group::Group(GroupCommit& line, std::shared_ptr<Entry> leader)
    : line_(line), expected_(leader->expected_), ended_at_(std::chrono::steady_clock::now()) {
  full_at_ = ended_at_ + line.limits_.longest;
  entries_.push_back(std::move(leader));
}

GroupCommit::Entry* GroupCommit::Group::Next() {
  if (!began_) {
    began_ = true;
    return entries_.front().get();
  }
  ended_at_ = std::chrono::steady_clock::now();
  if (entries_.size() >= line_.limits_.most || ended_at_ >= full_at_) return nullptr;
  std::unique_lock lock(line_.mutex_);
  if (line_.waiting_.empty() && !AwaitOthers(lock)) return nullptr;
  entries_.push_back(std::move(line_.waiting_.front()));
  line_.waiting_.pop_front();
  return entries_.back().get();
}

// At most once a group. Half of those who are missing make up for the wait.
bool GroupCommit::Group::AwaitOthers(std::unique_lock<std::mutex>& lock) {
  if (entries_.size() >= expected_) return false;
  if (line_.wanted_ > 0) return false;  // another group waits for them
  if (line_.not_waiting_ > 0) {
    --line_.not_waiting_;
    return false;
  }
  const std::size_t missing = expected_ - entries_.size();
  expected_ = 0;
  line_.wanted_ = missing;
  line_.arrived_.wait_until(lock, std::min(full_at_, ended_at_ + line_.commit_takes_ / 2),
                            [&] { return line_.waiting_.size() >= missing; });
  line_.wanted_ = 0;
  ended_at_ = std::chrono::steady_clock::now();
  const std::size_t came = line_.waiting_.size();
  line_.in_vain_ = 2 * came >= missing ? 0 : std::min(line_.in_vain_ + 1, 6U);
  line_.not_waiting_ = (1U << line_.in_vain_) - 1;
  return came > 0;
}

void GroupCommit::Group::Refuse(const Error& error) {
  const std::lock_guard lock(line_.mutex_);
  for (std::shared_ptr<Entry>& entry : line_.waiting_) {
    entry->outcome = error;
    entries_.push_back(std::move(entry));
  }
  line_.waiting_.clear();
}

GroupCommit::GroupCommit(const Limits& limits, Run run, GroupSizes* sizes)
    : limits_(limits), run_(std::move(run)), sizes_(sizes) {}

Result<void> GroupCommit::Write(const Store::Work& work) {
  const auto entry = std::make_shared<Entry>(work);
  if (!Join(entry) || entry->Await() == Waiter::Turn::kLeads) Lead(entry);
  // Moved, so that the leader, who may still have the entry, does not destroy the exception.
  if (entry->thrown) std::rethrow_exception(std::exchange(entry->thrown, nullptr));
  if (!entry->outcome) return Error{ErrorCode::kUnavailable, "the write was not carried out"};
  return *std::move(entry->outcome);
}

bool GroupCommit::Join(const std::shared_ptr<Entry>& entry) {
  const std::lock_guard lock(mutex_);
  if (leaders_ < limits_.lanes) {
    ++leaders_;
    const bool others_were_here = std::chrono::steady_clock::now() < answered_at_ + commit_takes_;
    entry->expected_ = others_were_here ? answered_ : 1;
    return false;
  }
  waiting_.push_back(entry);
  if (wanted_ > 0 && waiting_.size() >= wanted_) arrived_.notify_all();
  return true;
}

void GroupCommit::Lead(const std::shared_ptr<Entry>& leader) {
  Group group(*this, leader);
  std::exception_ptr failure;
  try {
    run_(group);
  } catch (...) {
    failure = std::current_exception();
  }
  if (sizes_ != nullptr) sizes_->Count(group.entries_.size());
  std::shared_ptr<Entry> next;
  {
    const std::lock_guard lock(mutex_);
    answered_ = group.entries_.size();
    answered_at_ = std::chrono::steady_clock::now();
    commit_takes_ = answered_at_ - group.ended_at_;
    if (waiting_.empty()) {
      --leaders_;
    } else {
      waiting_.front()->expected_ = answered_ + waiting_.size();
      next = std::move(waiting_.front());
      waiting_.pop_front();
    }
  }
  if (next) next->LetLead();
  leader->TellAll(std::span(std::as_const(group.entries_)).subspan(1));
  if (failure) std::rethrow_exception(failure);
}

namespace {

Error GivenUp() {
  return {ErrorCode::kUnavailable, "the database gave up the transaction; nothing was written"};
}

// The works of one group, in as many transactions as it takes; most often in one.
class Together {
 public:
  explicit Together(SharedTransaction& transaction) : transaction_(transaction) {}

  /// Begins a transaction where none is under way.
  Result<void> Begin() { return transaction_.IsUnderWay() ? Result<void>() : transaction_.Begin(); }

  /// Requires that the transaction is under way.
  void Add(GroupCommit::Entry& entry) {
    const bool is_marked = is_careful_ && !done_.empty();
    Result<void> result = is_marked ? transaction_.Mark() : Result<void>();
    if (result.ok()) result = Run(entry);
    bool is_done = result.ok() && !entry.thrown;
    if (is_done && is_marked) {
      result = transaction_.Unmark();
      is_done = result.ok();
    }
    const bool takes_others_along = !is_done && !Undo(is_marked);
    if (!takes_others_along && !transaction_.IsUnderWay()) {
      Answer(GivenUp());
      if (is_done) result = GivenUp();
      is_done = false;
    }
    if (is_done) {
      done_.push_back(&entry);
    } else {
      entry.outcome = std::move(result);
    }
    if (takes_others_along) StartAgain();
  }

  void Commit() {
    if (done_.empty()) {
      transaction_.RollBack();
    } else {
      Answer(transaction_.Commit());
    }
  }

 private:
  Result<void> Run(GroupCommit::Entry& entry) {
    try {
      return transaction_.Run(entry.work);
    } catch (...) {
      entry.thrown = std::current_exception();
      return {};
    }
  }

  // Undoes what the last work wrote; false where that cannot be done without what others did.
  bool Undo(bool is_marked) {
    if (!transaction_.IsUnderWay() || !transaction_.HasWritten()) return true;
    if (is_marked && transaction_.UndoToMark().ok()) return true;
    if (!is_marked && !done_.empty()) return false;
    transaction_.RollBack();
    return true;
  }

  void StartAgain() {
    is_careful_ = true;
    transaction_.RollBack();
    for (GroupCommit::Entry* entry : std::exchange(done_, {})) {
      if (Result<void> begun = Begin(); begun.ok()) {
        Add(*entry);
      } else {
        entry->outcome = std::move(begun);
      }
    }
  }

  void Answer(const Result<void>& outcome) {
    for (GroupCommit::Entry* entry : done_) entry->outcome = outcome;
    done_.clear();
  }

  SharedTransaction& transaction_;
  bool is_careful_ = false;                // sets marks
  std::vector<GroupCommit::Entry*> done_;  // and not yet durable
};

}  // namespace

void RunTogether(GroupCommit::Group& group, SharedTransaction& transaction) {
  Together together(transaction);
  while (GroupCommit::Entry* entry = group.Next()) {
    if (Result<void> begun = together.Begin(); !begun.ok()) {
      entry->outcome = begun;
      return group.Refuse(begun.error());
    }
    together.Add(*entry);
  }
  together.Commit();
}

}  // namespace clinic
