#include "transform/artifacts.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/limits.h"
#include "transform/compile.h"
#include "transform/node_value.h"
#include "value/json_writer.h"

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

static Value time_value(Arena *arena, int64_t time_us)
{
    if (time_us == 0) {
        return value_null();
    }
    ClockParts t = clock_parts_utc(time_us);
    return value_string(str_printf(arena, "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", t.year, t.month,
                                   t.day, t.hour, t.minute, t.second, t.microsecond));
}

static ValueMapBuilder metadata(const Session *session, Arena *arena, const char *schema)
{
    ValueMapBuilder map = value_map_begin(arena);
    Str url = str_printf(arena, "https://schemas.getdbt.com/dbt/%s.json", schema);
    set_text(&map, "dbt_schema_version", url);
    set_text(&map, "dbt_version", STR(TRANSFORM_DBT_VERSION));
    set(&map, "generated_at", time_value(arena, clock_now_us()));
    set_text(&map, "invocation_id", session->invocation_id);
    set(&map, "invocation_started_at", time_value(arena, session->started_us));
    set(&map, "env", empty_map(arena));
    return map;
}

static Error *write_artifact(const Session *session, Arena *arena, const char *name, Value value)
{
    if (session->options->no_write_json) {
        return NULL;
    }
    Str path = str_printf(arena, STR_FMT "/%s", STR_ARG(session->target_path), name);
    StrBuf text = strbuf_init(arena, LIMIT_JSON_BYTES);
    JsonStyle style = json_style_python;
    style.ensure_ascii = false;
    json_write(&text, &value, &style);
    return compile_write(session, arena, path, strbuf_str(&text));
}

/* ---- manifest.json ---- */

static const NodeResult *result_of(const RunOutcome *outcome, const Node *node)
{
    for (size_t i = 0; outcome != NULL && i < outcome->results.len; i++) {
        if (outcome->results.data[i].node == node) {
            return &outcome->results.data[i];
        }
    }
    return NULL;
}

/* The node's document, with its compiled code once there is some. */
static Value node_entry(Arena *arena, const RunOutcome *outcome, const Node *node)
{
    Value value = node_value(arena, node);
    const NodeResult *result = result_of(outcome, node);
    if (result == NULL || !result->compiled) {
        return value;
    }
    ValueMapBuilder map = value_map_begin(arena);
    value_map_put_all(&map, &value);
    set_text(&map, "compiled_path", result->compiled_path);
    set(&map, "compiled", value_bool(true));
    set_text(&map, "compiled_code", result->compiled_code);
    set(&map, "extra_ctes_injected", value_bool(true));
    set(&map, "extra_ctes", value_list(NULL, 0));
    return value_map_end(&map);
}

static Value nodes_of(const Session *session, Arena *arena, const RunOutcome *outcome,
                      ResourceType only)
{
    ValueMapBuilder map = value_map_begin(arena);
    for (VEC_EACH(const NodePtr, it, &session->manifest->nodes)) {
        const Node *node = *it;
        bool special = node->type == RESOURCE_SOURCE || node->type == RESOURCE_EXPOSURE;
        if (special ? node->type == only : only == RESOURCE_MODEL) {
            value_map_set(&map, node->unique_id, node_entry(arena, outcome, node));
        }
    }
    return value_map_end(&map);
}

static int compare_ids(const void *a, const void *b)
{
    const Value *left = a, *right = b;
    return str_compare(left->as.text, right->as.text);
}

static Value neighbours(const Session *session, Arena *arena, const IndexVec *edges)
{
    const Manifest *manifest = session->manifest;
    ValueMapBuilder map = value_map_begin(arena);
    for (size_t i = 0; i < manifest->nodes.len; i++) {
        ValueVec ids = {0};
        for (VEC_EACH(const size_t, other, &edges[i])) {
            VEC_PUSH(arena, &ids, value_string(manifest->nodes.data[*other]->unique_id));
        }
        if (ids.len > 0) {
            qsort(ids.data, ids.len, sizeof(*ids.data), compare_ids);
        }
        value_map_set(&map, manifest->nodes.data[i]->unique_id, value_list_of(&ids));
    }
    return value_map_end(&map);
}

static Value macros_of(const Session *session, Arena *arena)
{
    ValueMapBuilder map = value_map_begin(arena);
    for (VEC_EACH(const MacroPtr, it, &session->manifest->macros)) {
        value_map_set(&map, (*it)->unique_id, macro_value(arena, *it));
    }
    return value_map_end(&map);
}

static Value disabled_of(const Session *session, Arena *arena)
{
    ValueMapBuilder map = value_map_begin(arena);
    for (VEC_EACH(const NodePtr, it, &session->manifest->disabled)) {
        Value *entry = ARENA_NEW(arena, Value);
        *entry = node_value(arena, *it);
        value_map_set(&map, (*it)->unique_id, value_list(entry, 1));
    }
    return value_map_end(&map);
}

static Value manifest_metadata(const Session *session, Arena *arena)
{
    ValueMapBuilder map = metadata(session, arena, "manifest/v12");
    Str name = session->manifest->root_package;
    set_text(&map, "project_name", name);
    set_text(&map, "project_id", digest_md5(arena, name));
    set(&map, "user_id", value_null());
    set(&map, "send_anonymous_usage_stats", value_bool(false));
    set_text(&map, "adapter_type", STR("duckdb"));
    set(&map, "run_started_at", time_value(arena, session->started_us));
    return value_map_end(&map);
}

Error *artifacts_write_manifest(const Session *session, const RunOutcome *outcome)
{
    AUTO_FREE(arena) Arena *arena = arena_new("manifest.json");
    static const char *const empty_maps[] = {"docs",      "metrics",         "groups",
                                             "selectors", "group_map",       "saved_queries",
                                             "functions", "semantic_models", "unit_tests"};
    ValueMapBuilder map = value_map_begin(arena);
    set(&map, "metadata", manifest_metadata(session, arena));
    set(&map, "nodes", nodes_of(session, arena, outcome, RESOURCE_MODEL));
    set(&map, "sources", nodes_of(session, arena, outcome, RESOURCE_SOURCE));
    set(&map, "macros", macros_of(session, arena));
    set(&map, "exposures", nodes_of(session, arena, outcome, RESOURCE_EXPOSURE));
    for (size_t i = 0; i < ARRAY_LEN(empty_maps); i++) {
        set(&map, empty_maps[i], empty_map(arena));
    }
    set(&map, "disabled", disabled_of(session, arena));
    set(&map, "parent_map", neighbours(session, arena, session->graph->parents));
    set(&map, "child_map", neighbours(session, arena, session->graph->children));
    return write_artifact(session, arena, "manifest.json", value_map_end(&map));
}

/* ---- run_results.json ---- */

static void push_timing(Arena *arena, ValueVec *timing, const char *name, int64_t started_us,
                        int64_t ended_us)
{
    if (started_us == 0) {
        return;
    }
    ValueMapBuilder map = value_map_begin(arena);
    set_text(&map, "name", str_from(name));
    set(&map, "started_at", time_value(arena, started_us));
    set(&map, "completed_at", time_value(arena, ended_us));
    VEC_PUSH(arena, timing, value_map_end(&map));
}

static Value adapter_response(Arena *arena, const NodeResult *result)
{
    if (result->response != NULL) {
        return *result->response;
    }
    ValueMapBuilder map = value_map_begin(arena);
    if (result->execute_ended_us > 0 && result->status != STATUS_ERROR) {
        set_text(&map, "_message", STR("OK"));
    }
    return value_map_end(&map);
}

static Value result_value(Arena *arena, const NodeResult *result)
{
    ValueVec timing = {0};
    push_timing(arena, &timing, "compile", result->compile_started_us, result->compile_ended_us);
    push_timing(arena, &timing, "execute", result->execute_started_us, result->execute_ended_us);
    /* dbt tells it of what it compiles alone. */
    bool compiles = result->node->type != RESOURCE_SEED;
    Str relation = compiles ? result->node->relation_name : (Str){0};
    ValueMapBuilder map = value_map_begin(arena);
    set_text(&map, "status", node_status_text(result->status));
    set(&map, "timing", value_list_of(&timing));
    set_text(&map, "thread_id", str_printf(arena, "Thread-%zu (worker)", result->worker + 1));
    set(&map, "execution_time", value_float((double)result->elapsed_us / 1e6));
    set(&map, "adapter_response", adapter_response(arena, result));
    set(&map, "message", result->message.len > 0 ? value_string(result->message) : value_null());
    set(&map, "failures", result->failures >= 0 ? value_int(result->failures) : value_null());
    set_text(&map, "unique_id", result->node->unique_id);
    set(&map, "compiled", value_bool(result->compiled));
    set(&map, "compiled_code",
        result->compiled ? value_string(result->compiled_code) : value_null());
    set(&map, "relation_name", relation.len > 0 ? value_string(relation) : value_null());
    set(&map, "batch_results", value_null());
    return value_map_end(&map);
}

static Value word_list(Arena *arena, const StrVec *words)
{
    ValueVec items = {0};
    for (VEC_EACH(const Str, it, words)) {
        VEC_PUSH(arena, &items, value_string(*it));
    }
    return value_list_of(&items);
}

static Value args_value(const Session *session, Arena *arena)
{
    const TransformOptions *options = session->options;
    ValueMapBuilder map = value_map_begin(arena);
    set_text(&map, "which", session->command);
    set_text(&map, "invocation_command", options->invocation_command);
    set(&map, "select", word_list(arena, &options->selection.select));
    set(&map, "exclude", word_list(arena, &options->selection.exclude));
    set(&map, "vars", *session->cli_vars);
    set(&map, "full_refresh", value_bool(options->full_refresh));
    set(&map, "fail_fast", value_bool(options->fail_fast));
    set(&map, "store_failures", value_bool(options->store_failures));
    set(&map, "empty", value_bool(options->empty));
    return value_map_end(&map);
}

Error *artifacts_write_results(const Session *session, const RunOutcome *outcome)
{
    AUTO_FREE(arena) Arena *arena = arena_new("run_results.json");
    ValueVec results = {0};
    for (VEC_EACH(const NodeResult, it, &outcome->results)) {
        VEC_PUSH(arena, &results, result_value(arena, it));
    }
    ValueMapBuilder about = metadata(session, arena, "run-results/v6");
    ValueMapBuilder map = value_map_begin(arena);
    set(&map, "metadata", value_map_end(&about));
    set(&map, "results", value_list_of(&results));
    set(&map, "elapsed_time", value_float((double)outcome->elapsed_us / 1e6));
    set(&map, "args", args_value(session, arena));
    return write_artifact(session, arena, "run_results.json", value_map_end(&map));
}
