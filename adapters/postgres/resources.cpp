#include "adapters/postgres/resources.hpp"

namespace clinic::postgres {
namespace {

const std::string kSelect =
    "SELECT id, kind, name, timezone, hours, capacity, slot_step_seconds, "
    "default_duration_seconds, buffer_before_seconds, buffer_after_seconds, description, version, "
    "created_at, updated_at, "
    "ARRAY(SELECT s.name FROM specialty s WHERE s.resource = r.id ORDER BY position) "
    "FROM resource r ";

Error NoResource(ResourceId id) {
  return {ErrorCode::kNotFound, "there is no resource " + ToString(id)};
}

Result<void> CheckCapacity(const Resource& resource) {
  if (resource.capacity >= 1) return {};
  return Error{ErrorCode::kInvalidArgument, "a resource's capacity is at least 1"};
}

Resource ReadResource(Row row) {
  Resource resource;
  resource.id = row.Id<ResourceId>();
  resource.kind = row.Word<ResourceKind>();
  resource.name = row.Text();
  resource.timezone = row.Text();
  resource.hours = row.Word<Resource::Hours>();
  resource.capacity = row.Number<std::int32_t>();
  resource.slot_step = row.Seconds<Duration>();
  resource.default_duration = row.Seconds<Duration>();
  resource.buffer_before = row.Seconds<Duration>();
  resource.buffer_after = row.Seconds<Duration>();
  resource.description = row.Text();
  resource.version = row.Number<std::uint32_t>();
  resource.created_at = row.Time();
  resource.updated_at = row.Time();
  resource.specialties = row.Texts();
  return resource;
}

Rows RunWithColumns(Connection& connection, const std::string& sql, const Resource& resource) {
  return connection.Run(sql, resource.id, Word(resource.kind), resource.name, resource.timezone,
                        Word(resource.hours), resource.capacity, resource.slot_step,
                        resource.default_duration, resource.buffer_before, resource.buffer_after,
                        resource.description, resource.version, resource.created_at,
                        resource.updated_at);
}

void InsertSpecialties(Connection& connection, const Resource& resource) {
  if (resource.specialties.empty()) return;
  connection.Run(
      "INSERT INTO specialty SELECT $1, position, name "
      "FROM unnest($2::text[]) WITH ORDINALITY AS one (name, position)",
      resource.id, resource.specialties);
}

}  // namespace

Result<void> Resources::Insert(const Resource& resource) {
  return unit_.Write([&]() -> Result<void> {
    if (Result<void> valid = CheckCapacity(resource); !valid.ok()) return valid;
    const Rows inserted = RunWithColumns(
        unit_.connection,
        "INSERT INTO resource VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) "
        "ON CONFLICT DO NOTHING",
        resource);
    if (inserted.changed() == 0) {
      return Error{ErrorCode::kAlreadyExists, "there is a resource " + ToString(resource.id)};
    }
    InsertSpecialties(unit_.connection, resource);
    return {};
  });
}

Result<void> Resources::Update(const Resource& resource) {
  return unit_.Write([&]() -> Result<void> {
    if (Result<void> valid = CheckCapacity(resource); !valid.ok()) return valid;
    const Rows stored = unit_.connection.Run(
        "SELECT version FROM resource WHERE id = $1 FOR NO KEY UPDATE", resource.id);
    if (stored.empty()) return NoResource(resource.id);
    if (const auto version = stored[0].Number<std::uint32_t>(); version + 1 != resource.version) {
      return Error{ErrorCode::kStaleVersion, "the resource has version " + std::to_string(version)};
    }
    RunWithColumns(unit_.connection,
                   "UPDATE resource SET kind = $2, name = $3, timezone = $4, hours = $5, "
                   "capacity = $6, slot_step_seconds = $7, default_duration_seconds = $8, "
                   "buffer_before_seconds = $9, buffer_after_seconds = $10, description = $11, "
                   "version = $12, created_at = $13, updated_at = $14 WHERE id = $1",
                   resource);
    unit_.connection.Run("DELETE FROM specialty WHERE resource = $1", resource.id);
    InsertSpecialties(unit_.connection, resource);
    return {};
  });
}

Result<Resource> Resources::Get(ResourceId id) {
  return unit_.Ask([&]() -> Result<Resource> {
    const Rows rows = unit_.connection.Run(kSelect + "WHERE id = $1" + unit_.ToChange(), id);
    if (rows.empty()) return NoResource(id);
    return ReadResource(rows[0]);
  });
}

Result<std::vector<Resource>> Resources::List(const ResourceQuery& query) {
  return unit_.Ask([&]() -> Result<std::vector<Resource>> {
    std::string sql = kSelect + "WHERE true";
    std::vector<Value> values;
    const auto parameter = [&](const auto& value) {
      values.push_back(Encode(value));
      return "$" + std::to_string(values.size());
    };
    if (query.kind) sql += " AND kind = " + parameter(Word(*query.kind));
    if (query.specialty) {
      sql +=
          " AND id IN (SELECT resource FROM specialty WHERE name = " + parameter(*query.specialty) +
          ")";
    }
    // By bytes, as the name's column is: lower() knows ASCII letters alone then.
    if (query.text) {
      sql +=
          " AND position(lower(" + parameter(*query.text) + " COLLATE \"C\") IN lower(name)) > 0";
    }
    if (query.after) {
      sql += " AND (name, id) > (" + parameter(query.after->first) + ", " +
             parameter(query.after->second) + ")";
    }
    sql += " ORDER BY name, id LIMIT " + parameter(Limit(query.limit));
    std::vector<Resource> page;
    for (const Row& row : unit_.connection.RunPrepared(sql, values)) {
      page.push_back(ReadResource(row));
    }
    return page;
  });
}

Result<void> Resources::ForEach(const std::function<void(Resource&&)>& visit) {
  return unit_.Ask([&]() -> Result<void> {
    for (const Row& row : unit_.connection.Run(kSelect)) visit(ReadResource(row));
    return {};
  });
}

}  // namespace clinic::postgres
