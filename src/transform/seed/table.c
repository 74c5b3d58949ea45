#include "transform/seed/table.h"

#include "base/fs.h"
#include "base/limits.h"
#include "base/number.h"
#include "base/unicode.h"
#include "transform/seed/csv_rows.h"
#include "transform/seed/type.h"

Str seed_file_path(const Session *session, Arena *arena, const Node *seed)
{
    const ProjectFileDef *project = session_project(session, seed->package);
    return fs_join(arena, project->root, seed->original_path);
}

/* ---- Columns ---- */

/* "a", ..., "z", "aa": what a column without a name is called. */
static Str letter_name(Arena *arena, size_t index)
{
    StrBuf name = strbuf_init(arena, LIMIT_NAME_BYTES);
    strbuf_add_repeat(&name, (char)('a' + index % 26), index / 26 + 1);
    return strbuf_str(&name);
}

/* The names in the first row, a second column of a name with "_2" behind it. */
static JTuple *column_names(JHeap *heap, Arena *scratch, const CsvRow *header)
{
    JTuple *names = jtuple_new(heap, header->cells.len);
    StrMap seen = strmap_init(scratch);
    for (size_t i = 0; i < header->cells.len; i++) {
        const Str *cell = &header->cells.data[i];
        Str given = cell->len > 0 ? *cell : letter_name(scratch, i);
        Str name = given;
        for (int copy = 2; strmap_has(&seen, name); copy++) {
            name = str_printf(scratch, STR_FMT "_%d", STR_ARG(given), copy);
        }
        strmap_set(&seen, name, NULL);
        names->items[i] = jstr_value(heap, name);
    }
    return names;
}

/* What the cells of every column can be read as; those of `typed` (a map, may be NULL) are text. */
static SeedGuess *guess_types(Arena *scratch, const CsvRowVec *rows, const JTuple *names,
                              const Value *typed)
{
    SeedGuess *guesses = ARENA_ARRAY(scratch, SeedGuess, names->len);
    for (size_t i = 0; i < names->len; i++) {
        bool forced = value_find(typed, jstr_str(names->items[i].str)) != NULL;
        guesses[i] = forced ? SEED_GUESS_TEXT : SEED_GUESS_START;
    }
    for (size_t at = 1; at < rows->len; at++) {
        const StrVec *cells = &rows->data[at].cells;
        for (size_t i = 0; i < cells->len && i < names->len; i++) {
            seed_guess_add(&guesses[i], cells->data[i]);
        }
    }
    return guesses;
}

static JTuple *sql_types(JHeap *heap, const SeedGuess *guesses, size_t count)
{
    JTuple *types = jtuple_new(heap, count);
    for (size_t i = 0; i < count; i++) {
        types->items[i] = jstr_value(heap, seed_guess_sql(&guesses[i]));
    }
    return types;
}

/* ---- Cells ---- */

static JValue number_value(JinjaState *s, Str cell)
{
    Str text = seed_number_text(jinja_scratch(s), cell);
    JValue integer = JNONE;
    double number = 0;
    if (jint_from_text(jinja_heap(s), text, 10, &integer)) {
        return integer;
    }
    (void)number_parse_double(text, &number); /* the column's type says that it is one */
    return jfloat(number);
}

static JValue cell_value(JinjaState *s, SeedType type, Str cell)
{
    if (seed_cell_is_null(cell)) {
        return JNONE;
    }
    switch (type) {
    case SEED_NUMBER:
        return number_value(s, cell);
    case SEED_BOOLEAN:
        return jbool(str_eq_nocase(str_trim(cell), STR("true")));
    case SEED_DATE:
    case SEED_DATETIME:
    case SEED_ISO_DATETIME:
        return jstr_value(jinja_heap(s), str_trim(cell));
    case SEED_TEXT:
    case SEED_TYPE_COUNT:
        break;
    }
    return jstr_value(jinja_heap(s), cell);
}

static Error *row_too_long(const Node *seed, const CsvRow *row, size_t index, size_t columns)
{
    Error *err =
        error_as(error_new(ERR_TEMPLATE, "Row %zu has %zu values, but Table only has %zu columns.",
                           index, row->cells.len, columns),
                 "CompilationError");
    return error_hint(err,
                      "at " STR_FMT ":%zu, where '" STR_FMT "' is one too many; quote cells "
                      "that hold the delimiter",
                      STR_ARG(seed->original_path), row->line, STR_ARG(row->cells.data[columns]));
}

/* The rows behind the header, cells that are missing as none. */
static Error *table_rows(JinjaState *s, const Node *seed, const CsvRowVec *rows,
                         const SeedGuess *guesses, size_t columns, JList *out)
{
    for (size_t at = 1; at < rows->len; at++) {
        const CsvRow *row = &rows->data[at];
        if (row->cells.len > columns) {
            return row_too_long(seed, row, at - 1, columns);
        }
        JTuple *cells = jtuple_new(jinja_heap(s), columns);
        for (size_t i = 0; i < columns; i++) {
            bool given = i < row->cells.len;
            cells->items[i] =
                given ? cell_value(s, seed_guess_type(&guesses[i]), row->cells.data[i]) : JNONE;
        }
        jlist_append(out, jtuple_value(cells));
        TRY(jinja_check_items(jlist_len(out)));
    }
    return NULL;
}

/* ---- The file ---- */

static Error *read_text(const Session *session, Arena *scratch, const Node *seed, Str *out)
{
    Str path = seed_file_path(session, scratch, seed);
    TRY(fs_read_file(scratch, path.data, LIMIT_SEED_BYTES, out));
    Str mark = STR("\xef\xbb\xbf");
    *out = str_from_offset(*out, str_starts_with(*out, mark) ? mark.len : 0);
    size_t invalid = utf8_find_invalid(*out);
    if (invalid == SIZE_MAX) {
        return NULL;
    }
    size_t line = 1;
    for (size_t i = 0; i < invalid; i++) {
        line += out->data[i] == '\n';
    }
    return error_hint(jraise("CompilationError", "the byte 0x%02x at " STR_FMT ":%zu is not UTF-8",
                             (unsigned char)out->data[invalid], STR_ARG(seed->original_path), line),
                      "save the file as UTF-8");
}

static Error *read_delimiter(const Node *seed, char *out)
{
    Str delimiter = value_text_or(value_find(seed->config, STR("delimiter")), STR(","));
    if (delimiter.len != 1) {
        return jraise("CompilationError",
                      "the delimiter of seed '" STR_FMT "' must be one character, not '" STR_FMT
                      "'",
                      STR_ARG(seed->name), STR_ARG(delimiter));
    }
    *out = delimiter.data[0];
    return NULL;
}

Error *seed_table_load(JinjaState *s, const Context *ctx, JValue *out)
{
    AUTO_FREE(arena) Arena *scratch = arena_new("seed");
    JHeap *heap = jinja_heap(s);
    const Node *seed = ctx->node;
    char delimiter = ',';
    Str text;
    CsvRowVec rows = {0};
    TRY(read_delimiter(seed, &delimiter));
    TRY(read_text(ctx->session, scratch, seed, &text));
    csv_rows_parse(scratch, text, delimiter, &rows);
    if (rows.len == 0) {
        return jraise("CompilationError",
                      "the file of seed '" STR_FMT
                      "' is empty: its first line must name the columns",
                      STR_ARG(seed->name));
    }
    JTuple *names = column_names(heap, scratch, &rows.data[0]);
    const Value *typed = value_find(seed->config, STR("column_types"));
    const SeedGuess *guesses = guess_types(scratch, &rows, names, typed);
    JList *list = jlist_new(heap, rows.len);
    TRY(table_rows(s, seed, &rows, guesses, names->len, list));
    *out = table_object(heap, names, list, sql_types(heap, guesses, names->len));
    return NULL;
}
