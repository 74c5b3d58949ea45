/* The lines of batches of microbatch models. */
#include "base/clock.h"
#include "transform/artifact/result_value.h"
#include "transform/console/console_internal.h"

static Str describe(const Session *session, Arena *arena, const Node *node, Str start)
{
    Str relation = node_display_relation(node, session->profile->database, arena);
    return str_printf(arena, "batch " STR_FMT " of " STR_FMT, STR_ARG(start), STR_ARG(relation));
}

/* "Batch 1 of 3 START batch 2024-01-01 of main.orders ..... [RUN]" */
static void tell(const Session *session, Arena *arena, ReportEvent event, Str text, Str bracket)
{
    Str line = console_dotted(session, arena, &event, text, bracket);
    event.text = str_printf(arena, "Batch " STR_FMT, STR_ARG(line));
    report_event(session, &event);
}

void console_batch_start(const Session *session, const Node *node, Str start, size_t index,
                         size_t total)
{
    AUTO_FREE(arena) Arena *arena = arena_new("console");
    Str what = describe(session, arena, node, start);
    ReportField fields[] = {{"description", value_string(what)},
                            {"batch_index", value_int((int64_t)index)},
                            {"total_batches", value_int((int64_t)total)}};
    ReportEvent event = {.name = "LogStartBatch",
                         .level = LOG_INFO,
                         .node = node->unique_id,
                         .status = STR("started"),
                         .index = index,
                         .total = total,
                         .about = node,
                         .started_us = clock_now_us(),
                         .fields = fields,
                         .field_count = ARRAY_LEN(fields)};
    tell(session, arena, event, str_printf(arena, "START " STR_FMT, STR_ARG(what)), STR("RUN"));
}

void console_batch_end(const Session *session, const NodeResult *result, Str start, size_t index,
                       size_t total)
{
    AUTO_FREE(arena) Arena *arena = arena_new("console");
    bool failed = result->status == STATUS_ERROR, skipped = result->status == STATUS_SKIPPED;
    Str what = describe(session, arena, result->node, start);
    Str word = failed ? STR("ERROR") : skipped ? STR("SKIPPED") : result->message;
    const char *done = failed ? "ERROR creating" : skipped ? "SKIP" : "OK created";
    ReportField fields[] = {{"description", value_string(what)},
                            {"status", value_string(word)},
                            {"batch_index", value_int((int64_t)index)},
                            {"total_batches", value_int((int64_t)total)},
                            {"execution_time", value_float((double)result->elapsed_us / 1e6)}};
    ReportEvent event = {.name = "LogBatchResult",
                         .level = failed ? LOG_ERROR : LOG_INFO,
                         .node = result->node->unique_id,
                         .status = node_status_text(result->status),
                         .index = index,
                         .total = total,
                         .elapsed_us = result->elapsed_us,
                         .about = result->node,
                         .thread = result_thread(arena, result->worker),
                         .fields = fields,
                         .field_count = ARRAY_LEN(fields)};
    ConsoleColor color = failed ? COLOR_RED : skipped ? COLOR_YELLOW : COLOR_GREEN;
    tell(session, arena, event, str_printf(arena, "%s " STR_FMT, done, STR_ARG(what)),
         console_end_bracket(session, arena, color, word, result->elapsed_us));
}
