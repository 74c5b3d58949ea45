#include "transform/seed/table.h"

#include "base/fs.h"
#include "base/limits.h"
#include "base/number.h"
#include "base/unicode.h"
#include "transform/python/modules.h"
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
    JValue number = JNONE;
    Str text = seed_number_text(jinja_scratch(s), cell);
    (void)python_decimal_new(jinja_heap(s), text, &number); /* its type says that it is one */
    return number;
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

/* A file that is being read, row by row. What a row needs is given back with the next one: a file
 * takes its own size of memory and no more. */
typedef struct SeedReader {
    const Node *seed;
    Arena *scratch; /* of the text */
    Arena *row_arena;
    CsvReader rows;
    CsvRow row;
    size_t columns;
    size_t index; /* of the row, from 0 */
} SeedReader;

static void seed_reader_done(SeedReader *reader)
{
    arena_free(reader->row_arena);
    arena_free(reader->scratch);
}
DEFINE_AUTO_DONE(seed_reader, SeedReader)

/* Opens the file, with its header as the row. */
static Error *open_reader(const Session *session, const Node *seed, SeedReader *out)
{
    char delimiter = ',';
    Str text;
    *out = (SeedReader){.seed = seed};
    TRY(read_delimiter(seed, &delimiter));
    out->scratch = arena_new("seed");
    out->row_arena = arena_new("row of a seed");
    TRY(read_text(session, out->scratch, seed, &text));
    out->rows = csv_reader(out->scratch, text, delimiter);
    if (!csv_next_row(&out->rows, &out->row)) {
        return jraise("CompilationError",
                      "the file of seed '" STR_FMT
                      "' is empty: its first line must name the columns",
                      STR_ARG(seed->name));
    }
    out->columns = out->row.cells.len;
    out->rows.arena = out->row_arena;
    return NULL;
}

static Error *row_too_long(const SeedReader *reader)
{
    Error *err =
        error_as(error_new(ERR_TEMPLATE, "Row %zu has %zu values, but Table only has %zu columns.",
                           reader->index, reader->row.cells.len, reader->columns),
                 "CompilationError");
    return error_hint(err,
                      "at " STR_FMT ":%zu, where '" STR_FMT "' is one too many; quote cells "
                      "that hold the delimiter",
                      STR_ARG(reader->seed->original_path), reader->row.line,
                      STR_ARG(reader->row.cells.data[reader->columns]));
}

/* The next row in reader->row; *out_more is false behind the last. */
static Error *next_row(SeedReader *reader, bool *out_more)
{
    enum { ROWS_AT_ONCE = 1000 };
    if (reader->index % ROWS_AT_ONCE == 0) {
        arena_reset(reader->row_arena);
    }
    *out_more = csv_next_row(&reader->rows, &reader->row);
    if (*out_more && reader->row.cells.len > reader->columns) {
        return row_too_long(reader);
    }
    reader->index += *out_more;
    return NULL;
}

/* What the cells of every column can be read as; those of column_types are text. */
static Error *guess_types(SeedReader *reader, const JTuple *names, SeedGuess *guesses)
{
    const Value *typed = value_find(reader->seed->config, STR("column_types"));
    for (size_t i = 0; i < names->len; i++) {
        bool forced = value_find(typed, jstr_str(names->items[i].str)) != NULL;
        guesses[i] = forced ? SEED_GUESS_TEXT : SEED_GUESS_START;
    }
    for (bool more = true;;) {
        TRY(next_row(reader, &more));
        if (!more) {
            return NULL;
        }
        for (size_t i = 0; i < reader->row.cells.len; i++) {
            seed_guess_add(&guesses[i], reader->row.cells.data[i]);
        }
    }
}

/* The rows behind the header, cells that are missing as none. */
static Error *add_rows(JinjaState *s, SeedReader *reader, const SeedGuess *guesses, JList *out)
{
    for (bool more = true;;) {
        TRY(next_row(reader, &more));
        if (!more) {
            return NULL;
        }
        const StrVec *row = &reader->row.cells;
        JTuple *cells = jtuple_new(jinja_heap(s), reader->columns);
        for (size_t i = 0; i < reader->columns; i++) {
            SeedType type = seed_guess_type(&guesses[i]);
            cells->items[i] = i < row->len ? cell_value(s, type, row->data[i]) : JNONE;
        }
        jlist_append(out, jtuple_value(cells));
    }
}

/* For templates that look at the rows. */
static Error *load_rows(JinjaState *s, const TableSource *source, JTuple *names, JList *out)
{
    const Node *seed = source->of;
    AUTO_DONE(seed_reader) SeedReader first = {0}, second = {0};
    TRY(open_reader(context_of(s)->session, seed, &first));
    SeedGuess *guesses = ARENA_ARRAY(first.scratch, SeedGuess, names->len);
    TRY(guess_types(&first, names, guesses));
    TRY(jinja_check_items(first.index));
    TRY(open_reader(context_of(s)->session, seed, &second));
    return add_rows(s, &second, guesses, out);
}

Error *seed_table_load(JinjaState *s, const Context *ctx, JValue *out)
{
    JHeap *heap = jinja_heap(s);
    AUTO_DONE(seed_reader) SeedReader reader = {0};
    TRY(open_reader(ctx->session, ctx->node, &reader));
    JTuple *names = column_names(heap, reader.scratch, &reader.row);
    SeedGuess *guesses = ARENA_ARRAY(reader.scratch, SeedGuess, names->len);
    TRY(guess_types(&reader, names, guesses));
    TableSource source = {.load = load_rows, .of = ctx->node, .row_count = reader.index};
    *out = table_object_later(heap, names, sql_types(heap, guesses, names->len), &source);
    return NULL;
}
