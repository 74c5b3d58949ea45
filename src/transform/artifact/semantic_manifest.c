#include "transform/artifact/artifacts.h"
#include "transform/graph/doc.h"
#include "transform/graph/node_value.h"

/* What the programs that answer metrics know of a project: the same entries as in manifest.json,
 * with fewer keys and in an order of their own. */

/* ---- Keys ---- */

/* A key of a map; `of` are those of the map, or of the maps listed, below it. */
typedef struct Pick {
    const char *key; /* NULL ends the table */
    const struct Pick *of;
} Pick;

static const Pick of_meta[] = {{"meta", NULL}, {0}};

static const Pick of_entity[] = {{"name", NULL},  {"description", NULL}, {"type", NULL},
                                 {"role", NULL},  {"expr", NULL},        {"metadata", NULL},
                                 {"label", NULL}, {"config", of_meta},   {0}};

static const Pick of_measure[] = {{"name", NULL},
                                  {"agg", NULL},
                                  {"description", NULL},
                                  {"create_metric", NULL},
                                  {"expr", NULL},
                                  {"agg_params", NULL},
                                  {"metadata", NULL},
                                  {"non_additive_dimension", NULL},
                                  {"agg_time_dimension", NULL},
                                  {"label", NULL},
                                  {"config", of_meta},
                                  {0}};

static const Pick of_dimension[] = {{"name", NULL},        {"description", NULL},
                                    {"type", NULL},        {"is_partition", NULL},
                                    {"type_params", NULL}, {"expr", NULL},
                                    {"metadata", NULL},    {"label", NULL},
                                    {"config", of_meta},   {0}};

static const Pick of_semantic_model[] = {
    {"name", NULL},           {"defaults", NULL},           {"description", NULL},
    {"node_relation", NULL},  {"primary_entity", NULL},     {"entities", of_entity},
    {"measures", of_measure}, {"dimensions", of_dimension}, {"label", NULL},
    {"metadata", NULL},       {"config", of_meta},          {0}};

static const Pick of_cumulative[] = {
    {"window", NULL}, {"grain_to_date", NULL}, {"period_agg", NULL}, {0}};

static const Pick of_type_params[] = {{"measure", NULL},
                                      {"numerator", NULL},
                                      {"denominator", NULL},
                                      {"expr", NULL},
                                      {"window", NULL},
                                      {"grain_to_date", NULL},
                                      {"metrics", NULL},
                                      {"conversion_type_params", NULL},
                                      {"cumulative_type_params", of_cumulative},
                                      {"input_measures", NULL},
                                      {0}};

static const Pick of_metric[] = {{"name", NULL},
                                 {"description", NULL},
                                 {"type", NULL},
                                 {"type_params", of_type_params},
                                 {"filter", NULL},
                                 {"metadata", NULL},
                                 {"label", NULL},
                                 {"config", of_meta},
                                 {"time_granularity", NULL},
                                 {0}};

static const Pick of_query[] = {{"metrics", NULL}, {"group_by", NULL}, {"order_by", NULL},
                                {"limit", NULL},   {"where", NULL},    {0}};

static const Pick of_export_config[] = {
    {"export_as", NULL}, {"schema_name", NULL}, {"alias", NULL}, {0}};

static const Pick of_export[] = {{"name", NULL}, {"config", of_export_config}, {0}};

static const Pick of_saved_query[] = {
    {"name", NULL},  {"query_params", of_query}, {"description", NULL}, {"metadata", NULL},
    {"label", NULL}, {"exports", of_export},     {"tags", NULL},        {0}};

/* As deep as the tables are nested. */
static Value pick(Arena *arena, const Value *from, const Pick *picks)
{
    if (picks == NULL || value_is_null(from)) {
        return from != NULL ? *from : value_null();
    }
    if (value_is(from, VALUE_LIST)) {
        ValueVec items = {0};
        for (VALUE_EACH(item, from)) {
            VEC_PUSH(arena, &items, pick(arena, item, picks));
        }
        return value_list_of(&items);
    }
    Doc doc = doc_begin(arena);
    for (; picks->key != NULL; picks++) {
        doc_set(&doc, picks->key, pick(arena, value_find(from, str_from(picks->key)), picks->of));
    }
    return doc_end(&doc);
}

/* ---- Calendars ---- */

static Value version_value(Arena *arena)
{
    Doc version = doc_begin(arena);
    doc_text(&version, "major_version", STR("0"));
    doc_text(&version, "minor_version", STR("9"));
    doc_text(&version, "patch_version", STR("0"));
    return doc_end(&version);
}

static Value relation_value(Arena *arena, const Node *node)
{
    Doc doc = doc_begin(arena);
    doc_text(&doc, "alias", node->alias);
    doc_text(&doc, "schema_name", node->schema);
    doc_text(&doc, "database", node->database);
    doc_optional(&doc, "relation_name", node->relation_name);
    return doc_end(&doc);
}

static Value spine_value(Arena *arena, const Node *node)
{
    const Value *spine = node->model->time_spine;
    Value column_name = doc_find(spine, "standard_granularity_column");
    const Value *column = value_find(node->columns, value_text_or(&column_name, (Str){0}));
    Doc primary = doc_begin(arena);
    doc_set(&primary, "name", column_name);
    doc_set(&primary, "time_granularity", doc_find(column, "granularity"));
    Doc doc = doc_begin(arena);
    doc_set(&doc, "node_relation", relation_value(arena, node));
    doc_set(&doc, "primary_column", doc_end(&primary));
    doc_set(&doc, "custom_granularities", doc_find(spine, "custom_granularities"));
    return doc_end(&doc);
}

/* The model that was the calendar before calendars could be configured. */
static Value legacy_spines(const Session *session, Arena *arena, bool needed)
{
    const Node *node = needed ? manifest_legacy_time_spine(session->manifest) : NULL;
    ValueVec spines = {0};
    if (node != NULL && (node->model == NULL || node->model->time_spine == NULL)) {
        Doc doc = doc_begin(arena);
        doc_text(&doc, "location", node->relation_name);
        doc_text(&doc, "column_name", STR("date_day"));
        doc_text(&doc, "grain", STR("day"));
        VEC_PUSH(arena, &spines, doc_end(&doc));
    }
    return value_list_of(&spines);
}

static Value configuration_value(const Session *session, Arena *arena, bool needed)
{
    ValueVec spines = {0};
    for (VEC_EACH(const NodePtr, it, &session->manifest->nodes)) {
        if ((*it)->model != NULL && (*it)->model->time_spine != NULL) {
            VEC_PUSH(arena, &spines, spine_value(arena, *it));
        }
    }
    Doc doc = doc_begin(arena);
    doc_set(&doc, "time_spine_table_configurations", legacy_spines(session, arena, needed));
    doc_set(&doc, "metadata", value_null());
    doc_set(&doc, "dsi_package_version", version_value(arena));
    doc_set(&doc, "time_spines", value_list_of(&spines));
    return doc_end(&doc);
}

/* ---- The file ---- */

static Value entries_of(const Session *session, Arena *arena, ResourceType type, const Pick *picks)
{
    ValueVec entries = {0};
    for (VEC_EACH(const NodePtr, it, &session->manifest->nodes)) {
        if ((*it)->type == type) {
            Value document = node_value(arena, *it);
            VEC_PUSH(arena, &entries, pick(arena, &document, picks));
        }
    }
    return value_list_of(&entries);
}

Error *artifacts_write_semantic_manifest(const Session *session)
{
    if (session->options->no_write_json) {
        return NULL;
    }
    AUTO_FREE(arena) Arena *arena = arena_new("semantic_manifest.json");
    AUTO_FREE(json_file) JsonFile *file = NULL;
    TRY(artifact_open(session, arena, "semantic_manifest.json", &file));
    Value models = entries_of(session, arena, RESOURCE_SEMANTIC_MODEL, of_semantic_model);
    Value metrics = entries_of(session, arena, RESOURCE_METRIC, of_metric);
    Value configuration = configuration_value(session, arena, value_len(&models) > 0);
    Value queries = entries_of(session, arena, RESOURCE_SAVED_QUERY, of_saved_query);
    json_file_member(file, STR("semantic_models"), &models);
    json_file_member(file, STR("metrics"), &metrics);
    json_file_member(file, STR("project_configuration"), &configuration);
    json_file_member(file, STR("saved_queries"), &queries);
    return json_file_finish(file);
}
