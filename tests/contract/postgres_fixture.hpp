// What the tests of the store over PostgreSQL have in common.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "adapters/postgres/postgres_store.hpp"
#include "tests/contract/postgres_server.hpp"
#include "tests/contract/samples.hpp"

namespace clinic {

template <typename T>
std::string Outcome(const Result<T>& result) {
  return result.ok() ? "ok" : std::string(ToString(result.error().code));
}

inline std::string Insert(Store& store, const Booking& booking) {
  return Outcome(store.Write([&](UnitOfWork& work) { return work.bookings().Insert(booking); }));
}

/// A schema of its own on the shared server; skipped where there is none.
class PostgresTest : public testing::Test {
 protected:
  void SetUp() override {
    PostgresServer* const server = PostgresServer::Shared();
    if (server == nullptr) GTEST_SKIP() << "PostgreSQL's server is not installed";
    schema_ = server->NewSchema();
  }

  const std::string& schema() const { return schema_; }

  /// A store on the schema; the first one adds the practitioners 1 and 2 and a room for two, 3.
  std::unique_ptr<Store> Open(const PostgresOptions& options = {}) {
    return OpenWithResources(schema_, options);
  }

  static std::unique_ptr<Store> OpenWithResources(const std::string& connection_string,
                                                  const PostgresOptions& options) {
    Result<std::unique_ptr<Store>> opened = PostgresStore::Open(connection_string, options);
    EXPECT_TRUE(opened.ok()) << opened.error().message;
    const Result<void> added = (*opened)->Write([](UnitOfWork& work) -> Result<void> {
      Result<void> result;
      for (const Resource& resource :
           {SampleResource(1), SampleResource(2), SampleResource(3, 2)}) {
        if (result.ok()) result = work.resources().Insert(resource);
      }
      return result;
    });
    EXPECT_TRUE(added.ok() || added.error().code == ErrorCode::kAlreadyExists);
    return std::move(opened).value();
  }

 private:
  std::string schema_;
};

}  // namespace clinic
