#include "transform/console/console.h"

#include <stdlib.h>

#include "base/limits.h"

/* How the two layouts differ. */
typedef struct Layout {
    size_t width; /* of the text in front of " [STATUS]" */
    int decimals; /* of durations */
    const char *success;
} Layout;

static const Layout layouts[] = {
    [REPORT_DANGO] = {.width = 64, .decimals = 1, .success = "SUCCESS"},
    [REPORT_DBT] = {.width = 80, .decimals = 2, .success = "OK"},
};

static bool is_dbt(const Session *session)
{
    return session->reporter->style == REPORT_DBT;
}

static void say(const Session *session, const char *name, LogLevel level, Str text)
{
    ReportEvent event = {.name = name, .level = level, .text = text};
    report_event(session, &event);
}

void console_blank(const Session *session)
{
    say(session, "Formatting", LOG_INFO, STR(""));
}

void console_version(const Session *session)
{
    say(session, "MainReportVersion", LOG_INFO, STR("Running with dbt=" TRANSFORM_DBT_VERSION));
    if (is_dbt(session) && session->profile != NULL) {
        say(session, "AdapterRegistered", LOG_INFO,
            STR("Registered adapter: duckdb=" TRANSFORM_ADAPTER_VERSION));
    }
}

void console_nothing(const Session *session)
{
    say(session, "NothingToDo", LOG_WARNING,
        STR("Nothing to do. Try checking your model configs and model specification args"));
}

/* ---- Found ... ---- */

static void add_count(StrBuf *out, size_t count, const char *one, const char *many)
{
    strbuf_printf(out, "%s%zu %s", out->len > 0 ? ", " : "", count, count == 1 ? one : many);
}

static void count_types(const Session *session, const NodeSet *selected, size_t *counts)
{
    const Manifest *manifest = session->manifest;
    for (size_t i = 0; i < manifest->nodes.len; i++) {
        if (selected == NULL || node_set_has(selected, i)) {
            counts[manifest->nodes.data[i]->type]++;
        }
    }
}

static bool has_singular_test(const Session *session)
{
    for (VEC_EACH(const NodePtr, it, &session->manifest->nodes)) {
        if (node_is_test(*it) && (*it)->test == NULL) {
            return true;
        }
    }
    return false;
}

/* In the order in which dbt meets them: it reads generic tests last. */
static void add_types(const Session *session, size_t *counts, StrBuf *out)
{
    static const ResourceType order[] = {
        RESOURCE_MODEL,  RESOURCE_SNAPSHOT,  RESOURCE_ANALYSIS, RESOURCE_TEST,
        RESOURCE_SEED,   RESOURCE_OPERATION, RESOURCE_TEST,     RESOURCE_INLINE,
        RESOURCE_SOURCE, RESOURCE_EXPOSURE,
    };
    bool tests_first = has_singular_test(session);
    for (size_t i = 0; i < ARRAY_LEN(order); i++) {
        ResourceType type = order[i];
        bool waits = type == RESOURCE_TEST && !tests_first;
        if (counts[type] > 0 && !waits) {
            const char *one =
                type == RESOURCE_INLINE ? "sql operation" : resource_type_name(type).data;
            add_count(out, counts[type], one, resource_type_plural(type).data);
            counts[type] = 0;
        }
        tests_first = tests_first || type == RESOURCE_OPERATION;
    }
}

void console_found(const Session *session, const NodeSet *selected)
{
    AUTO_FREE(arena) Arena *arena = arena_new("console");
    size_t counts[RESOURCE_TYPE_COUNT] = {0};
    StrBuf found = strbuf_init(arena, LIMIT_ERROR_BYTES);
    count_types(session, is_dbt(session) ? NULL : selected, counts);
    if (is_dbt(session)) {
        counts[RESOURCE_INLINE] += session->options->inline_code != NULL;
        add_types(session, counts, &found);
        add_count(&found, session->manifest->macros.len, "macro", "macros");
        if (session->manifest->groups.len > 0) {
            add_count(&found, session->manifest->groups.len, "group", "groups");
        }
    } else if (selected != NULL) {
        if (counts[RESOURCE_MODEL] > 0 || counts[RESOURCE_TEST] == 0) {
            add_count(&found, counts[RESOURCE_MODEL], "model", "models");
        }
        if (counts[RESOURCE_TEST] > 0) {
            add_count(&found, counts[RESOURCE_TEST], "test", "tests");
        }
    } else {
        add_count(&found, counts[RESOURCE_MODEL], "model", "models");
        add_count(&found, counts[RESOURCE_TEST], "test", "tests");
        add_count(&found, counts[RESOURCE_SNAPSHOT], "snapshot", "snapshots");
    }
    if (!is_dbt(session) && counts[RESOURCE_SEED] > 0) {
        add_count(&found, counts[RESOURCE_SEED], "seed", "seeds");
    }
    say(session, "FoundStats", LOG_INFO,
        str_printf(arena, "Found " STR_FMT, STR_ARG(strbuf_str(&found))));
}

void console_concurrency(const Session *session, size_t threads)
{
    AUTO_FREE(arena) Arena *arena = arena_new("console");
    Str target = is_dbt(session) ? str_printf(arena, " (target='" STR_FMT "')",
                                              STR_ARG(session->profile->target))
                                 : STR("");
    console_blank(session);
    say(session, "ConcurrencyLine", LOG_INFO,
        str_printf(arena, "Concurrency: %zu threads" STR_FMT, threads, STR_ARG(target)));
    console_blank(session);
}

/* ---- Node lines ---- */

/* Up to where the brackets stand. */
static void add_dots(const Session *session, StrBuf *line)
{
    const Reporter *reporter = session->reporter;
    size_t width = reporter->width > 0 ? reporter->width : layouts[reporter->style].width;
    if (line->len < width) {
        strbuf_add_repeat(line, '.', width - line->len);
    }
}

/* "1 of 15 START sql view model staging.stg_x " and dots up to the width, then what stands in the
 * brackets. */
void console_node_line(const Session *session, ReportEvent event, Str text, Str bracket)
{
    AUTO_FREE(arena) Arena *arena = arena_new("console");
    StrBuf line = strbuf_init(arena, LIMIT_CONFIG_BYTES);
    strbuf_printf(&line, "%zu of %zu " STR_FMT " ", event.index, event.total, STR_ARG(text));
    add_dots(session, &line);
    strbuf_printf(&line, " [" STR_FMT "]", STR_ARG(bracket));
    event.text = strbuf_str(&line);
    report_event(session, &event);
}

/* How lines call what is no test. */
typedef struct NodeWords {
    const char *what; /* NULL: "sql <materialized> model" */
    const char *done;
    const char *failed;
} NodeWords;

static const NodeWords model_words = {NULL, "OK created", "ERROR creating"};
static const NodeWords seed_words = {"seed file", "OK loaded", "ERROR loading"};
static const NodeWords snapshot_words = {"snapshot", "OK snapshotted", "ERROR snapshotting"};

static const NodeWords *words_of(const Node *node)
{
    return node->type == RESOURCE_SEED       ? &seed_words
           : node->type == RESOURCE_SNAPSHOT ? &snapshot_words
                                             : &model_words;
}

/* "sql view model staging.stg_x", "test unique_x_id" */
static Str describe(const Session *session, Arena *arena, const Node *node)
{
    if (node_is_test(node)) {
        return str_printf(arena, "test " STR_FMT, STR_ARG(node->name));
    }
    Str relation = node_display_relation(node, session->profile->database, arena);
    const char *what = words_of(node)->what;
    if (what != NULL) {
        return str_printf(arena, "%s " STR_FMT, what, STR_ARG(relation));
    }
    Str materialized = node_materialized(node);
    return str_printf(arena, "sql " STR_FMT " model " STR_FMT, STR_ARG(materialized),
                      STR_ARG(relation));
}

void console_start(const Session *session, const Node *node, size_t index, size_t total)
{
    AUTO_FREE(arena) Arena *arena = arena_new("console");
    Str what = describe(session, arena, node);
    Str text = str_printf(arena, "START " STR_FMT, STR_ARG(what));
    ReportEvent event = {.name = "LogStartLine",
                         .level = LOG_INFO,
                         .node = node->unique_id,
                         .status = STR("started"),
                         .index = index,
                         .total = total};
    console_node_line(session, event, text, STR("RUN"));
}

Str console_duration(const Session *session, Arena *arena, int64_t elapsed_us)
{
    return str_printf(arena, "%.*fs", layouts[session->reporter->style].decimals,
                      (double)elapsed_us / 1e6);
}

static void console_test_end(const Session *session, const NodeResult *result, size_t index,
                             size_t total)
{
    AUTO_FREE(arena) Arena *arena = arena_new("console");
    Str word = str_upper_ascii(arena, node_status_text(result->status));
    bool counted = result->status == STATUS_FAIL || result->status == STATUS_WARN;
    if (counted) {
        word = str_printf(arena, STR_FMT " %lld", STR_ARG(word), (long long)result->failures);
    }
    Str text = str_printf(arena, STR_FMT " " STR_FMT, STR_ARG(word), STR_ARG(result->node->name));
    Str time = console_duration(session, arena, result->elapsed_us);
    Str bracket = str_printf(arena, STR_FMT " in " STR_FMT, STR_ARG(word), STR_ARG(time));
    LogLevel level = result->status == STATUS_PASS   ? LOG_INFO
                     : result->status == STATUS_WARN ? LOG_WARNING
                                                     : LOG_ERROR;
    ReportEvent event = {.name = "LogTestResult",
                         .level = level,
                         .node = result->node->unique_id,
                         .status = node_status_text(result->status),
                         .index = index,
                         .total = total,
                         .elapsed_us = result->elapsed_us};
    console_node_line(session, event, text, bracket);
}

/* "CANCEL query model.p.x .... [CANCEL]" */
static void console_cancelled(const Session *session, const NodeResult *result)
{
    AUTO_FREE(arena) Arena *arena = arena_new("console");
    StrBuf line = strbuf_init(arena, LIMIT_CONFIG_BYTES);
    strbuf_printf(&line, "CANCEL query " STR_FMT " ", STR_ARG(result->node->unique_id));
    add_dots(session, &line);
    strbuf_add_c(&line, " [CANCEL]");
    ReportEvent event = {.name = "LogCancelLine",
                         .level = LOG_ERROR,
                         .node = result->node->unique_id,
                         .text = strbuf_str(&line)};
    report_event(session, &event);
}

void console_end(const Session *session, const NodeResult *result, size_t index, size_t total)
{
    if (result->interrupted) {
        console_cancelled(session, result);
    }
    if (node_is_test(result->node)) {
        console_test_end(session, result, index, total);
        return;
    }
    AUTO_FREE(arena) Arena *arena = arena_new("console");
    bool failed = result->status == STATUS_ERROR || result->interrupted;
    Str what = describe(session, arena, result->node);
    const NodeWords *words = words_of(result->node);
    if (result->node->type == RESOURCE_SNAPSHOT) { /* the verb says what it is */
        what = node_display_relation(result->node, session->profile->database, arena);
    }
    Str text =
        str_printf(arena, "%s " STR_FMT, failed ? words->failed : words->done, STR_ARG(what));
    Str time = console_duration(session, arena, result->elapsed_us);
    Str ended = failed ? STR("ERROR")
                : str_is(result->message, "OK")
                    ? str_from(layouts[session->reporter->style].success)
                    : result->message;
    Str bracket = str_printf(arena, STR_FMT " in " STR_FMT, STR_ARG(ended), STR_ARG(time));
    ReportEvent event = {.name = "LogModelResult",
                         .level = failed ? LOG_ERROR : LOG_INFO,
                         .node = result->node->unique_id,
                         .status = node_status_text(result->status),
                         .index = index,
                         .total = total,
                         .elapsed_us = result->elapsed_us};
    console_node_line(session, event, text, bracket);
}

void console_no_op(const Session *session, const Node *node, size_t index, size_t total)
{
    AUTO_FREE(arena) Arena *arena = arena_new("console");
    Str type = resource_type_name(node->type);
    Str text = str_printf(arena, "NO-OP " STR_FMT " " STR_FMT, STR_ARG(type), STR_ARG(node->name));
    Str time = console_duration(session, arena, 0);
    ReportEvent event = {.name = "LogNodeNoOpResult",
                         .level = LOG_INFO,
                         .node = node->unique_id,
                         .status = node_status_text(STATUS_NO_OP),
                         .index = index,
                         .total = total};
    console_node_line(session, event, text, str_printf(arena, "NO-OP in " STR_FMT, STR_ARG(time)));
}

/* ---- What went wrong with a node ---- */

static void compiled_line(const Session *session, Arena *arena, const NodeResult *result)
{
    if (result->compiled_path.len > 0) {
        console_blank(session);
        say(session, "SQLCompiledPath", LOG_INFO,
            str_printf(arena, "  compiled code at " STR_FMT, STR_ARG(result->compiled_path)));
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
    say(session, "CheckNodeTestFailure", LOG_INFO,
        str_printf(arena, "  See test failures:\n  %s\n  " STR_FMT "\n  %s", dashes, STR_ARG(query),
                   dashes));
}

static void failure_lines(const Session *session, Arena *arena, const NodeResult *result)
{
    bool warning = result->status == STATUS_WARN;
    Str label = node_label(result->node, arena);
    say(session, warning ? "RunResultWarning" : "RunResultFailure",
        warning ? LOG_WARNING : LOG_ERROR,
        str_printf(arena, "%s in " STR_FMT, warning ? "Warning" : "Failure", STR_ARG(label)));
    say(session, "RunResultError", warning ? LOG_WARNING : LOG_ERROR,
        str_printf(arena, "%s" STR_FMT, warning ? "" : "  ", STR_ARG(result->message)));
    if (!is_dbt(session) && result->hint.len > 0) {
        say(session, "RunResultHint", LOG_INFO,
            str_printf(arena, "  " STR_FMT, STR_ARG(result->hint)));
    }
}

static void failure_block(const Session *session, Arena *arena, const NodeResult *result)
{
    console_blank(session);
    failure_lines(session, arena, result);
    compiled_line(session, arena, result);
    failures_query(session, arena, result);
}

void console_skip(const Session *session, const NodeResult *result, const NodeResult *ephemeral,
                  size_t index, size_t total)
{
    AUTO_FREE(arena) Arena *arena = arena_new("console");
    const Node *node = result->node;
    bool relational = resource_type_is_refable(node->type);
    Str name =
        relational ? node_display_relation(node, session->profile->database, arena) : node->name;
    Str type = relational ? STR("relation") : resource_type_name(node->type);
    Str text = str_printf(arena, "SKIP " STR_FMT " " STR_FMT "%s", STR_ARG(type), STR_ARG(name),
                          ephemeral != NULL ? " due to ephemeral model status 'error'" : "");
    ReportEvent event = {.name = "SkippingDetails",
                         .level = ephemeral != NULL ? LOG_ERROR : LOG_INFO,
                         .node = node->unique_id,
                         .status = STR("skipped"),
                         .index = index,
                         .total = total};
    console_node_line(session, event, text, ephemeral != NULL ? STR("ERROR SKIP") : STR("SKIP"));
    if (ephemeral != NULL) {
        failure_lines(session, arena, ephemeral);
    }
}

/* ---- Hooks of the run ---- */

void console_hook_start(const Session *session, const Node *node, Str name, size_t index,
                        size_t total)
{
    AUTO_FREE(arena) Arena *arena = arena_new("console");
    ReportEvent event = {.name = "LogHookStartLine",
                         .level = LOG_INFO,
                         .node = node->unique_id,
                         .status = STR("started"),
                         .index = index,
                         .total = total};
    Str text = str_printf(arena, "START hook: " STR_FMT, STR_ARG(name));
    console_node_line(session, event, text, STR("RUN"));
}

void console_hook_end(const Session *session, const NodeResult *result, Str name, size_t index,
                      size_t total)
{
    AUTO_FREE(arena) Arena *arena = arena_new("console");
    Str word = result->status == STATUS_ERROR     ? STR("ERROR")
               : result->status == STATUS_SKIPPED ? STR("SKIP")
                                                  : STR("OK");
    Str time = console_duration(session, arena, result->elapsed_us);
    ReportEvent event = {.name = "LogHookEndLine",
                         .level = result->status == STATUS_ERROR ? LOG_ERROR : LOG_INFO,
                         .node = result->node->unique_id,
                         .status = node_status_text(result->status),
                         .index = index,
                         .total = total,
                         .elapsed_us = result->elapsed_us};
    Str text = str_printf(arena, STR_FMT " hook: " STR_FMT, STR_ARG(word), STR_ARG(name));
    Str bracket = str_printf(arena, STR_FMT " in " STR_FMT, STR_ARG(word), STR_ARG(time));
    console_node_line(session, event, text, bracket);
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
        *out_text = is_dbt(session) ? STR("data test") : STR("test");
        return;
    }
    if (node->type != RESOURCE_MODEL) {
        bool hook = node->type == RESOURCE_OPERATION;
        *out_key = hook ? STR("project hook") : resource_type_name(node->type);
        *out_text = *out_key;
        return;
    }
    *out_key = str_printf(arena, STR_FMT " model", STR_ARG(materialized));
    bool plain = str_is(materialized, "view") || str_is(materialized, "table");
    *out_text = !is_dbt(session) && plain ? materialized : *out_key;
}

static Str finished_counts(const Session *session, Arena *arena, const NodeResultVec *results)
{
    KindCounts kinds = {0};
    for (VEC_EACH(const NodeResult, it, results)) {
        Str key, text;
        kind_of(session, arena, it->node, &key, &text);
        count_kind(arena, &kinds, key, text);
    }
    if (is_dbt(session) && kinds.len > 0) {
        qsort(kinds.data, kinds.len, sizeof(*kinds.data), compare_kinds);
    }
    StrBuf text = strbuf_init(arena, LIMIT_ERROR_BYTES);
    for (VEC_EACH(KindCount, it, &kinds)) {
        bool one_test = it->count == 1 && str_is(it->key, "test");
        strbuf_printf(&text, "%s%zu " STR_FMT "%s", text.len > 0 ? ", " : "", it->count,
                      STR_ARG(one_test ? it->key : it->text), it->count == 1 ? "" : "s");
    }
    return strbuf_str(&text);
}

static Str elapsed_text(const Session *session, Arena *arena, int64_t elapsed_us)
{
    double seconds = (double)elapsed_us / 1e6;
    if (!is_dbt(session)) {
        return str_printf(arena, "%.1fs", seconds);
    }
    long long whole = (long long)seconds, minutes = whole / 60;
    return str_printf(arena, "%lld hours %lld minutes and %.2f seconds (%.2fs)", minutes / 60,
                      minutes % 60, seconds - 60.0 * (double)minutes, seconds);
}

static void completed_line(const Session *session, Arena *arena, size_t errors, size_t warnings,
                           bool cancelled)
{
    Str text = STR("Completed successfully");
    LogLevel level = LOG_INFO;
    if (cancelled) {
        text = STR("Exited because of keyboard interrupt");
        level = LOG_WARNING;
    } else if (errors > 0) {
        text = str_printf(
            arena, "Completed with %zu error%s, 0 partial successes, and %zu warning%s:", errors,
            errors == 1 ? "" : "s", warnings, warnings == 1 ? "" : "s");
        level = LOG_ERROR;
    } else if (warnings > 0) {
        text =
            str_printf(arena, "Completed with %zu warning%s:", warnings, warnings == 1 ? "" : "s");
        level = LOG_WARNING;
    }
    console_blank(session);
    say(session, "EndOfRunSummary", level, text);
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

void console_failed_fast(const Session *session, const NodeResultVec *results)
{
    AUTO_FREE(arena) Arena *arena = arena_new("console");
    for (VEC_EACH(const NodeResult, it, results)) {
        if (is_failure(it)) {
            failure_block(session, arena, it);
        }
    }
}

void console_finished(const Session *session, const NodeResultVec *results, int64_t elapsed_us)
{
    AUTO_FREE(arena) Arena *arena = arena_new("console");
    Str finished = finished_counts(session, arena, results);
    Str elapsed = elapsed_text(session, arena, elapsed_us);
    console_blank(session);
    say(session, "FinishedRunningStats", LOG_INFO,
        str_printf(arena, "Finished running " STR_FMT " in " STR_FMT ".", STR_ARG(finished),
                   STR_ARG(elapsed)));
}

void console_summary(const Session *session, const NodeResultVec *results, int64_t elapsed_us,
                     const TransformCounts *counts, bool cancelled)
{
    AUTO_FREE(arena) Arena *arena = arena_new("console");
    console_finished(session, results, elapsed_us);
    completed_line(session, arena, count_errors(results), counts->warn, cancelled);
    for (int pass = 0; pass < 2; pass++) {
        for (VEC_EACH(const NodeResult, it, results)) {
            if (pass == 0 ? is_failure(it) : it->status == STATUS_WARN) {
                failure_block(session, arena, it);
            }
        }
    }
    console_blank(session);
    Str no_op = is_dbt(session) ? str_printf(arena, " NO-OP=%zu", counts->no_op) : STR("");
    say(session, "StatsLine", LOG_INFO,
        str_printf(arena, "Done. PASS=%zu WARN=%zu ERROR=%zu SKIP=%zu" STR_FMT " TOTAL=%zu",
                   counts->pass, counts->warn, counts->error, counts->skip, STR_ARG(no_op),
                   counts->total));
}
