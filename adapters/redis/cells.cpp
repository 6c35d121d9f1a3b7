#include "adapters/redis/cells.hpp"

namespace clinic::redis {
namespace {

// A key holds the moment at which nothing is owed any more, in microseconds, and is gone by then. A
// clock that was set back makes nobody owe more than the burst.
constexpr Script kTake{R"lua(
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local kept = redis.call('MGET', unpack(KEYS))
local allowed, owed = 1, {}
for i = 1, #KEYS do
  local interval, burst, known = tonumber(ARGV[3*i-2]), tonumber(ARGV[3*i-1]), tonumber(ARGV[3*i])
  owed[i] = math.min(math.max((tonumber(kept[i] or 0) or 0) - now, known, 0), burst)
  if owed[i] + interval > burst then allowed = 0 end
end
for i = 1, #KEYS do
  if allowed == 1 then owed[i] = owed[i] + ARGV[3*i-2] end
  if owed[i] > 0 then
    redis.call('SET', KEYS[i], string.format('%.0f', now + owed[i]),
               'PX', string.format('%.0f', math.ceil(owed[i] / 1000)))
  end
end
return {allowed, unpack(owed)}
)lua"};

constexpr std::string_view kPrefix = "clinic:limit:";

Error NotUnderstood() { return {ErrorCode::kUnavailable, "Redis: the script answers nonsense"}; }

}  // namespace

Result<Taken> TakeFrom(Redis& redis, std::span<const Cell> cells) {
  std::vector<std::string> keys;
  std::vector<std::string> arguments;
  for (const Cell& cell : cells) {
    keys.push_back(std::string(kPrefix) + cell.key);
    for (const auto time : {cell.interval, cell.burst, cell.owed}) {
      arguments.push_back(std::to_string(time.count()));
    }
  }
  Result<Redis::Lease> lease = redis.Connect();
  if (!lease.ok()) return std::move(lease).error();
  const Result<Reply> reply =
      (*lease)->Run(kTake, std::vector<std::string_view>(keys.begin(), keys.end()),
                    std::vector<std::string_view>(arguments.begin(), arguments.end()));
  if (!reply.ok()) return reply.error();
  if (reply->items.size() != cells.size() + 1) return NotUnderstood();
  Taken taken{.allowed = reply->items[0].integer == 1};
  for (std::size_t i = 1; i < reply->items.size(); ++i) {
    taken.owed.emplace_back(reply->items[i].integer);
  }
  return taken;
}

}  // namespace clinic::redis
