#include "transform/console/console.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/limits.h"
#include "transform/artifact/result_value.h"
#include "transform/console/console_internal.h"
#include "transform/console/deprecation.h"
#include "transform/parse/deprecated.h"
#include "transform/python/text.h"
#include "transform/run/microbatch.h"

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

bool console_is_dbt(const Session *session)
{
    return session->reporter->style == REPORT_DBT;
}

void console_say(const Session *session, const char *name, LogLevel level, Str text)
{
    ReportEvent event = {.name = name, .level = level, .text = text};
    report_event(session, &event);
}

Str console_paint(const Session *session, Arena *arena, ConsoleColor color, Str text)
{
    static const char *const codes[] = {
        [COLOR_GREEN] = "\x1b[32m", [COLOR_YELLOW] = "\x1b[33m", [COLOR_RED] = "\x1b[31m"};
    if (!session->reporter->colors) {
        return text;
    }
    return str_printf(arena, "%s" STR_FMT "\x1b[0m", codes[color], STR_ARG(text));
}

void console_blank(const Session *session)
{
    console_say(session, "Formatting", LOG_INFO, STR(""));
}

void console_version(const Session *session)
{
    enum { LOG_VERSION = 3 };
    ReportField version[] = {{"log_version", value_int(LOG_VERSION)},
                             {"version", value_string(STR("=" TRANSFORM_DBT_VERSION))}};
    ReportEvent event = {.name = "MainReportVersion",
                         .level = LOG_INFO,
                         .text = STR("Running with dbt=" TRANSFORM_DBT_VERSION)};
    CONSOLE_TELL(session, event, version);
    report_deprecated_flags(session);
    if (session->profile != NULL) {
        report_deprecated_project(session, &session->projects.data[0]);
    }
    if (console_is_dbt(session) && session->profile != NULL) {
        ReportField adapter[] = {
            {"adapter_name", value_string(STR("duckdb"))},
            {"adapter_version", value_string(STR("=" TRANSFORM_ADAPTER_VERSION))}};
        event = (ReportEvent){.name = "AdapterRegistered",
                              .level = LOG_INFO,
                              .text = STR("Registered adapter: duckdb=" TRANSFORM_ADAPTER_VERSION)};
        CONSOLE_TELL(session, event, adapter);
    }
    for (size_t i = 1; i < session->projects.len; i++) {
        report_deprecated_project(session, &session->projects.data[i]);
    }
}

void console_nothing(const Session *session)
{
    static const ReportField none[] = {{0}};
    ReportEvent event = {
        .name = "NothingToDo",
        .text = STR("Nothing to do. Try checking your model configs and model specification args"),
        .fields = none};
    report_warning_event(session, &event, false);
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
        RESOURCE_SOURCE, RESOURCE_EXPOSURE,  RESOURCE_METRIC,
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

static void add_queries(const size_t *counts, StrBuf *out)
{
    if (counts[RESOURCE_SEMANTIC_MODEL] > 0) {
        add_count(out, counts[RESOURCE_SEMANTIC_MODEL], "semantic model", "semantic models");
    }
    if (counts[RESOURCE_SAVED_QUERY] > 0) {
        add_count(out, counts[RESOURCE_SAVED_QUERY], "saved query", "saved queries");
    }
}

void console_found(const Session *session, const NodeSet *selected)
{
    AUTO_FREE(arena) Arena *arena = arena_new("console");
    size_t counts[RESOURCE_TYPE_COUNT] = {0};
    StrBuf found = strbuf_init(arena, LIMIT_ERROR_BYTES);
    count_types(session, console_is_dbt(session) ? NULL : selected, counts);
    if (console_is_dbt(session)) {
        counts[RESOURCE_INLINE] += session->options->inline_code != NULL;
        add_types(session, counts, &found);
        add_count(&found, session->manifest->macros.len, "macro", "macros");
        if (session->manifest->groups.len > 0) {
            add_count(&found, session->manifest->groups.len, "group", "groups");
        }
        add_queries(counts, &found);
        if (counts[RESOURCE_UNIT_TEST] > 0) {
            add_count(&found, counts[RESOURCE_UNIT_TEST], "unit test", "unit tests");
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
    if (!console_is_dbt(session) && counts[RESOURCE_SEED] > 0) {
        add_count(&found, counts[RESOURCE_SEED], "seed", "seeds");
    }
    ReportField fields[] = {{"stat_line", value_string(strbuf_str(&found))}};
    ReportEvent event = {.name = "FoundStats",
                         .level = LOG_INFO,
                         .text = str_printf(arena, "Found " STR_FMT, STR_ARG(strbuf_str(&found)))};
    CONSOLE_TELL(session, event, fields);
}

void console_concurrency(const Session *session, size_t threads, size_t nodes)
{
    AUTO_FREE(arena) Arena *arena = arena_new("console");
    Str target = console_is_dbt(session) ? str_printf(arena, " (target='" STR_FMT "')",
                                                      STR_ARG(session->profile->target))
                                         : STR("");
    console_blank(session);
    ReportField fields[] = {{"num_threads", value_int((int64_t)threads)},
                            {"target_name", value_string(session->profile->target)},
                            {"node_count", value_int((int64_t)nodes)}};
    ReportEvent event = {
        .name = "ConcurrencyLine",
        .level = LOG_INFO,
        .text = str_printf(arena, "Concurrency: %zu threads" STR_FMT, threads, STR_ARG(target))};
    CONSOLE_TELL(session, event, fields);
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

Str console_dotted(const Session *session, Arena *arena, const ReportEvent *event, Str text,
                   Str bracket)
{
    StrBuf line = strbuf_init(arena, LIMIT_CONFIG_BYTES);
    strbuf_printf(&line, "%zu of %zu " STR_FMT " ", event->index, event->total, STR_ARG(text));
    add_dots(session, &line);
    strbuf_printf(&line, " [" STR_FMT "]", STR_ARG(bracket));
    return strbuf_str(&line);
}

void console_node_line(const Session *session, ReportEvent event, Str text, Str bracket)
{
    AUTO_FREE(arena) Arena *arena = arena_new("console");
    event.text = console_dotted(session, arena, &event, text, bracket);
    report_event(session, &event);
}

/* How lines call what is no test. */
typedef struct NodeWords {
    const char *what; /* NULL: "sql <materialized> model" */
    const char *done;
    const char *failed;
    const char *event; /* that tells of the end */
} NodeWords;

static const NodeWords *words_of(const Node *node)
{
    static const NodeWords words[RESOURCE_TYPE_COUNT] = {
        [RESOURCE_MODEL] = {NULL, "OK created", "ERROR creating", "LogModelResult"},
        [RESOURCE_SEED] = {"seed file", "OK loaded", "ERROR loading", "LogSeedResult"},
        [RESOURCE_SNAPSHOT] = {"snapshot", "OK snapshotted", "ERROR snapshotting",
                               "LogSnapshotResult"},
        [RESOURCE_FUNCTION] = {"function", "OK created", "ERROR creating", "LogFunctionResult"},
    };
    return words[node->type].event != NULL ? &words[node->type] : &words[RESOURCE_MODEL];
}

/* "unique_x_id", "orders::adds_up" */
static Str test_name(Arena *arena, const Node *node)
{
    return node_is_unit_test(node)
               ? str_printf(arena, STR_FMT "::" STR_FMT, STR_ARG(node->unit_test->model),
                            STR_ARG(node_unit_test_name(node, arena)))
               : node->name;
}

/* "sql view model staging.stg_x", "test unique_x_id" */
static Str describe(const Session *session, Arena *arena, const Node *node)
{
    if (node_is_test(node)) {
        return str_printf(arena, "test " STR_FMT, STR_ARG(node->name));
    }
    if (node_is_unit_test(node)) {
        return str_printf(arena, "unit_test " STR_FMT, STR_ARG(test_name(arena, node)));
    }
    Str relation = node_display_relation(node, session->profile->database, arena);
    const char *what = words_of(node)->what;
    if (what != NULL) {
        return str_printf(arena, "%s " STR_FMT, what, STR_ARG(relation));
    }
    Str materialized =
        microbatch_applies(session, node) ? STR("microbatch") : node_materialized(node);
    return str_printf(arena, STR_FMT " " STR_FMT " model " STR_FMT, STR_ARG(node_language(node)),
                      STR_ARG(materialized), STR_ARG(relation));
}

/* What an event of a node that ended has besides its own members. */
static ReportEvent ended(const char *name, const NodeResult *result, size_t index, size_t total)
{
    const Node *node = result->node;
    bool began = result->compile_started_us != 0;
    int64_t started_us = began ? result->compile_started_us : result->execute_started_us;
    return (ReportEvent){.name = name,
                         .level = LOG_INFO,
                         .node = node->unique_id,
                         .status = node_status_text(result->status),
                         .index = index,
                         .total = total,
                         .elapsed_us = result->elapsed_us,
                         .about = node,
                         .started_us = started_us,
                         .finished_us = started_us + (started_us != 0 ? result->elapsed_us : 0)};
}

#define INDEX_FIELDS(index, total) \
    {"index", value_int((int64_t)(index))}, \
    { \
        "total", value_int((int64_t)(total)) \
    }
#define TIME_FIELD(result) \
    { \
        "execution_time", value_float((double)(result)->elapsed_us / 1e6) \
    }

/* The line of an event with its members. */
static void tell_line(const Session *session, ReportEvent event, Str text, Str bracket,
                      const ReportField *fields, size_t count)
{
    event.fields = fields;
    event.field_count = count;
    console_node_line(session, event, text, bracket);
}

void console_start(const Session *session, const Node *node, size_t index, size_t total,
                   size_t worker)
{
    AUTO_FREE(arena) Arena *arena = arena_new("console");
    Str what = describe(session, arena, node);
    NodeResult result = {.node = node, .compile_started_us = clock_now_us()};
    ReportEvent event = ended("LogStartLine", &result, index, total);
    event.status = STR("started");
    event.finished_us = 0;
    event.thread = result_thread(arena, worker);
    ReportField fields[] = {{"description", value_string(what)}, INDEX_FIELDS(index, total)};
    tell_line(session, event, str_printf(arena, "START " STR_FMT, STR_ARG(what)), STR("RUN"),
              fields, ARRAY_LEN(fields));
}

Str console_duration(const Session *session, Arena *arena, int64_t elapsed_us)
{
    return str_printf(arena, "%.*fs", layouts[session->reporter->style].decimals,
                      (double)elapsed_us / 1e6);
}

Str console_end_bracket(const Session *session, Arena *arena, ConsoleColor color, Str word,
                        int64_t elapsed_us)
{
    Str time = console_duration(session, arena, elapsed_us);
    return str_printf(arena, STR_FMT " in " STR_FMT,
                      STR_ARG(console_paint(session, arena, color, word)), STR_ARG(time));
}

static void console_test_end(const Session *session, const NodeResult *result, size_t index,
                             size_t total)
{
    AUTO_FREE(arena) Arena *arena = arena_new("console");
    const Node *node = result->node;
    Str word = str_upper_ascii(arena, node_status_text(result->status));
    bool counted = result->status == STATUS_FAIL || result->status == STATUS_WARN;
    if (counted) {
        word = str_printf(arena, STR_FMT " %lld", STR_ARG(word), (long long)result->failures);
    }
    Str name = test_name(arena, node);
    ReportEvent event = ended("LogTestResult", result, index, total);
    event.level = result->status == STATUS_PASS   ? LOG_INFO
                  : result->status == STATUS_WARN ? LOG_WARNING
                                                  : LOG_ERROR;
    event.thread = result_thread(arena, result->worker);
    ConsoleColor color = event.level == LOG_INFO      ? COLOR_GREEN
                         : event.level == LOG_WARNING ? COLOR_YELLOW
                                                      : COLOR_RED;
    Str attached = node->test != NULL ? node->test->attached_node : STR("");
    ReportField fields[] = {
        {"name", value_string(name)},
        {"status", value_string(event.status)},
        {"index", value_int((int64_t)index)},
        {"num_models", value_int((int64_t)total)},
        {"num_failures", value_int(result->failures > 0 ? result->failures : 0)},
        TIME_FIELD(result),
        {"attached_node", value_string(attached)}};
    size_t count = ARRAY_LEN(fields) - (attached.len == 0); /* singular tests have none */
    tell_line(session, event, str_printf(arena, STR_FMT " " STR_FMT, STR_ARG(word), STR_ARG(name)),
              console_end_bracket(session, arena, color, word, result->elapsed_us), fields, count);
}

static Str first_line(Str message)
{
    Str rest = message, line = {0};
    (void)str_next_line(&rest, &line);
    return line;
}

/* A map without the entries that hold nothing; anything else as it is. */
static Value without_nulls(Arena *arena, const Value *value)
{
    if (!value_is(value, VALUE_MAP)) {
        return *value;
    }
    ValueMapBuilder map = value_map_begin(arena);
    for (VALUE_EACH_ENTRY(entry, value)) {
        if (!value_is_null(&entry->value)) {
            value_map_put(&map, entry->key, entry->value);
        }
    }
    return value_map_end(&map);
}

/* The configuration of a snapshot as Python prints its values. */
static Value printed_config(Arena *arena, const Value *config)
{
    ValueMapBuilder map = value_map_begin(arena);
    Value told = without_nulls(arena, config);
    for (VALUE_EACH_ENTRY(entry, &told)) {
        Value kept = without_nulls(arena, &entry->value);
        value_map_put(&map, entry->key, value_string(python_str(&kept, arena)));
    }
    return value_map_end(&map);
}

/* The members that the event of its type has. */
static size_t end_fields(Arena *arena, const NodeResult *result, Str what, Str word,
                         const ReportEvent *event, ReportField *out)
{
    const Node *node = result->node;
    bool seed = node->type == RESOURCE_SEED, snapshot = node->type == RESOURCE_SNAPSHOT;
    size_t count = 0;
    const ReportField common[] = {INDEX_FIELDS(event->index, event->total), TIME_FIELD(result)};
    for (size_t i = 0; i < ARRAY_LEN(common); i++) {
        out[count++] = common[i];
    }
    if (seed) {
        out[count++] = (ReportField){"status", value_string(event->status)};
        out[count++] = (ReportField){"schema", value_string(node->schema)};
        out[count++] = (ReportField){"relation", value_string(node->alias)};
    } else if (snapshot) {
        out[count++] = (ReportField){"status", value_string(event->status)};
        out[count++] = (ReportField){"description", value_string(what)};
        out[count++] = (ReportField){"cfg", printed_config(arena, node->config)};
    } else {
        bool as_event = result->status == STATUS_ERROR || node->type == RESOURCE_FUNCTION;
        out[count++] = (ReportField){"status", value_string(as_event ? event->status : word)};
        out[count++] = (ReportField){"description", value_string(what)};
    }
    if (seed || snapshot) {
        Str message =
            result->status == STATUS_ERROR ? first_line(result->message) : result->message;
        out[count++] = (ReportField){"result_message", value_string(message)};
    }
    return count;
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
    ReportField fields[] = {{"conn_name", value_string(result->node->unique_id)}};
    CONSOLE_TELL(session, event, fields);
}

void console_end(const Session *session, const NodeResult *result, size_t index, size_t total)
{
    enum { MOST_FIELDS = 10 };
    if (result->interrupted) {
        console_cancelled(session, result);
    }
    if (node_is_test(result->node) || node_is_unit_test(result->node)) {
        console_test_end(session, result, index, total);
        return;
    }
    AUTO_FREE(arena) Arena *arena = arena_new("console");
    bool failed = result->status == STATUS_ERROR || result->interrupted;
    ResourceType type = result->node->type;
    Str what = describe(session, arena, result->node), shown = what;
    const NodeWords *words = words_of(result->node);
    if (type == RESOURCE_SNAPSHOT) { /* the verb says what it is */
        shown = node_display_relation(result->node, session->profile->database, arena);
    }
    Str word = failed                          ? STR("ERROR")
               : type == RESOURCE_FUNCTION     ? STR("SUCCESS")
               : str_is(result->message, "OK") ? str_from(layouts[session->reporter->style].success)
                                               : result->message;
    ReportEvent event = ended(words->event, result, index, total);
    event.level = failed ? LOG_ERROR : LOG_INFO;
    event.thread = result_thread(arena, result->worker);
    ReportField fields[MOST_FIELDS];
    size_t count =
        end_fields(arena, result, type == RESOURCE_SNAPSHOT ? shown : what, word, &event, fields);
    bool partial = result->status == STATUS_PARTIAL;
    const char *done = partial ? "PARTIALLY created" : failed ? words->failed : words->done;
    ConsoleColor color = partial ? COLOR_YELLOW : failed ? COLOR_RED : COLOR_GREEN;
    tell_line(session, event, str_printf(arena, "%s " STR_FMT, done, STR_ARG(shown)),
              console_end_bracket(session, arena, color, word, result->elapsed_us), fields, count);
}

/* Most are called as in artifacts, words joined by "_". */
static Str spoken_type(const Node *node)
{
    return node->type == RESOURCE_SAVED_QUERY ? STR("saved query") : resource_type_name(node->type);
}

void console_no_op(const Session *session, const Node *node, size_t index, size_t total)
{
    AUTO_FREE(arena) Arena *arena = arena_new("console");
    NodeResult result = {.node = node, .status = STATUS_NO_OP};
    Str what =
        str_printf(arena, STR_FMT " " STR_FMT, STR_ARG(spoken_type(node)), STR_ARG(node->name));
    ReportField fields[] = {{"description", value_string(what)},
                            {"status", value_string(STR("no-op"))},
                            INDEX_FIELDS(index, total),
                            TIME_FIELD(&result)};
    tell_line(session, ended("LogNodeNoOpResult", &result, index, total),
              str_printf(arena, "NO-OP " STR_FMT, STR_ARG(what)),
              console_end_bracket(session, arena, COLOR_YELLOW, STR("NO-OP"), 0), fields,
              ARRAY_LEN(fields));
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
    ReportEvent event = ended("SkippingDetails", result, index, total);
    event.started_us = clock_now_us();
    event.level = ephemeral != NULL ? LOG_ERROR : LOG_INFO;
    event.thread = result_thread(arena, result->worker);
    ReportField fields[] = {{"resource_type", value_string(resource_type_name(node->type))},
                            {"schema", value_string(node->schema)},
                            {"node_name", value_string(relational ? node->alias : node->name)},
                            INDEX_FIELDS(index, total)};
    tell_line(session, event, text,
              ephemeral != NULL ? console_paint(session, arena, COLOR_RED, STR("ERROR SKIP"))
                                : console_paint(session, arena, COLOR_YELLOW, STR("SKIP")),
              fields, ARRAY_LEN(fields));
    if (ephemeral != NULL) {
        console_failure_lines(session, ephemeral);
    }
}

/* ---- Hooks of the run ---- */

void console_hook_start(const Session *session, const Node *node, Str name, size_t index,
                        size_t total)
{
    AUTO_FREE(arena) Arena *arena = arena_new("console");
    NodeResult result = {.node = node, .compile_started_us = clock_now_us()};
    ReportEvent event = ended("LogHookStartLine", &result, index, total);
    event.status = STR("started");
    event.finished_us = 0;
    ReportField fields[] = {{"statement", value_string(name)}, INDEX_FIELDS(index, total)};
    tell_line(session, event, str_printf(arena, "START hook: " STR_FMT, STR_ARG(name)), STR("RUN"),
              fields, ARRAY_LEN(fields));
}

void console_hook_end(const Session *session, const NodeResult *result, Str name, size_t index,
                      size_t total)
{
    AUTO_FREE(arena) Arena *arena = arena_new("console");
    bool failed = result->status == STATUS_ERROR, skipped = result->status == STATUS_SKIPPED;
    Str word = failed ? STR("ERROR") : skipped ? STR("SKIP") : STR("OK");
    ReportEvent event = ended("LogHookEndLine", result, index, total);
    event.level = failed ? LOG_ERROR : LOG_INFO;
    ReportField fields[] = {{"statement", value_string(name)},
                            {"status", value_string(event.status)},
                            INDEX_FIELDS(index, total),
                            TIME_FIELD(result)};
    ConsoleColor color = failed ? COLOR_RED : skipped ? COLOR_YELLOW : COLOR_GREEN;
    tell_line(session, event,
              str_printf(arena, STR_FMT " hook: " STR_FMT, STR_ARG(word), STR_ARG(name)),
              console_end_bracket(session, arena, color, word, result->elapsed_us), fields,
              ARRAY_LEN(fields));
}
