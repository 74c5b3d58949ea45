#include "transform/artifact/artifacts.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/digest.h"
#include "transform/artifact/json_file.h"
#include "transform/artifact/result_value.h"
#include "transform/graph/node_value.h"

static void set(ValueMapBuilder *map, const char *key, Value value)
{
    value_map_set(map, str_from(key), value);
}

static void set_text(ValueMapBuilder *map, const char *key, Str text)
{
    set(map, key, value_string(text));
}

static Value empty_map(Arena *arena)
{
    ValueMapBuilder map = value_map_begin(arena);
    return value_map_end(&map);
}

ValueMapBuilder artifact_metadata(const Session *session, Arena *arena, const char *schema)
{
    ValueMapBuilder map = value_map_begin(arena);
    Str url = str_printf(arena, "https://schemas.getdbt.com/dbt/%s.json", schema);
    set_text(&map, "dbt_schema_version", url);
    set_text(&map, "dbt_version", STR(TRANSFORM_DBT_VERSION));
    set(&map, "generated_at", result_time(arena, clock_now_us()));
    set_text(&map, "invocation_id", session->invocation_id);
    set(&map, "invocation_started_at", result_time(arena, session->started_us));
    set(&map, "env", empty_map(arena));
    return map;
}

Error *artifact_open(const Session *session, Arena *arena, const char *name, JsonFile **out)
{
    Str directory = fs_join(arena, session->projects.data[0].root, session->target_path);
    TRY(fs_make_directory(str_to_c(arena, directory)));
    return json_file_open(str_to_c(arena, fs_join(arena, directory, str_from(name))), out);
}

static void write_member(JsonFile *file, const char *key, Value value)
{
    json_file_member(file, str_from(key), &value);
}

/* ---- manifest.json ---- */

/* By Node.index; NULL for what was not run. */
static const NodeResult **results_by_node(const Session *session, const RunOutcome *outcome,
                                          Arena *arena)
{
    const NodeResult **results =
        ARENA_ARRAY(arena, const NodeResult *, session->manifest->nodes.len + 1);
    if (outcome != NULL) {
        for (VEC_EACH(const NodeResult, it, &outcome->results)) {
            if (it->node->type != RESOURCE_INLINE) { /* which the manifest does not have */
                results[it->node->index] = it;
            }
        }
        for (VEC_EACH(const NodeResult, it, &outcome->ephemerals)) {
            results[it->node->index] = it;
        }
    }
    return results;
}

static Value extra_ctes_value(Arena *arena, const CteVec *ctes)
{
    ValueVec items = {0};
    for (VEC_EACH(const Cte, cte, ctes)) {
        ValueMapBuilder map = value_map_begin(arena);
        set_text(&map, "id", cte->id);
        set_text(&map, "sql", cte_text(arena, cte));
        VEC_PUSH(arena, &items, value_map_end(&map));
    }
    return value_list_of(&items);
}

/* The node's document, with its compiled code once there is some. */
static Value node_entry(Arena *arena, const NodeResult *result, const Node *node)
{
    Value value = node_value(arena, node);
    if (result == NULL || !result->compiled || node_is_unit_test(node)) {
        return value;
    }
    ValueMapBuilder map = value_map_begin(arena);
    value_map_put_all(&map, &value);
    set(&map, "compiled_path",
        result->compiled_path.len > 0 ? value_string(result->compiled_path) : value_null());
    set(&map, "compiled", value_bool(true));
    set_text(&map, "compiled_code", result->compiled_code);
    set(&map, "extra_ctes_injected", value_bool(true));
    set(&map, "extra_ctes", extra_ctes_value(arena, &result->ctes));
    if (node->type == RESOURCE_OPERATION) { /* dbt counts anew those that it runs */
        set(&map, "index", value_int((int64_t)node->hook_index + 1));
    }
    return value_map_end(&map);
}

/* The nodes that belong into this member of the manifest. */
static void write_nodes(JsonFile *file, const char *member, const Manifest *manifest,
                        const NodeResult *const *results)
{
    json_file_begin(file, str_from(member));
    for (VEC_EACH(const NodePtr, it, &manifest->nodes)) {
        const Node *node = *it;
        if (str_is(resource_type_member(node->type), member)) {
            Value value = node_entry(json_file_arena(file), results[node->index], node);
            json_file_member(file, node->unique_id, &value);
        }
    }
    json_file_end(file);
}

static int compare_ids(const void *a, const void *b)
{
    const Value *left = a, *right = b;
    return str_compare(left->as.text, right->as.text);
}

static void write_neighbours(JsonFile *file, const char *key, const Manifest *manifest,
                             const IndexVec *edges)
{
    json_file_begin(file, str_from(key));
    for (size_t i = 0; i < manifest->nodes.len; i++) {
        ValueVec ids = {0};
        for (VEC_EACH(const size_t, other, &edges[i])) {
            VEC_PUSH(json_file_arena(file), &ids,
                     value_string(manifest->nodes.data[*other]->unique_id));
        }
        if (ids.len > 0) {
            qsort(ids.data, ids.len, sizeof(*ids.data), compare_ids);
        }
        Value list = value_list_of(&ids);
        json_file_member(file, manifest->nodes.data[i]->unique_id, &list);
    }
    json_file_end(file);
}

static void write_macros(JsonFile *file, const Manifest *manifest)
{
    json_file_begin(file, STR("macros"));
    for (VEC_EACH(const MacroPtr, it, &manifest->macros)) {
        Value value = macro_value(json_file_arena(file), *it);
        json_file_member(file, (*it)->unique_id, &value);
    }
    json_file_end(file);
}

static Value doc_value(Arena *arena, const DocBlock *block)
{
    ValueMapBuilder map = value_map_begin(arena);
    set_text(&map, "name", block->name);
    set_text(&map, "resource_type", STR("doc"));
    set_text(&map, "package_name", block->package);
    set_text(&map, "path", block->path);
    set_text(&map, "original_file_path", block->original_path);
    set_text(&map, "unique_id", block->unique_id);
    set_text(&map, "block_contents", block->contents);
    return value_map_end(&map);
}

static void write_docs(JsonFile *file, const Manifest *manifest)
{
    json_file_begin(file, STR("docs"));
    for (STRMAP_EACH(it, &manifest->docs)) {
        Value value = doc_value(json_file_arena(file), it->value);
        json_file_member(file, it->key, &value);
    }
    json_file_end(file);
}

static void write_disabled(JsonFile *file, const Manifest *manifest)
{
    json_file_begin(file, STR("disabled"));
    for (VEC_EACH(const NodePtr, it, &manifest->disabled)) {
        Value entry = node_value(json_file_arena(file), *it);
        Value list = value_list(&entry, 1);
        json_file_member(file, (*it)->unique_id, &list);
    }
    json_file_end(file);
}

static void write_groups(JsonFile *file, const Manifest *manifest)
{
    json_file_begin(file, STR("groups"));
    for (VEC_EACH(const GroupPtr, it, &manifest->groups)) {
        Value value = group_value(json_file_arena(file), *it);
        json_file_member(file, (*it)->unique_id, &value);
    }
    json_file_end(file);
    json_file_begin(file, STR("group_map"));
    for (VEC_EACH(const GroupPtr, it, &manifest->groups)) {
        ValueVec members = {0};
        for (VEC_EACH(const NodePtr, node, &manifest->nodes)) {
            if (str_eq(node_group(*node), (*it)->name)) {
                VEC_PUSH(json_file_arena(file), &members, value_string((*node)->unique_id));
            }
        }
        Value list = value_list_of(&members);
        json_file_member(file, (*it)->name, &list);
    }
    json_file_end(file);
}

static Value quoting_value(Arena *arena, unsigned quoted)
{
    ValueMapBuilder map = value_map_begin(arena);
    set(&map, "database", value_bool((quoted & PART_DATABASE) != 0));
    set(&map, "schema", value_bool((quoted & PART_SCHEMA) != 0));
    set(&map, "identifier", value_bool((quoted & PART_IDENTIFIER) != 0));
    set(&map, "column", value_null());
    return value_map_end(&map);
}

static Value manifest_metadata(const Session *session, Arena *arena)
{
    ValueMapBuilder map = artifact_metadata(session, arena, "manifest/v12");
    Str name = session->manifest->root_package;
    set_text(&map, "project_name", name);
    set_text(&map, "project_id", digest_md5(arena, name));
    set(&map, "user_id", value_null());
    set(&map, "send_anonymous_usage_stats", value_bool(false));
    set_text(&map, "adapter_type", STR("duckdb"));
    set(&map, "quoting", quoting_value(arena, session->projects.data[0].quoting));
    set(&map, "run_started_at", result_time(arena, session->started_us));
    return value_map_end(&map);
}

static Value selectors_value(const Session *session, Arena *arena)
{
    ValueMapBuilder map = value_map_begin(arena);
    for (VEC_EACH(const NamedSelector, it, &session->selectors)) {
        value_map_set(&map, it->name, it->document);
    }
    return value_map_end(&map);
}

Error *artifacts_write_manifest(const Session *session, const RunOutcome *outcome)
{
    static const char *const members[] = {"exposures",     "metrics",    "semantic_models",
                                          "saved_queries", "unit_tests", "functions"};
    if (session->options->no_write_json) {
        return NULL;
    }
    AUTO_FREE(arena) Arena *arena = arena_new("manifest.json");
    AUTO_FREE(json_file) JsonFile *file = NULL;
    TRY(artifact_open(session, arena, "manifest.json", &file));
    const Manifest *manifest = session->manifest;
    const NodeResult *const *results =
        (const NodeResult *const *)results_by_node(session, outcome, arena);
    write_member(file, "metadata", manifest_metadata(session, arena));
    write_nodes(file, "nodes", manifest, results);
    write_nodes(file, "sources", manifest, results);
    write_macros(file, manifest);
    write_docs(file, manifest);
    for (size_t i = 0; i < ARRAY_LEN(members); i++) {
        write_nodes(file, members[i], manifest, results);
    }
    write_member(file, "selectors", selectors_value(session, arena));
    write_groups(file, manifest);
    write_disabled(file, manifest);
    write_neighbours(file, "parent_map", manifest, session->graph->parents);
    write_neighbours(file, "child_map", manifest, session->graph->children);
    return json_file_finish(file);
}

/* ---- run_results.json ---- */

static Value result_value(Arena *arena, const NodeResult *result)
{
    /* dbt tells it of what it compiles alone. */
    bool compiles = result->node->type != RESOURCE_SEED;
    Str relation = compiles ? result->node->relation_name : (Str){0};
    ValueMapBuilder map = value_map_begin(arena);
    result_add_fields(arena, result, &map);
    set_text(&map, "unique_id", result->node->unique_id);
    bool unknown = node_is_unit_test(result->node) && !result->compiled;
    set(&map, "compiled", unknown ? value_null() : value_bool(result->compiled));
    set(&map, "compiled_code",
        result->compiled ? value_string(result->compiled_code) : value_null());
    set(&map, "relation_name", relation.len > 0 ? value_string(relation) : value_null());
    set(&map, "batch_results", result_batches(arena, result));
    return value_map_end(&map);
}

Error *artifacts_write_results(const Session *session, const RunOutcome *outcome)
{
    if (session->options->no_write_json) {
        return NULL;
    }
    AUTO_FREE(arena) Arena *arena = arena_new("run_results.json");
    ValueVec results = {0};
    for (VEC_EACH(const NodeResult, it, &outcome->results)) {
        VEC_PUSH(arena, &results, result_value(arena, it));
    }
    ValueMapBuilder about = artifact_metadata(session, arena, "run-results/v6");
    AUTO_FREE(json_file) JsonFile *file = NULL;
    TRY(artifact_open(session, arena, "run_results.json", &file));
    write_member(file, "metadata", value_map_end(&about));
    write_member(file, "results", value_list_of(&results));
    write_member(file, "elapsed_time", value_float((double)outcome->elapsed_us / 1e6));
    write_member(file, "args", *session->flag_values);
    return json_file_finish(file);
}
