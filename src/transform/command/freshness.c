#include <stdlib.h>

#include "base/clock.h"
#include "base/fs.h"
#include "transform/artifact/artifacts.h"
#include "transform/artifact/result_value.h"
#include "transform/command/command.h"
#include "transform/console/console.h"
#include "transform/console/deprecation.h"
#include "transform/run/freshness.h"
#include "transform/run/hooks.h"

/* ---- Lines ---- */

typedef struct FreshnessWords {
    const char *status; /* in artifacts */
    const char *word;   /* in lines */
    LogLevel level;
} FreshnessWords;

static FreshnessWords words_of(NodeStatus status)
{
    return status == STATUS_PASS   ? (FreshnessWords){"pass", "PASS", LOG_INFO}
           : status == STATUS_WARN ? (FreshnessWords){"warn", "WARN", LOG_WARNING}
           : status == STATUS_FAIL ? (FreshnessWords){"error", "ERROR STALE", LOG_ERROR}
                                   : (FreshnessWords){"runtime error", "ERROR", LOG_ERROR};
}

static void tell_line(const Session *session, const FreshnessResult *result, bool ended,
                      size_t index, size_t total)
{
    AUTO_FREE(arena) Arena *arena = arena_new("freshness");
    const Node *node = result->base.node;
    FreshnessWords words =
        ended ? words_of(result->base.status) : (FreshnessWords){"started", "START", LOG_INFO};
    ReportEvent event = {.name = ended ? "LogFreshnessResult" : "LogStartLine",
                         .level = words.level,
                         .node = node->unique_id,
                         .status = str_from(words.status),
                         .index = index,
                         .total = total,
                         .elapsed_us = result->base.elapsed_us};
    Str text = str_printf(arena, "%s freshness of " STR_FMT "." STR_FMT, words.word,
                          STR_ARG(node->source->source_name), STR_ARG(node->name));
    Str time = console_duration(session, arena, result->base.elapsed_us);
    Str bracket =
        ended ? str_printf(arena, "%s in " STR_FMT, words.word, STR_ARG(time)) : STR("RUN");
    console_node_line(session, event, text, bracket);
}

static void tell_failures(const Session *session, const FreshnessResultVec *results)
{
    AUTO_FREE(arena) Arena *arena = arena_new("freshness");
    for (VEC_EACH(const FreshnessResult, it, results)) {
        bool stale = it->base.status == STATUS_FAIL;
        if (!stale && it->base.status != STATUS_ERROR) {
            continue;
        }
        console_blank(session);
        Str label = node_label(it->base.node, arena);
        Str text = stale ? str_printf(arena, "Failure in " STR_FMT, STR_ARG(label))
                         : str_printf(arena, "  " STR_FMT, STR_ARG(it->base.message));
        report_event(session,
                     &(ReportEvent){.name = "RunResultError", .level = LOG_ERROR, .text = text});
        if (stale) {
            report_event(session, &(ReportEvent){.name = "RunResultErrorNoMessage",
                                                 .level = LOG_ERROR,
                                                 .text = STR("  Status: error")});
        }
    }
}

/* ---- sources.json ---- */

static Value time_value(Arena *arena, int64_t us)
{
    return value_string(clock_iso_utc(arena, us));
}

static Value freshness_value(Arena *arena, const FreshnessResult *result)
{
    const NodeResult *base = &result->base;
    ValueMapBuilder fields = value_map_begin(arena), map = value_map_begin(arena);
    result_add_fields(arena, base, &fields);
    Value common = value_map_end(&fields);
    ValueMapBuilder response = value_map_begin(arena);
    value_map_set(&response, STR("_message"), value_string(STR("OK")));
    double age_s = (double)(result->snapshotted_us - result->max_loaded_us) / 1e6;
    value_map_set(&map, STR("unique_id"), value_string(base->node->unique_id));
    value_map_set(&map, STR("max_loaded_at"), time_value(arena, result->max_loaded_us));
    value_map_set(&map, STR("snapshotted_at"), time_value(arena, result->snapshotted_us));
    value_map_set(&map, STR("max_loaded_at_time_ago_in_s"), value_float(age_s));
    value_map_set(&map, STR("status"), value_string(str_from(words_of(base->status).status)));
    value_map_set(&map, STR("criteria"), *value_find(base->node->config, STR("freshness")));
    value_map_set(&map, STR("adapter_response"), value_map_end(&response));
    static const char *const kept[] = {"timing", "thread_id", "execution_time"};
    for (size_t i = 0; i < ARRAY_LEN(kept); i++) {
        value_map_set(&map, str_from(kept[i]), *value_find(&common, str_from(kept[i])));
    }
    return value_map_end(&map);
}

/* As dbt, without the sources that could not be asked. */
static Error *write_sources(const Session *session, const FreshnessResultVec *results,
                            int64_t elapsed_us)
{
    AUTO_FREE(arena) Arena *arena = arena_new("sources.json");
    AUTO_FREE(json_file) JsonFile *file = NULL;
    const char *output = session->options->output_path;
    if (session->options->no_write_json) {
        return NULL;
    }
    if (output != NULL) {
        Str path = fs_join(arena, session->projects.data[0].root, str_from(output));
        TRY(json_file_open(str_to_c(arena, path), &file));
    } else {
        TRY(artifact_open(session, arena, "sources.json", &file));
    }
    ValueVec items = {0};
    for (VEC_EACH(const FreshnessResult, it, results)) {
        if (it->base.status != STATUS_ERROR) {
            VEC_PUSH(arena, &items, freshness_value(arena, it));
        }
    }
    ValueMapBuilder about = artifact_metadata(session, arena, "sources/v3");
    Value metadata = value_map_end(&about), list = value_list_of(&items);
    Value elapsed = value_float((double)elapsed_us / 1e6);
    json_file_member(file, STR("metadata"), &metadata);
    json_file_member(file, STR("results"), &list);
    json_file_member(file, STR("elapsed_time"), &elapsed);
    return json_file_finish(file);
}

/* ---- The command ---- */

static int compare_nodes(const void *a, const void *b)
{
    const NodePtr *left = a, *right = b;
    return str_compare((*left)->unique_id, (*right)->unique_id);
}

static Error *find_sources(Session *session, NodeVec *out)
{
    NodeSet selected;
    TRY(command_choose(session, 1u << RESOURCE_SOURCE, &selected));
    for (NODE_SET_EACH(i, &selected)) {
        if (freshness_is_watched(session->manifest->nodes.data[i])) {
            VEC_PUSH(session->arena, out, session->manifest->nodes.data[i]);
        }
    }
    if (out->len > 0) {
        qsort(out->data, out->len, sizeof(*out->data), compare_nodes);
    }
    return NULL;
}

static Error *check_all(Session *session, const NodeVec *nodes, FreshnessResultVec *out)
{
    Worker worker = {0};
    Error *err = worker_open(&worker, session, 0);
    for (size_t i = 0; err == NULL && i < nodes->len; i++) {
        if (cancel_requested(session->options->cancel)) {
            err = error_new(ERR_CANCELLED, "interrupted");
            break;
        }
        FreshnessResult result = {.base = {.node = nodes->data[i]}};
        tell_line(session, &result, false, i + 1, nodes->len);
        freshness_check(&worker, nodes->data[i], &result);
        tell_line(session, &result, true, i + 1, nodes->len);
        VEC_PUSH(session->arena, out, result);
    }
    worker_close(&worker);
    return err;
}

static Error *check_between_hooks(Session *session, const NodeVec *nodes, FreshnessResultVec *out)
{
    static const NodeResultVec none = {0};
    NodeResultVec told = {0};
    int64_t started_us = clock_monotonic_us();
    TRY(session_connect(session));
    console_concurrency(session, (size_t)session->profile->threads, nodes->len);
    bool hooks = behaviour_on(session->flags, "source_freshness_run_project_hooks");
    if (!hooks && hooks_exist(session)) {
        report_deprecated(session, "SourceFreshnessProjectHooksNotRun",
                          STR("In a future version of dbt, the `source freshness` command will "
                              "start running `on-run-start` and `on-run-end` hooks by default. For "
                              "more information: "
                              "https://docs.getdbt.com/reference/global-configs/legacy-behaviors"));
    }
    if (hooks) {
        TRY(run_hooks(session, HOOKS_START, &none, &told));
    }
    TRY(check_all(session, nodes, out));
    for (VEC_EACH(const FreshnessResult, it, out)) {
        VEC_PUSH(session->arena, &told, it->base);
    }
    if (hooks) {
        TRY(run_hooks(session, HOOKS_END, &none, &told));
    }
    int64_t elapsed_us = clock_monotonic_us() - started_us;
    console_finished(session, &told, elapsed_us);
    tell_failures(session, out);
    return write_sources(session, out, elapsed_us);
}

static void report_output_path(const Session *session)
{
    AUTO_FREE(arena) Arena *arena = arena_new("output path");
    if (session->options->output_path == NULL) {
        return;
    }
    Str path = str_from(session->options->output_path);
    ReportField fields[] = {{"path", value_string(path)}};
    ReportEvent event = {.name = "CustomOutputPathInSourceFreshnessDeprecation",
                         .text = str_printf(arena,
                                            "Custom output path usage `--output " STR_FMT
                                            "` usage detected in `dbt source freshness` command.",
                                            STR_ARG(path)),
                         .fields = fields,
                         .field_count = ARRAY_LEN(fields)};
    report_deprecation(session, &event, (Str){0});
}

Error *transform_freshness(const TransformOptions *options, Reporter *reporter,
                           TransformCounts *out_counts)
{
    AUTO_FREE(session) Session *session = NULL;
    NodeVec nodes = {0};
    FreshnessResultVec results = {0};
    (void)out_counts;
    TRY(command_begin(options, reporter, "freshness", &session));
    report_output_path(session);
    TRY(find_sources(session, &nodes));
    if (nodes.len == 0) {
        console_nothing(session);
        TRY(write_sources(session, &results, 0));
    } else {
        TRY(check_between_hooks(session, &nodes, &results));
    }
    report_text(session, LOG_INFO, "FreshnessCheckComplete", STR("Done."));
    size_t failed = 0;
    for (VEC_EACH(const FreshnessResult, it, &results)) {
        failed += it->base.status == STATUS_FAIL || it->base.status == STATUS_ERROR;
    }
    return failed > 0
               ? error_new(ERR_FAILED, "%zu sources are too old or could not be asked", failed)
               : NULL;
}
