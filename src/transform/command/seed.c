/* dbt seed --show: rows of what was loaded. */
#include "base/limits.h"
#include "transform/command/command.h"
#include "transform/console/console.h"
#include "transform/console/console_internal.h"
#include "transform/console/show.h"
#include "transform/run/compile.h"

enum { SAMPLE_ROWS = 10 };

static void tell_heading(const Session *session, const Node *node)
{
    AUTO_FREE(arena) Arena *arena = arena_new("sample");
    Str text = str_printf(arena, "Random sample of table: " STR_FMT "." STR_FMT,
                          STR_ARG(node->schema), STR_ARG(node->alias));
    StrBuf line = strbuf_init(arena, LIMIT_ERROR_BYTES);
    strbuf_add_repeat(&line, '-', text.len);
    ReportField fields[] = {{"header", value_string(text)}};
    ReportEvent event = {.name = "SeedHeader", .level = LOG_INFO, .text = text};
    console_blank(session);
    CONSOLE_TELL(session, event, fields);
    console_say(session, "Formatting", LOG_INFO, strbuf_str(&line));
}

static Error *show_rows(const Worker *worker, const Node *node)
{
    AUTO_FREE(arena) Arena *arena = arena_new("sample");
    AUTO_FREE(result) Result *result = NULL;
    Str text;
    Str sql = str_printf(arena, "select * from " STR_FMT " order by random() limit %d",
                         STR_ARG(node->relation_name), SAMPLE_ROWS + 1);
    TRY(connection_query(worker->connection, sql, NULL, 0, &result));
    TRY(show_sample(result, arena, SAMPLE_ROWS, &text));
    tell_heading(worker->session, node);
    report_print(worker->session, str_trim_end(text));
    console_blank(worker->session);
    return NULL;
}

Error *command_show_seeds(Session *session, const RunOutcome *outcome)
{
    Worker worker = {0};
    Error *err = worker_open(&worker, session, 0);
    for (size_t i = 0; err == NULL && i < outcome->results.len; i++) {
        const NodeResult *result = &outcome->results.data[i];
        if (result->status == STATUS_SUCCESS) {
            err = show_rows(&worker, result->node);
        }
    }
    worker_close(&worker);
    return err;
}
