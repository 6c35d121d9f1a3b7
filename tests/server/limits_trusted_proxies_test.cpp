#include "server/limits/trusted_proxies.hpp"

#include <gtest/gtest.h>

namespace clinic::limits {
namespace {

http::Request From(std::string peer, http::NameValues headers = {}) {
  http::Request request;
  request.remote_address = std::move(peer);
  request.headers = std::move(headers);
  return request;
}

class ClientBehindProxies : public ::testing::Test {
 protected:
  std::string ClientOf(std::string peer, http::NameValues headers) const {
    return proxies_.ClientOf(From(std::move(peer), std::move(headers)));
  }
  std::string ForwardedFor(std::string hops) const {
    return ClientOf("10.0.0.1", {{"X-Forwarded-For", std::move(hops)}});
  }
  std::string Forwarded(std::string elements) const {
    return ClientOf("10.0.0.1", {{"Forwarded", std::move(elements)}});
  }

  const std::vector<std::string> networks_{"10.0.0.0/8", "192.0.2.7, 2001:db8:1::/48"};
  const TrustedProxies proxies_ = TrustedProxies::Parse(networks_).value();
};

TEST(ProxyNetworks, WhatIsNoNetworkIsRefused) {
  for (const char* text :
       {"", "localhost", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/8x", "10.0.0.1/8",
        "2001:db8::/129", "2001:db8::1/32", "10.0.0.256", "10.0.0", "/8", "*"}) {
    EXPECT_FALSE(Network::Parse(text).ok()) << text;
  }
}

TEST(ProxyNetworks, HoldTheirAddressesAndNoOthers) {
  const auto contains = [](const char* network, const char* address) {
    return Network::Parse(network)->Contains(*IpAddress::Parse(address));
  };
  EXPECT_TRUE(contains("10.0.0.0/8", "10.255.255.255"));
  EXPECT_FALSE(contains("10.0.0.0/8", "11.0.0.0"));
  EXPECT_TRUE(contains("10.0.0.0/8", "::ffff:10.1.2.3"));
  EXPECT_FALSE(contains("::/96", "10.1.2.3"));
  EXPECT_TRUE(contains("0.0.0.0/0", "203.0.113.9"));
  EXPECT_FALSE(contains("0.0.0.0/0", "2001:db8::1"));
  EXPECT_TRUE(contains("2001:db8:8000::/33", "2001:db8:ffff::1"));
  EXPECT_FALSE(contains("2001:db8:8000::/33", "2001:db8:7fff::1"));
}

TEST_F(ClientBehindProxies, NobodyElseIsBelieved) {
  const http::NameValues claims{{"X-Forwarded-For", "198.51.100.1"}, {"Forwarded", "for=1.2.3.4"}};
  EXPECT_EQ(ClientOf("203.0.113.5", claims), "203.0.113.5");
  EXPECT_EQ(TrustedProxies().ClientOf(From("10.0.0.1", claims)), "10.0.0.1");
}

TEST_F(ClientBehindProxies, TheRightmostWhoIsNoProxyCounts) {
  EXPECT_EQ(ForwardedFor("198.51.100.1"), "198.51.100.1");
  EXPECT_EQ(ForwardedFor("1.1.1.1, 198.51.100.1"), "198.51.100.1");
  EXPECT_EQ(ForwardedFor("1.1.1.1, 198.51.100.1, 192.0.2.7 ,10.9.9.9"), "198.51.100.1");
  EXPECT_EQ(ForwardedFor("198.51.100.1, 203.0.113.9, 10.9.9.9"), "203.0.113.9");
  EXPECT_EQ(ForwardedFor("10.1.1.1, 10.2.2.2"), "10.1.1.1");
  EXPECT_EQ(ForwardedFor("2001:DB8:2::1"), "2001:db8:2::1");
  EXPECT_EQ(ForwardedFor("198.51.100.1:4711"), "198.51.100.1");
  EXPECT_EQ(ForwardedFor("[2001:db8:2::1]:4711"), "2001:db8:2::1");
}

TEST_F(ClientBehindProxies, LinesOfOneHeaderAreOneList) {
  EXPECT_EQ(ClientOf("10.0.0.1", {{"x-forwarded-for", "1.1.1.1"},
                                  {"Accept", "*/*"},
                                  {"X-Forwarded-For", "198.51.100.1, 10.2.2.2"}}),
            "198.51.100.1");
}

TEST_F(ClientBehindProxies, AProxyThatNamesNoAddressCountsItself) {
  EXPECT_EQ(ForwardedFor(""), "10.0.0.1");
  EXPECT_EQ(ForwardedFor("198.51.100.1,"), "10.0.0.1");
  EXPECT_EQ(ForwardedFor("198.51.100.1, unknown, 10.2.2.2"), "10.2.2.2");
  EXPECT_EQ(ForwardedFor("198.51.100.1, \"10.2.2.2"), "10.0.0.1");
  EXPECT_EQ(ForwardedFor("[::1"), "10.0.0.1");
  EXPECT_EQ(Forwarded("for=198.51.100.1, for=_hidden"), "10.0.0.1");
  EXPECT_EQ(Forwarded("for=198.51.100.1, proto=https"), "10.0.0.1");
}

TEST_F(ClientBehindProxies, UnderstandsTheStandardsHeader) {
  EXPECT_EQ(Forwarded("for=198.51.100.1"), "198.51.100.1");
  EXPECT_EQ(Forwarded("proto=https; For=\"198.51.100.1:47\";by=10.0.0.1"), "198.51.100.1");
  EXPECT_EQ(Forwarded("for=\"[2001:db8:2::17]:4711\""), "2001:db8:2::17");
  EXPECT_EQ(Forwarded("for=1.1.1.1, for=198.51.100.1;host=\"a,b;for=6.6.6.6\", for=10.2.2.2"),
            "198.51.100.1");
}

TEST_F(ClientBehindProxies, TwoHeadersThatDisagreeAreBothNotBelieved) {
  EXPECT_EQ(ClientOf("10.0.0.1",
                     {{"X-Forwarded-For", "198.51.100.1"}, {"Forwarded", "for=198.51.100.1"}}),
            "198.51.100.1");
  EXPECT_EQ(ClientOf("10.0.0.1",
                     {{"X-Forwarded-For", "198.51.100.1"}, {"Forwarded", "for=198.51.100.2"}}),
            "10.0.0.1");
}

TEST(LimitedAddress, IsAnAddressOrTheNetworkOfASubscriber) {
  EXPECT_EQ(LimitedAs("198.51.100.1"), "198.51.100.1");
  EXPECT_EQ(LimitedAs("::ffff:198.51.100.1"), "198.51.100.1");
  EXPECT_EQ(LimitedAs("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  EXPECT_EQ(LimitedAs("2001:db8:1:2::ffff"), LimitedAs("2001:db8:1:2:3:4:5:6"));
  EXPECT_NE(LimitedAs("2001:db8:1:3::1"), LimitedAs("2001:db8:1:2::1"));
  EXPECT_EQ(LimitedAs("fe80::1%eth0"), "fe80::/64");
}

TEST_F(ClientBehindProxies, AProxyNearbyThatIsNotTrustedIsDisregarded) {
  const http::NameValues hops = {{"x-forwarded-for", "198.51.100.1"}};
  const http::NameValues elements = {{"forwarded", "for=198.51.100.1"}};
  for (const char* nearby :
       {"127.0.0.1", "::1", "::ffff:127.0.0.1", "172.31.250.3", "192.168.1.1", "fd00::1"}) {
    EXPECT_FALSE(proxies_.Disregards(From(nearby))) << nearby;
    EXPECT_TRUE(proxies_.Disregards(From(nearby, hops))) << nearby;
    EXPECT_TRUE(proxies_.Disregards(From(nearby, elements))) << nearby;
  }
  for (const char* other : {"", "10.0.0.1", "172.32.0.1", "203.0.113.9", "2001:db8::1"}) {
    EXPECT_FALSE(proxies_.Disregards(From(other, hops))) << other;
  }
}

TEST_F(ClientBehindProxies, OnlyATrustedOneSaysThatTheClientCameByTls) {
  const http::NameValues claim = {{"X-Forwarded-Proto", "https"}};
  EXPECT_FALSE(proxies_.CameByTls(From("10.0.0.1")));
  EXPECT_FALSE(proxies_.CameByTls(From("10.0.0.1", {{"X-Forwarded-Proto", "http"}})));
  EXPECT_FALSE(proxies_.CameByTls(From("11.0.0.1", claim)));
  EXPECT_FALSE(proxies_.CameByTls(From("", claim)));
  EXPECT_FALSE(TrustedProxies().CameByTls(From("10.0.0.1", claim)));
  EXPECT_TRUE(proxies_.CameByTls(From("10.0.0.1", claim)));
}

}  // namespace
}  // namespace clinic::limits
