#include "tests/contract/cutting_proxy.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

namespace clinic {
namespace {

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool SendAll(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

}  // namespace

CuttingProxy::CuttingProxy(int server_port)
    : server_port_(server_port), listening_(socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof(address);
  if (bind(listening_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      listen(listening_, 16) != 0 ||
      getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("no port to listen on");
  }
  port_ = ntohs(address.sin_port);
  accepting_ = std::thread([this] { Accept(); });
}

CuttingProxy::~CuttingProxy() {
  shutdown(listening_, SHUT_RDWR);
  accepting_.join();
  {
    const std::lock_guard lock(mutex_);
    for (const int socket : sockets_) shutdown(socket, SHUT_RDWR);
  }
  for (std::thread& thread : threads_) thread.join();
  for (const int socket : sockets_) close(socket);
  close(listening_);
}

void CuttingProxy::CutAt(const std::string& word, Cut cut) {
  const std::lock_guard lock(mutex_);
  word_ = word;
  cut_ = cut;
}

void CuttingProxy::Accept() {
  while (true) {
    const int client = accept(listening_, nullptr, nullptr);
    if (client < 0) return;
    const std::lock_guard lock(mutex_);
    sockets_.push_back(client);
    threads_.emplace_back([this, client] { Serve(client); });
  }
}

bool CuttingProxy::TakeCut(std::string_view sent, Cut& cut) {
  const std::lock_guard lock(mutex_);
  if (word_.empty() || sent.find(word_) == std::string_view::npos) return false;
  word_.clear();
  cut = cut_;
  return true;
}

void CuttingProxy::Serve(int client) {
  const int server = socket(AF_INET, SOCK_STREAM, 0);
  {
    const std::lock_guard lock(mutex_);
    sockets_.push_back(server);
  }
  const sockaddr_in address = Loopback(server_port_);
  bool open = connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  std::array<char, 65536> buffer;
  bool cut_at_answer = false;
  while (open) {
    std::array<pollfd, 2> inputs = {{{client, POLLIN, 0}, {server, POLLIN, 0}}};
    poll(inputs.data(), inputs.size(), -1);
    const bool from_client = inputs[0].revents != 0;
    const ssize_t received = recv(from_client ? client : server, buffer.data(), buffer.size(), 0);
    if (received <= 0) break;
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(received));
    Cut cut{};
    if (from_client && TakeCut(bytes, cut)) {
      ++cuts_;
      if (cut == Cut::kBeforeItArrives) break;
      if (cut == Cut::kSilence) {
        while (recv(client, buffer.data(), buffer.size(), 0) > 0) {
        }
        break;
      }
      cut_at_answer = true;
    }
    if (!from_client && cut_at_answer) break;
    open = SendAll(from_client ? server : client, bytes);
  }
  shutdown(client, SHUT_RDWR);
  shutdown(server, SHUT_RDWR);
}

}  // namespace clinic
