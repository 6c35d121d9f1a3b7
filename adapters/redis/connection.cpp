#include "adapters/redis/connection.hpp"

#include <hiredis/hiredis.h>

#include <optional>
#include <utility>

namespace clinic::redis {
namespace {

using std::chrono::milliseconds;

timeval ToTimeval(milliseconds time) {
  return {.tv_sec = time.count() / 1000, .tv_usec = time.count() % 1000 * 1000};
}

Error Unavailable(std::string why) { return {ErrorCode::kUnavailable, "Redis: " + std::move(why)}; }

struct FreeReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};

Reply Convert(const redisReply& reply) {
  Reply converted;
  switch (reply.type) {
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
    case REDIS_REPLY_ERROR:
      converted.kind = Reply::Kind::kText;
      converted.text.assign(reply.str, reply.len);
      break;
    case REDIS_REPLY_INTEGER:
      converted.kind = Reply::Kind::kInteger;
      converted.integer = reply.integer;
      break;
    case REDIS_REPLY_ARRAY:
      converted.kind = Reply::Kind::kList;
      for (std::size_t i = 0; i < reply.elements; ++i) {
        converted.items.push_back(Convert(*reply.element[i]));
      }
      break;
    default:
      break;
  }
  return converted;
}

/// The value of a line "name:value" of INFO.
std::optional<std::string> FieldOf(std::string_view info, std::string_view name) {
  const std::string start = "\n" + std::string(name) + ":";
  const std::size_t found = info.find(start);
  if (found == std::string_view::npos) return std::nullopt;
  const std::string_view value = info.substr(found + start.size());
  return std::string(value.substr(0, value.find('\r')));
}

bool IsUnknownScript(const Error& error) {
  return error.message.find("NOSCRIPT") != std::string::npos;
}

}  // namespace

struct Connection::Context {
  explicit Context(redisContext* opened) : raw(opened) {}
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context() {
    if (raw != nullptr) redisFree(raw);
  }

  redisContext* raw;
};

Connection::Connection(std::unique_ptr<Context> context) : context_(std::move(context)) {}
Connection::~Connection() = default;

Result<std::unique_ptr<Connection>> Connection::Open(const Address& address,
                                                     const Timeouts& timeouts) {
  const timeval patience = ToTimeval(timeouts.connect);
  auto context = std::make_unique<Context>(
      address.socket.empty() ? redisConnectWithTimeout(address.host.c_str(), address.port, patience)
                             : redisConnectUnixWithTimeout(address.socket.c_str(), patience));
  if (context->raw == nullptr) return Unavailable("there is no memory for a connection");
  if (context->raw->err != 0) return Unavailable(context->raw->errstr);
  if (redisSetTimeout(context->raw, ToTimeval(timeouts.answer)) != REDIS_OK) {
    return Unavailable(context->raw->errstr);
  }
  std::unique_ptr<Connection> connection(new Connection(std::move(context)));
  if (Result<void> greeted = connection->Greet(address); !greeted.ok()) {
    return std::move(greeted).error();
  }
  return connection;
}

Result<void> Connection::Greet(const Address& address) {
  Result<Reply> reply = Reply{};
  if (!address.password.empty()) {
    reply = address.user.empty() ? Run({"AUTH", address.password})
                                 : Run({"AUTH", address.user, address.password});
  }
  if (reply.ok()) reply = Run({"SELECT", std::to_string(address.database)});
  // One that is loading its data, follows another one or is full says so here.
  if (reply.ok()) reply = Run({"SET", "clinic:greeting", "", "PX", "1000"});
  if (reply.ok()) reply = Run({"INFO", "server"});
  if (!reply.ok()) return std::move(reply).error();
  std::optional<std::string> life = FieldOf(reply->text, "run_id");
  if (!life) return Unavailable("the server does not say its run_id");
  server_life_ = *std::move(life);
  return {};
}

Result<Reply> Connection::Ask(Words words) {
  std::vector<const char*> texts;
  std::vector<std::size_t> lengths;
  for (const std::string_view word : words) {
    texts.push_back(word.data());
    lengths.push_back(word.size());
  }
  const std::unique_ptr<redisReply, FreeReply> reply(static_cast<redisReply*>(redisCommandArgv(
      context_->raw, static_cast<int>(words.size()), texts.data(), lengths.data())));
  if (reply == nullptr) return Unavailable(context_->raw->errstr);
  Reply converted = Convert(*reply);
  if (reply->type == REDIS_REPLY_ERROR) return Unavailable(std::move(converted.text));
  return converted;
}

Result<Reply> Connection::Run(Words words) { return Noted(Ask(words)); }

Result<Reply> Connection::Noted(Result<Reply> reply) {
  if (!reply.ok() && !failure_) failure_ = reply.error();
  return reply;
}

Result<Reply> Connection::Run(const Script& script, Words keys, Words arguments) {
  std::string& digest = digests_[&script];
  if (digest.empty()) {
    Result<Reply> loaded = Run({"SCRIPT", "LOAD", script.text});
    if (!loaded.ok()) return loaded;
    digest = std::move(loaded->text);
  }
  const std::string key_count = std::to_string(keys.size());
  std::vector<std::string_view> words{"EVALSHA", digest, key_count};
  words.insert(words.end(), keys.begin(), keys.end());
  words.insert(words.end(), arguments.begin(), arguments.end());
  Result<Reply> reply = Ask(words);
  if (!reply.ok() && IsUnknownScript(reply.error())) {
    words[0] = "EVAL";
    words[1] = script.text;
    reply = Ask(words);
  }
  return Noted(std::move(reply));
}

}  // namespace clinic::redis
