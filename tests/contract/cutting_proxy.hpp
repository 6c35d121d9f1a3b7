// A stretch of wire that can be cut.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace clinic {

/// Passes on what is sent to its port of 127.0.0.1 to another one, and back; until it cuts a
/// connection, at the word that it was told to.
class CuttingProxy {
 public:
  /// kSilence: nothing passes any more, and nobody is told.
  enum class Cut { kBeforeItArrives, kBeforeItIsAnswered, kSilence };

  explicit CuttingProxy(int server_port);
  CuttingProxy(const CuttingProxy&) = delete;
  CuttingProxy& operator=(const CuttingProxy&) = delete;
  ~CuttingProxy();

  int port() const { return port_; }

  /// Cuts the next connection on which `word` is sent, once.
  void CutAt(const std::string& word, Cut cut);

  int cuts() const { return cuts_; }

 private:
  void Accept();
  void Serve(int client);
  /// Whether the connection is cut at what the client sends here, and how.
  bool TakeCut(std::string_view sent, Cut& cut);

  const int server_port_;
  int listening_;
  int port_ = 0;
  std::atomic<int> cuts_ = 0;
  std::mutex mutex_;
  std::string word_;
  Cut cut_{};
  std::vector<int> sockets_;
  std::vector<std::thread> threads_;
  std::thread accepting_;
};

}  // namespace clinic
