/* The end of an invocation: what went wrong with nodes, what ran, the counts. */
#include <stdlib.h>

#include "base/limits.h"
#include "transform/console/console_internal.h"

/* ---- What went wrong with a node ---- */

static ReportEvent about(const char *name, LogLevel level, const NodeResult *result)
{
    return (ReportEvent){.name = name, .level = level, .about = result->node};
}

static void compiled_line(const Session *session, Arena *arena, const NodeResult *result)
{
    if (result->compiled_path.len > 0) {
        console_blank(session);
        ReportField fields[] = {{"path", value_string(result->compiled_path)}};
        ReportEvent event = about("SQLCompiledPath", LOG_INFO, result);
        event.text =
            str_printf(arena, "  compiled code at " STR_FMT, STR_ARG(result->compiled_path));
        CONSOLE_TELL(session, event, fields);
    }
}

/* Where --store-failures put the rows, as a query to copy. */
static void failures_query(const Session *session, Arena *arena, const NodeResult *result)
{
    bool found = result->status == STATUS_FAIL || result->status == STATUS_WARN;
    if (!found || result->node->relation_name.len == 0) {
        return;
    }
    Str query = str_printf(arena, "select * from " STR_FMT, STR_ARG(result->node->relation_name));
    char *dashes = arena_alloc(arena, query.len + 1);
    memset(dashes, '-', query.len);
    console_blank(session);
    ReportField fields[] = {{"relation_name", value_string(result->node->relation_name)}};
    ReportEvent event = about("CheckNodeTestFailure", LOG_INFO, result);
    event.text = str_printf(arena, "  See test failures:\n  %s\n  " STR_FMT "\n  %s", dashes,
                            STR_ARG(query), dashes);
    CONSOLE_TELL(session, event, fields);
}

void console_failure_lines(const Session *session, const NodeResult *result)
{
    AUTO_FREE(arena) Arena *arena = arena_new("console");
    bool warning = result->status == STATUS_WARN;
    LogLevel level = warning ? LOG_WARNING : LOG_ERROR;
    const Node *node = result->node;
    ReportField head[] = {{"resource_type", value_string(resource_type_name(node->type))},
                          {"node_name", value_string(node->name)},
                          {"path", value_string(node->original_path)}};
    ReportEvent event = about(warning ? "RunResultWarning" : "RunResultFailure", level, result);
    Str text = str_printf(arena, "%s in " STR_FMT, warning ? "Warning" : "Failure",
                          STR_ARG(node_label(node, arena)));
    event.text = console_paint(session, arena, warning ? COLOR_YELLOW : COLOR_RED, text);
    CONSOLE_TELL(session, event, head);
    ReportField body[] = {{"msg", value_string(result->message)}};
    event = about(warning ? "RunResultWarningMessage" : "RunResultError", level, result);
    event.text = str_printf(arena, "%s" STR_FMT, warning ? "" : "  ", STR_ARG(result->message));
    CONSOLE_TELL(session, event, body);
    if (!console_is_dbt(session) && result->hint.len > 0) {
        console_say(session, "RunResultHint", LOG_INFO,
                    str_printf(arena, "  " STR_FMT, STR_ARG(result->hint)));
    }
}

static void failure_block(const Session *session, Arena *arena, const NodeResult *result)
{
    console_blank(session);
    console_failure_lines(session, result);
    compiled_line(session, arena, result);
    failures_query(session, arena, result);
}

/* ---- The end ---- */

typedef struct KindCount {
    Str key;  /* what dbt sorts by */
    Str text; /* "table model" */
    size_t count;
} KindCount;
typedef VEC(KindCount) KindCounts;

static int compare_kinds(const void *a, const void *b)
{
    const KindCount *left = a, *right = b;
    return str_compare(left->key, right->key);
}

static void count_kind(Arena *arena, KindCounts *kinds, Str key, Str text)
{
    for (VEC_EACH(KindCount, it, kinds)) {
        if (str_eq(it->key, key)) {
            it->count++;
            return;
        }
    }
    VEC_PUSH(arena, kinds, (KindCount){.key = key, .text = text, .count = 1});
}

/* What dbt calls a node of this kind, and what dango does. */
static void kind_of(const Session *session, Arena *arena, const Node *node, Str *out_key,
                    Str *out_text)
{
    Str materialized = node_materialized(node);
    if (node_is_test(node)) {
        *out_key = STR("test");
        *out_text = console_is_dbt(session) ? STR("data test") : STR("test");
        return;
    }
    if (node_is_unit_test(node)) {
        *out_key = STR("unit_test");
        *out_text = STR("unit test");
        return;
    }
    if (node->type != RESOURCE_MODEL) {
        bool hook = node->type == RESOURCE_OPERATION;
        *out_key = hook ? STR("project hook") : resource_type_name(node->type);
        *out_text = *out_key;
        return;
    }
    Str shown = str_replace(arena, materialized, STR("_"), STR(" "));
    *out_key = str_printf(arena, STR_FMT " model", STR_ARG(shown));
    bool plain = str_is(materialized, "view") || str_is(materialized, "table");
    *out_text = !console_is_dbt(session) && plain ? materialized : *out_key;
}

static Str finished_counts(const Session *session, Arena *arena, const NodeResultVec *results)
{
    KindCounts kinds = {0};
    for (VEC_EACH(const NodeResult, it, results)) {
        Str key, text;
        kind_of(session, arena, it->node, &key, &text);
        count_kind(arena, &kinds, key, text);
    }
    if (console_is_dbt(session) && kinds.len > 0) {
        qsort(kinds.data, kinds.len, sizeof(*kinds.data), compare_kinds);
    }
    StrBuf text = strbuf_init(arena, LIMIT_ERROR_BYTES);
    for (VEC_EACH(KindCount, it, &kinds)) {
        bool one_test = it->count == 1 && str_is(it->key, "test");
        bool query = str_is(it->key, "saved_query");
        Str one = query ? STR("saved quer") : one_test ? it->key : it->text;
        const char *ending = query ? (it->count == 1 ? "y" : "ies") : it->count == 1 ? "" : "s";
        strbuf_printf(&text, "%s%zu " STR_FMT "%s", text.len > 0 ? ", " : "", it->count,
                      STR_ARG(one), ending);
    }
    return strbuf_str(&text);
}

static Str elapsed_text(const Session *session, Arena *arena, int64_t elapsed_us)
{
    double seconds = (double)elapsed_us / 1e6;
    if (!console_is_dbt(session)) {
        return str_printf(arena, "%.1fs", seconds);
    }
    long long whole = (long long)seconds, minutes = whole / 60;
    return str_printf(arena, "%lld hours %lld minutes and %.2f seconds (%.2fs)", minutes / 60,
                      minutes % 60, seconds - 60.0 * (double)minutes, seconds);
}

static bool is_failure(const NodeResult *result)
{
    return result->status == STATUS_ERROR || result->status == STATUS_FAIL;
}

/* What the line of completion calls errors: failures, and what was skipped with a message, such as
 * hooks behind a failed one. */
static size_t count_errors(const NodeResultVec *results)
{
    size_t errors = 0;
    for (VEC_EACH(const NodeResult, it, results)) {
        errors += is_failure(it) || (it->status == STATUS_SKIPPED && it->message.len > 0);
    }
    return errors;
}

static size_t count_partial(const NodeResultVec *results)
{
    size_t count = 0;
    for (VEC_EACH(const NodeResult, it, results)) {
        count += it->status == STATUS_PARTIAL;
    }
    return count;
}

static void completed_line(const Session *session, Arena *arena, const NodeResultVec *results,
                           size_t warnings, bool cancelled)
{
    size_t errors = count_errors(results), partial = count_partial(results);
    Str partly = str_printf(arena, "%zu partial success%s", partial, partial == 1 ? "" : "es");
    Str text = STR("Completed successfully");
    ConsoleColor color = COLOR_GREEN;
    if (cancelled) {
        text = STR("Exited because of keyboard interrupt");
        color = COLOR_YELLOW;
    } else if (errors > 0) {
        text =
            str_printf(arena, "Completed with %zu error%s, " STR_FMT ", and %zu warning%s:", errors,
                       errors == 1 ? "" : "s", STR_ARG(partly), warnings, warnings == 1 ? "" : "s");
        color = COLOR_RED;
    } else if (partial > 0) {
        text = str_printf(arena, "Completed with " STR_FMT " and %zu warning%s", STR_ARG(partly),
                          warnings, warnings == 1 ? "" : "s");
        color = COLOR_YELLOW;
    } else if (warnings > 0) {
        text =
            str_printf(arena, "Completed with %zu warning%s:", warnings, warnings == 1 ? "" : "s");
        color = COLOR_YELLOW;
    }
    console_blank(session);
    ReportField fields[] = {{"num_errors", value_int((int64_t)errors)},
                            {"num_warnings", value_int((int64_t)warnings)},
                            {"num_partial_success", value_int((int64_t)partial)},
                            {"keyboard_interrupt", value_bool(cancelled)}};
    ReportEvent event = {.name = "EndOfRunSummary",
                         .level = LOG_INFO,
                         .text = console_paint(session, arena, color, text)};
    CONSOLE_TELL(session, event, fields);
}

void console_failed_fast(const Session *session, const NodeResultVec *results)
{
    AUTO_FREE(arena) Arena *arena = arena_new("console");
    for (VEC_EACH(const NodeResult, it, results)) {
        if (is_failure(it)) {
            failure_block(session, arena, it);
        } else if (it->status == STATUS_PARTIAL) {
            ReportField fields[] = {{"msg", value_string(it->message)}};
            ReportEvent event = about("RunResultError", LOG_ERROR, it);
            event.text = str_printf(arena, "  " STR_FMT, STR_ARG(it->message));
            console_blank(session);
            CONSOLE_TELL(session, event, fields);
        }
    }
}

void console_finished(const Session *session, const NodeResultVec *results, int64_t elapsed_us)
{
    AUTO_FREE(arena) Arena *arena = arena_new("console");
    Str finished = finished_counts(session, arena, results);
    Str elapsed = elapsed_text(session, arena, elapsed_us);
    console_blank(session);
    size_t bracket = str_find_last(elapsed, STR(" ("));
    Str words = bracket != SIZE_MAX ? str_slice(elapsed, 0, bracket) : elapsed;
    ReportField fields[] = {
        {"stat_line", value_string(finished)},
        {"execution", value_string(str_printf(arena, " in " STR_FMT, STR_ARG(words)))},
        {"execution_time", value_float((double)elapsed_us / 1e6)}};
    ReportEvent event = {.name = "FinishedRunningStats",
                         .level = LOG_INFO,
                         .text = str_printf(arena, "Finished running " STR_FMT " in " STR_FMT ".",
                                            STR_ARG(finished), STR_ARG(elapsed))};
    CONSOLE_TELL(session, event, fields);
}

void console_strict(const Session *session, const NodeResultVec *wrong, size_t checked)
{
    AUTO_FREE(arena) Arena *arena = arena_new("console");
    bool stops = session->options->strict;
    if (wrong->len > 0) {
        Str text = str_printf(arena, "Strict check: %zu model%s name%s columns that do not exist%s",
                              wrong->len, wrong->len == 1 ? "" : "s", wrong->len == 1 ? "s" : "",
                              stops ? "; nothing is built" : "");
        console_say(session, "StrictCheck", LOG_ERROR,
                    console_paint(session, arena, COLOR_RED, text));
    } else if (stops) {
        console_say(
            session, "StrictCheck", LOG_INFO,
            str_printf(arena, "Strict check: %zu model%s bound", checked, checked == 1 ? "" : "s"));
    }
    for (size_t i = 0; i < wrong->len && !stops; i++) {
        console_failure_lines(session, &wrong->data[i]);
    }
    if (wrong->len > 0 || stops) {
        console_blank(session);
    }
}

static Value stats_value(Arena *arena, const TransformCounts *counts)
{
    const struct {
        const char *key;
        size_t count;
    } rows[] = {{"error", counts->error}, {"noop", counts->no_op},  {"pass", counts->pass},
                {"skip", counts->skip},   {"total", counts->total}, {"warn", counts->warn}};
    ValueMapBuilder map = value_map_begin(arena);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        value_map_set(&map, str_from(rows[i].key), value_int((int64_t)rows[i].count));
    }
    return value_map_end(&map);
}

void console_summary(const Session *session, const NodeResultVec *results,
                     const TransformCounts *counts, bool cancelled)
{
    AUTO_FREE(arena) Arena *arena = arena_new("console");
    completed_line(session, arena, results, counts->warn, cancelled);
    for (int pass = 0; pass < 2; pass++) {
        for (VEC_EACH(const NodeResult, it, results)) {
            if (pass == 0 ? is_failure(it) : it->status == STATUS_WARN) {
                failure_block(session, arena, it);
            }
        }
    }
    console_blank(session);
    Str no_op = console_is_dbt(session) ? str_printf(arena, " NO-OP=%zu", counts->no_op) : STR("");
    ReportField fields[] = {{"stats", stats_value(arena, counts)}};
    ReportEvent event = {
        .name = "StatsLine",
        .level = LOG_INFO,
        .text = str_printf(arena, "Done. PASS=%zu WARN=%zu ERROR=%zu SKIP=%zu" STR_FMT " TOTAL=%zu",
                           counts->pass, counts->warn, counts->error, counts->skip, STR_ARG(no_op),
                           counts->total)};
    CONSOLE_TELL(session, event, fields);
}
