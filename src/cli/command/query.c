/* dango query "SQL": read-only SQL on the warehouse, as a table, CSV or JSON. */
#include "base/limits.h"
#include "cli/app.h"
#include "cli/command/all.h"
#include "value/json_writer.h"
#include "warehouse/warehouse.h"

static const char *const formats[] = {"table", "csv", "json", NULL};

static const FlagDef flags[] = {
    {.name = "format",
     .letter = 'f',
     .kind = FLAG_TEXT,
     .value = "FORMAT",
     .choices = formats,
     .help = "how to print the rows"},
    {.name = "limit",
     .kind = FLAG_INT,
     .value = "N",
     .min = 0,
     .help = "print at most N rows; 100 on a terminal, else all"},
    {0},
};

/* Prints rows as they come; `begin` and `end` may be NULL. */
typedef struct RowPrinter {
    void (*begin)(App *app, const Result *result);
    void (*row)(App *app, const Chunk *chunk, size_t row, bool first);
    void (*end)(App *app, bool any);
} RowPrinter;

static void print_csv_cell(App *app, Str text)
{
    bool quoted = false;
    for (size_t i = 0; i < text.len && !quoted; i++) {
        char c = text.data[i];
        quoted = c == ',' || c == '"' || c == '\n' || c == '\r';
    }
    if (!quoted) {
        fwrite(text.data, 1, text.len, app->out.file);
        return;
    }
    fputc('"', app->out.file);
    for (size_t i = 0; i < text.len; i++) {
        fputs(text.data[i] == '"' ? "\"" : "", app->out.file);
        fputc(text.data[i], app->out.file);
    }
    fputc('"', app->out.file);
}

static void begin_csv(App *app, const Result *result)
{
    for (size_t i = 0; i < result_column_count(result); i++) {
        fputs(i > 0 ? "," : "", app->out.file);
        print_csv_cell(app, result_column(result, i)->name);
    }
    fputc('\n', app->out.file);
}

static void row_csv(App *app, const Chunk *chunk, size_t row, bool first)
{
    (void)first;
    for (size_t i = 0; i < chunk->column_count; i++) {
        ArenaMark mark = arena_mark(app->arena);
        fputs(i > 0 ? "," : "", app->out.file);
        const Column *column = &chunk->columns[i];
        if (!column_is_null(column, row)) {
            print_csv_cell(app, column_text(column, row, app->arena));
        }
        arena_rewind(app->arena, mark);
    }
    fputc('\n', app->out.file);
}

/* Numbers and booleans as such, everything else as the text the database prints. */
static void print_json_cell(App *app, const Column *column, size_t row)
{
    Str text = column_is_null(column, row) ? STR("null") : column_text(column, row, app->arena);
    bool bare = column_is_null(column, row) || column->type.kind == COLUMN_BOOL ||
                column->type.kind == COLUMN_JSON ||
                (column_kind_is_number(column->type.kind) && !str_eq(text, STR("nan")) &&
                 !str_ends_with(text, STR("inf")));
    if (bare) {
        fwrite(text.data, 1, text.len, app->out.file);
        return;
    }
    StrBuf quoted = strbuf_init(app->arena, LIMIT_JSON_BYTES);
    json_write_string(&quoted, text, &json_style_compact);
    fwrite(quoted.data, 1, quoted.len, app->out.file);
}

static void begin_json(App *app, const Result *result)
{
    (void)result;
    fputs("[", app->out.file);
}

static void row_json(App *app, const Chunk *chunk, size_t row, bool first)
{
    ArenaMark mark = arena_mark(app->arena);
    fputs(first ? "\n  {" : ",\n  {", app->out.file);
    for (size_t i = 0; i < chunk->column_count; i++) {
        StrBuf name = strbuf_init(app->arena, LIMIT_JSON_BYTES);
        json_write_string(&name, chunk->columns[i].name, &json_style_compact);
        fprintf(app->out.file, "%s" STR_FMT ": ", i > 0 ? ", " : "", STR_ARG(strbuf_str(&name)));
        print_json_cell(app, &chunk->columns[i], row);
    }
    fputs("}", app->out.file);
    arena_rewind(app->arena, mark);
}

static void end_json(App *app, bool any)
{
    fputs(any ? "\n]\n" : "]\n", app->out.file);
}

static const RowPrinter printer_csv = {.begin = begin_csv, .row = row_csv};
static const RowPrinter printer_json = {.begin = begin_json, .row = row_json, .end = end_json};

static Error *print_stream(App *app, Result *result, const RowPrinter *printer, int64_t limit)
{
    int64_t printed = 0;
    printer->begin(app, result);
    for (const Chunk *chunk;;) {
        TRY(result_next(result, &chunk));
        if (chunk == NULL || printed >= limit) {
            break;
        }
        for (size_t row = 0; row < chunk->row_count && printed < limit; row++) {
            printer->row(app, chunk, row, printed == 0);
            printed++;
        }
        TRY(cancel_check(app->cancel));
    }
    if (printer->end != NULL) {
        printer->end(app, printed > 0);
    }
    return NULL;
}

static Table table_of(App *app, const Result *result)
{
    size_t columns = result_column_count(result);
    const char **headings = ARENA_ARRAY(app->arena, const char *, columns);
    unsigned right_aligned = 0;
    for (size_t i = 0; i < columns; i++) {
        const Column *column = result_column(result, i);
        headings[i] = str_to_c(app->arena, column->name);
        if (i < 32 && column_kind_is_number(column->type.kind)) {
            right_aligned |= 1U << i;
        }
    }
    return table_init(app->arena, headings, columns, right_aligned);
}

/* Widths are known only when all rows are there, so a table holds its rows; in a pipe nothing has
 * to be aligned and the rows go out chunk by chunk. */
static Error *print_table(App *app, Result *result, int64_t limit)
{
    Table table = table_of(app, result);
    int64_t seen = 0; /* rows that came, printed or not */
    for (const Chunk *chunk; seen <= limit;) {
        TRY(result_next(result, &chunk));
        if (chunk == NULL) {
            break;
        }
        for (size_t row = 0; row < chunk->row_count && seen++ < limit; row++) {
            for (size_t i = 0; i < chunk->column_count; i++) {
                const Column *column = &chunk->columns[i];
                bool is_null = column_is_null(column, row);
                table_add(&table, is_null ? STR("") : column_text(column, row, app->arena));
            }
        }
        if (!app->out.is_terminal) {
            table_print_part(&table, &app->out);
        }
        TRY(cancel_check(app->cancel));
    }
    table_print(&table, &app->out);
    if (seen > limit && app->out.is_terminal) {
        term_printf(&app->out, "... more than %lld rows; --limit shows more\n", (long long)limit);
    }
    return NULL;
}

static Error *run_query(App *app, const Invocation *invocation)
{
    Str format = invocation_text(invocation, "format");
    if (format.data == NULL) {
        format = app->json ? STR("json") : STR("table");
    }
    int64_t usual = app->out.is_terminal && str_is(format, "table") ? 100 : INT64_MAX;
    int64_t limit = invocation_int(invocation, "limit", usual);
    AUTO_FREE(warehouse) Warehouse *warehouse = NULL;
    TRY(app_open_warehouse(app, APP_READ, &warehouse));
    AUTO_FREE(connection) Connection *connection = NULL;
    TRY(connection_open(warehouse, &connection));
    connection_set_cancel(connection, app->cancel);
    AUTO_FREE(result) Result *result = NULL;
    Str sql = str_join(app->arena, invocation->args.data, invocation->args.len, STR(" "));
    TRY(connection_query(connection, sql, NULL, 0, &result));
    if (str_is(format, "table")) {
        return print_table(app, result, limit);
    }
    return print_stream(app, result, str_is(format, "csv") ? &printer_csv : &printer_json, limit);
}

const CommandDef command_query = {
    .path = "query",
    .programs = PROGRAM_DANGO,
    .needs = NEEDS_PROJECT,
    .args_kind = ARGS_SOME,
    .args = "SQL",
    .summary = "run read-only SQL on the warehouse",
    .examples = "dango query \"from staging.stg_sales limit 10\"\n"
                "dango query --format csv \"select * from marts.fct_orders\" > orders.csv\n"
                "dango query --json \"show all tables\"",
    .flags = flags,
    .run = run_query,
};
