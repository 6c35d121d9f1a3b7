#include "adapters/sqlite/resources.hpp"

#include <algorithm>

#include "adapters/sqlite/query.hpp"
#include "adapters/sqlite/words.hpp"

namespace clinic::sqlite {
namespace {

#define CLINIC_RESOURCE_COLUMNS                                                              \
  "id, kind, name, timezone, hours, capacity, slot_step_seconds, default_duration_seconds, " \
  "buffer_before_seconds, buffer_after_seconds, description, version, created_at, updated_at"

Error NoResource(ResourceId id) {
  return {ErrorCode::kNotFound, "there is no resource " + ToString(id)};
}

Result<void> CheckCapacity(const Resource& resource) {
  if (resource.capacity >= 1) return {};
  return Error{ErrorCode::kInvalidArgument, "a resource's capacity is at least 1"};
}

Resource ReadResource(Connection& connection, Row row) {
  Resource resource;
  resource.id = row.Id<ResourceId>();
  resource.kind = ParseWord<ResourceKind>(row.Text());
  resource.name = row.Text();
  resource.timezone = row.Text();
  resource.hours = ParseWord<Resource::Hours>(row.Text());
  resource.capacity = row.Number<std::int32_t>();
  resource.slot_step = row.Seconds<Duration>();
  resource.default_duration = row.Seconds<Duration>();
  resource.buffer_before = row.Seconds<Duration>();
  resource.buffer_after = row.Seconds<Duration>();
  resource.description = row.Text();
  resource.version = row.Number<std::uint32_t>();
  resource.created_at = row.Time();
  resource.updated_at = row.Time();

  Query query(connection, "SELECT name FROM specialty WHERE resource = ?1 ORDER BY position");
  query.Bind(resource.id);
  while (query.Next()) resource.specialties.push_back(query.row().Text());
  return resource;
}

void BindColumns(Query& query, const Resource& resource) {
  query.Bind(resource.id, Word(resource.kind), resource.name, resource.timezone,
             Word(resource.hours), resource.capacity, resource.slot_step, resource.default_duration,
             resource.buffer_before, resource.buffer_after, resource.description, resource.version,
             resource.created_at, resource.updated_at);
}

void InsertSpecialties(Connection& connection, const Resource& resource) {
  Query query(connection, "INSERT INTO specialty VALUES (?, ?, ?)");
  for (std::size_t i = 0; i < resource.specialties.size(); ++i) {
    query.Bind(resource.id, i, resource.specialties[i]).Run();
  }
}

std::string ListStatement(const ResourceQuery& query) {
  std::string sql = "SELECT " CLINIC_RESOURCE_COLUMNS " FROM resource WHERE true";
  if (query.kind) sql += " AND kind = ?";
  if (query.specialty) sql += " AND id IN (SELECT resource FROM specialty WHERE name = ?)";
  if (query.text) sql += " AND instr(lower(name), lower(?)) > 0";
  if (query.after) sql += " AND (name, id) > (?, ?)";
  return sql + " ORDER BY name, id LIMIT ?";
}

}  // namespace

Result<void> Resources::Insert(const Resource& resource) {
  return unit_.Write([&]() -> Result<void> {
    if (Result<void> valid = CheckCapacity(resource); !valid.ok()) return valid;
    try {
      Query query(unit_.connection,
                  "INSERT INTO resource VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
      BindColumns(query, resource);
      query.Run();
    } catch (const SQLite::Exception& exception) {
      if (!IsDuplicate(exception)) throw;
      return Error{ErrorCode::kAlreadyExists, "there is a resource " + ToString(resource.id)};
    }
    InsertSpecialties(unit_.connection, resource);
    return {};
  });
}

Result<void> Resources::Update(const Resource& resource) {
  return unit_.Write([&]() -> Result<void> {
    if (Result<void> valid = CheckCapacity(resource); !valid.ok()) return valid;
    Query version(unit_.connection, "SELECT version FROM resource WHERE id = ?1");
    if (!version.Bind(resource.id).Next()) return NoResource(resource.id);
    if (const auto stored = version.row().Number<std::uint32_t>(); stored + 1 != resource.version) {
      return Error{ErrorCode::kStaleVersion, "the resource has version " + std::to_string(stored)};
    }
    Query update(unit_.connection,
                 "UPDATE resource SET kind = ?2, name = ?3, timezone = ?4, hours = ?5, "
                 "capacity = ?6, slot_step_seconds = ?7, default_duration_seconds = ?8, "
                 "buffer_before_seconds = ?9, buffer_after_seconds = ?10, description = ?11, "
                 "version = ?12, created_at = ?13, updated_at = ?14 WHERE id = ?1");
    BindColumns(update, resource);
    update.Run();
    Query(unit_.connection, "DELETE FROM specialty WHERE resource = ?1").Bind(resource.id).Run();
    InsertSpecialties(unit_.connection, resource);
    return {};
  });
}

Result<Resource> Resources::Get(ResourceId id) {
  return Guarded([&]() -> Result<Resource> {
    Query query(unit_.connection, "SELECT " CLINIC_RESOURCE_COLUMNS " FROM resource WHERE id = ?1");
    if (!query.Bind(id).Next()) return NoResource(id);
    return ReadResource(unit_.connection, query.row());
  });
}

Result<std::vector<Resource>> Resources::List(const ResourceQuery& query) {
  return Guarded([&]() -> Result<std::vector<Resource>> {
    const std::string sql = ListStatement(query);
    Query statement(unit_.connection, sql);
    if (query.kind) statement.Bind(Word(*query.kind));
    if (query.specialty) statement.Bind(*query.specialty);
    if (query.text) statement.Bind(*query.text);
    if (query.after) statement.Bind(query.after->first, query.after->second);
    statement.Bind(Limit(query.limit));
    std::vector<Resource> page;
    while (statement.Next()) page.push_back(ReadResource(unit_.connection, statement.row()));
    return page;
  });
}

Result<void> Resources::ForEach(const std::function<void(Resource&&)>& visit) {
  return Guarded([&]() -> Result<void> {
    Query query(unit_.connection, "SELECT " CLINIC_RESOURCE_COLUMNS " FROM resource");
    while (query.Next()) visit(ReadResource(unit_.connection, query.row()));
    return {};
  });
}

}  // namespace clinic::sqlite
