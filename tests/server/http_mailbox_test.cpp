#include "server/http/mailbox.hpp"

#include <gtest/gtest.h>
#include <poll.h>

#include <string>
#include <utility>

namespace clinic::http {
namespace {

Done Finished() { return {.unsent = {}, .persistence = Persistence::kKeepAlive}; }

bool IsReadable(const Mailbox& mailbox) {
  pollfd watched{mailbox.fd(), POLLIN, 0};
  return poll(&watched, 1, 0) == 1;
}

TEST(Mailbox, LetsWhatIsFinishedWait) {
  Mailbox mailbox;
  mailbox.Post(Finished());
  EXPECT_FALSE(IsReadable(mailbox));
  EXPECT_EQ(mailbox.Take().done.size(), 1U);
  EXPECT_TRUE(mailbox.Take().done.empty());
}

TEST(Mailbox, TellsOfWhatIsNotFinishedYet) {
  Done unsent = Finished();
  unsent.unsent = "x";
  Done broken = Finished();
  broken.is_broken = true;
  Done last = Finished();
  last.persistence = Persistence::kClose;
  for (const Done& done : {unsent, broken, last}) {
    Mailbox mailbox;
    mailbox.Post(Finished());
    mailbox.Post(done);
    EXPECT_TRUE(IsReadable(mailbox));
    mailbox.Clear();
    EXPECT_EQ(mailbox.Take().done.size(), 2U);
    EXPECT_FALSE(IsReadable(mailbox));
  }
}

TEST(Mailbox, TellsOfAConnection) {
  Mailbox mailbox;
  mailbox.Post(Arrival{});
  EXPECT_TRUE(IsReadable(mailbox));
}

TEST(Mailbox, TellsAgainOfWhatComesAfterItWasTaken) {
  Mailbox mailbox;
  for (int time = 0; time < 2; ++time) {
    mailbox.Post(Arrival{});
    EXPECT_TRUE(IsReadable(mailbox)) << time;
    mailbox.Clear();
    EXPECT_EQ(mailbox.Take().arrivals.size(), 1U);
  }
}

TEST(Mailbox, LetsNothingWaitWhileAllIsUrgent) {
  Mailbox mailbox;
  mailbox.SetUrgent(true);
  EXPECT_FALSE(IsReadable(mailbox));
  mailbox.Post(Finished());
  EXPECT_TRUE(IsReadable(mailbox));
  mailbox.Clear();
  mailbox.Take();
  mailbox.SetUrgent(false);
  mailbox.Post(Finished());
  EXPECT_FALSE(IsReadable(mailbox));
}

TEST(Mailbox, TellsOfWhatLiesThereOnceItIsUrgent) {
  Mailbox mailbox;
  mailbox.Post(Finished());
  mailbox.SetUrgent(true);
  EXPECT_TRUE(IsReadable(mailbox));
}

}  // namespace
}  // namespace clinic::http
