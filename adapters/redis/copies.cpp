#include "adapters/redis/copies.hpp"

#include <utility>
#include <vector>

namespace clinic::redis {
namespace {

// What is there, and the time in milliseconds.
constexpr Script kLook{R"lua(
local time = redis.call('TIME')
return {redis.call('GET', KEYS[1]), string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))}
)lua"};

constexpr Script kKeep{R"lua(
local time = redis.call('TIME')
if time[1] * 1000 + time[2] / 1000 - ARGV[2] > tonumber(ARGV[3]) then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[4])
return 1
)lua"};

constexpr Script kRecall{R"lua(
for _, key in ipairs(KEYS) do redis.call('SET', key, ARGV[1], 'PX', ARGV[2]) end
return 1
)lua"};

constexpr std::string_view kRecalled = "recalled";
constexpr std::string_view kCopy = "=";  // begins every copy, so that none reads as a mark
constexpr std::size_t kMostAtOnce = 1'000;

std::string Text(std::chrono::milliseconds time) { return std::to_string(time.count()); }

}  // namespace

std::string Copies::KeyOf(const Connection& connection, std::string_view name) const {
  return kind_ + ":" + connection.server_life() + ":" + std::string(name);
}

Copies::Sight Copies::Look(std::string_view name) {
  Result<Redis::Lease> lease = redis_.Connect();
  if (!lease.ok()) return {};
  std::string key = KeyOf(**lease, name);
  const std::string_view keys[] = {key};
  Result<Reply> reply = (*lease)->Run(kLook, keys, {});
  if (!reply.ok() || reply->items.size() != 2) return {};
  Reply& there = reply->items[0];
  if (!there.is_text()) {
    return {.vacancy = Vacancy{*std::move(lease), std::move(key), std::move(reply->items[1].text)}};
  }
  if (!there.text.starts_with(kCopy)) return {};
  return {.copy = there.text.substr(kCopy.size())};
}

void Copies::Keep(Vacancy vacancy, std::string_view copy) {
  const std::string text = std::string(kCopy) + std::string(copy);
  const std::string latest = Text(kLatest);
  const std::string kept = Text(kKept);
  const std::string_view keys[] = {vacancy.key};
  const std::string_view arguments[] = {text, vacancy.seen, latest, kept};
  // Where it fails there is no copy, and the connection is thrown away.
  (void)vacancy.lease->Run(kKeep, keys, arguments);
}

Result<void> Copies::Recall(std::span<const std::string> names) {
  Result<Redis::Lease> lease = redis_.Connect();
  if (!lease.ok()) return std::move(lease).error();
  const std::string lasting = Text(2 * kGone);
  for (std::size_t done = 0; done < names.size(); done += kMostAtOnce) {
    std::vector<std::string> keys;
    for (const std::string& name :
         names.subspan(done, std::min(kMostAtOnce, names.size() - done))) {
      keys.push_back(KeyOf(**lease, name));
    }
    const std::string_view arguments[] = {kRecalled, lasting};
    const Result<Reply> told =
        (*lease)->Run(kRecall, std::vector<std::string_view>(keys.begin(), keys.end()), arguments);
    if (!told.ok()) return told.error();
  }
  return {};
}

}  // namespace clinic::redis
