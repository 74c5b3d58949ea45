#include "ingest/system_tables.h"

static const SystemColumn version_columns[] = {
    {.name = "version",
     .kind = DATA_BIGINT,
     .description = "Numeric version of the schema, incremented on each schema change"},
    {.name = "engine_version",
     .kind = DATA_BIGINT,
     .description = "Version of the dlt schema engine that created this schema"},
    {.name = "inserted_at",
     .kind = DATA_TIMESTAMP,
     .description = "Timestamp when this schema version was stored"},
    {.name = "schema_name", .kind = DATA_TEXT, .description = "Name of the schema"},
    {.name = "version_hash",
     .kind = DATA_TEXT,
     .description = "Unique hash of the schema content, used to detect changes"},
    {.name = "schema",
     .kind = DATA_TEXT,
     .description = "JSON representation of the complete schema definition"},
};

static const SystemColumn loads_columns[] = {
    {.name = "load_id",
     .kind = DATA_TEXT,
     .precision = 64,
     .description = "Unique identifier of the load operation"},
    {.name = "schema_name",
     .kind = DATA_TEXT,
     .nullable = true,
     .description = "Name of the schema associated with this load"},
    {.name = "status",
     .kind = DATA_BIGINT,
     .description = "Status of the load operation (0 = success)"},
    {.name = "inserted_at",
     .kind = DATA_TIMESTAMP,
     .description = "Timestamp when the load was completed"},
    {.name = "schema_version_hash",
     .kind = DATA_TEXT,
     .nullable = true,
     .description = "Hash of the schema version used during this load"},
};

static const SystemColumn state_columns[] = {
    {.name = "version",
     .kind = DATA_BIGINT,
     .description = "Numeric version of the pipeline state"},
    {.name = "engine_version",
     .kind = DATA_BIGINT,
     .description = "Version of the dlt state engine"},
    {.name = "pipeline_name",
     .kind = DATA_TEXT,
     .description = "Name of the pipeline this state belongs to"},
    {.name = "state",
     .kind = DATA_TEXT,
     .description = "Compressed JSON representation of the pipeline state"},
    {.name = "created_at",
     .kind = DATA_TIMESTAMP,
     .description = "Timestamp when this state was created"},
    {.name = "version_hash",
     .kind = DATA_TEXT,
     .nullable = true,
     .description = "Hash of the state content, used to detect changes"},
    {.name = "_dlt_load_id",
     .kind = DATA_TEXT,
     .precision = 64,
     .description = "Load identifier linking this row to its load operation"},
    {.name = "_dlt_id", .kind = DATA_TEXT, .is_unique = true, .hint = "row_key"},
};

const SystemTable system_table_version = {
    .name = "_dlt_version",
    .columns = version_columns,
    .column_count = ARRAY_LEN(version_columns),
    .write_disposition = "skip",
    .description = "Created by DLT. Tracks schema updates",
};

const SystemTable system_table_loads = {
    .name = "_dlt_loads",
    .columns = loads_columns,
    .column_count = ARRAY_LEN(loads_columns),
    .write_disposition = "skip",
    .description = "Created by DLT. Tracks completed loads",
};

const SystemTable system_table_state = {
    .name = "_dlt_pipeline_state",
    .columns = state_columns,
    .column_count = ARRAY_LEN(state_columns),
    .write_disposition = "append",
};

const SystemColumn system_column_load_id = {.name = "_dlt_load_id", .kind = DATA_TEXT};
const SystemColumn system_column_id = {
    .name = "_dlt_id", .kind = DATA_TEXT, .is_unique = true, .hint = "row_key"};
const SystemColumn system_column_parent_id = {
    .name = "_dlt_parent_id", .kind = DATA_TEXT, .hint = "parent_key"};
const SystemColumn system_column_list_idx = {.name = "_dlt_list_idx", .kind = DATA_BIGINT};
const SystemColumn system_column_root_id = {
    .name = "_dlt_root_id", .kind = DATA_TEXT, .hint = "root_key"};

bool system_column_is_id(Str name)
{
    const SystemColumn *const ids[] = {&system_column_id, &system_column_parent_id,
                                       &system_column_root_id};
    for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
        if (str_is(name, ids[i]->name)) {
            return true;
        }
    }
    return false;
}

bool system_name(Str name)
{
    return str_starts_with(name, STR("_dlt"));
}
