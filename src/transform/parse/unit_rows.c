#include "transform/parse/unit_rows.h"

#include "base/digest.h"
#include "base/limits.h"
#include "base/unicode.h"
#include "transform/python/text.h"
#include "transform/seed/csv_rows.h"

/* A format, what Python calls it, and how the file of a fixture ends. */
typedef struct UnitFormat {
    const char *name;
    const char *python;
    const char *extension;
} UnitFormat;

static const UnitFormat formats[] = {
    {"dict", "<UnitTestFormat.Dict: 'dict'>", NULL},
    {"csv", "<UnitTestFormat.CSV: 'csv'>", ".csv"},
    {"sql", "<UnitTestFormat.SQL: 'sql'>", ".sql"},
};

static const UnitFormat *find_format(Str name)
{
    for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
        if (str_is(name, formats[i].name)) {
            return &formats[i];
        }
    }
    return NULL;
}

bool unit_format_is_known(Str format)
{
    return find_format(format) != NULL;
}

static Error *wrong_rows(const UnitRowsInput *input, const UnitFixture *fixture)
{
    bool dict = str_is(fixture->format, "dict");
    AUTO_FREE(arena) Arena *arena = arena_new("unit test");
    Error *err = error_new(ERR_CONFIG,
                           "Unit test " STR_FMT " has %s rows%s which do not match "
                           "format " STR_FMT "%s",
                           STR_ARG(input->test), fixture->input.len > 0 ? "input" : "expected",
                           dict ? "" : " or fixtures", STR_ARG(fixture->format),
                           dict ? "" : ".  Expected string.");
    return error_hint(error_as(err, "ParsingError"), "at " STR_FMT,
                      STR_ARG(value_place(arena, input->entry)));
}

/* ---- Maps ---- */

static Value plain_map(Arena *arena, const Value *map)
{
    ValueMapBuilder builder = value_map_begin_sized(arena, value_len(map));
    for (VALUE_EACH_ENTRY(entry, map)) {
        value_map_put(&builder, entry->key, unit_plain_value(arena, &entry->value));
    }
    return value_map_end(&builder);
}

static Value plain_list(Arena *arena, const Value *list)
{
    ValueVec items = {0};
    for (VALUE_EACH(item, list)) {
        VEC_PUSH(arena, &items, unit_plain_value(arena, item));
    }
    return value_list_of(&items);
}

/* A document is not nested so deep that this could fail. */
Value unit_plain_value(Arena *arena, const Value *value)
{
    if (value_is(value, VALUE_MAP)) {
        return plain_map(arena, value);
    }
    if (value_is(value, VALUE_LIST)) {
        return plain_list(arena, value);
    }
    bool time = value_is(value, VALUE_DATE) || value_is(value, VALUE_DATETIME);
    if (!time) {
        return *value;
    }
    Str text = python_str(value, arena); /* with a blank between day and time */
    size_t blank = str_find_char(text, ' ');
    return value_string(blank == SIZE_MAX ? text
                                          : str_printf(arena, STR_FMT "T" STR_FMT,
                                                       STR_ARG(str_slice(text, 0, blank)),
                                                       STR_ARG(str_from_offset(text, blank + 1))));
}

static bool has_null(const Value *row)
{
    for (VALUE_EACH_ENTRY(entry, row)) {
        if (value_is_null(&entry->value)) {
            return true;
        }
    }
    return false;
}

/* The first row tells the database the types: the first one without nulls changes places with it.
 */
static void put_full_row_first(ValueVec *rows)
{
    for (size_t i = 0; i < rows->len; i++) {
        if (!has_null(&rows->data[i])) {
            Value first = rows->data[0];
            rows->data[0] = rows->data[i];
            rows->data[i] = first;
            return;
        }
    }
}

static const Value *list_of_rows(Arena *arena, ValueVec *rows)
{
    put_full_row_first(rows);
    Value *list = ARENA_NEW(arena, Value);
    *list = value_list_of(rows);
    return list;
}

/* ---- CSV ---- */

static Error *long_row(const UnitRowsInput *input, const CsvRow *row, size_t columns)
{
    return error_as(value_error(ERR_CONFIG, input->entry,
                                "Unit test " STR_FMT ": row %zu of the CSV has %zu values, but "
                                "there are %zu columns",
                                STR_ARG(input->test), row->line, row->cells.len, columns),
                    "ParsingError");
}

/* Whether an empty cell is null, as in fixtures, or an empty text, as in seeds. */
typedef enum EmptyCell { EMPTY_IS_NULL, EMPTY_IS_TEXT } EmptyCell;

static Value cell_value(const CsvRow *row, size_t column, EmptyCell empty)
{
    Str cell = column < row->cells.len ? row->cells.data[column] : (Str){0};
    bool is_null = column >= row->cells.len || (cell.len == 0 && empty == EMPTY_IS_NULL);
    return is_null ? value_null() : value_string(cell.len > 0 ? cell : STR(""));
}

/* Every cell that has something in it is a text. */
static Error *rows_of_csv(const UnitRowsInput *input, Str text, EmptyCell empty, const Value **out)
{
    Arena *arena = input->parser->arena;
    CsvRowVec lines = {0};
    const StrVec *names = NULL;
    ValueVec rows = {0};
    csv_rows_parse(arena, text, ',', &lines);
    for (VEC_EACH(const CsvRow, line, &lines)) {
        if (line->cells.len == 0) {
            continue;
        }
        if (names == NULL) {
            names = &line->cells;
            continue;
        }
        if (line->cells.len > names->len) {
            return long_row(input, line, names->len);
        }
        ValueMapBuilder row = value_map_begin_sized(arena, names->len);
        for (size_t i = 0; i < names->len; i++) {
            value_map_set(&row, names->data[i], cell_value(line, i, empty));
        }
        VEC_PUSH(arena, &rows, value_map_end(&row));
    }
    *out = list_of_rows(arena, &rows);
    return NULL;
}

/* ---- Files ---- */

static Error *read_text(Arena *arena, const ProjectFile *file, Str *out)
{
    TRY(fs_read_file(arena, file->absolute.data, LIMIT_SEED_BYTES, out));
    if (str_starts_with(*out, STR("\xef\xbb\xbf"))) {
        *out = str_from_offset(*out, 3);
    }
    if (utf8_find_invalid(*out) != SIZE_MAX) {
        return error_new(ERR_CONFIG, STR_FMT " is not UTF-8: byte %zu", STR_ARG(file->relative),
                         utf8_find_invalid(*out));
    }
    return NULL;
}

static Error *two_fixtures(const UnitRowsInput *input, const ProjectFile *a, const ProjectFile *b,
                           Str name)
{
    Str package = input->parser->project->name;
    return error_new(ERR_TEMPLATE,
                     "dbt found two fixtures with the name \"" STR_FMT "\".\n\n"
                     "Since these resources have the same name, dbt will be unable to find the "
                     "correct resource\nwhen looking for " STR_FMT ".\n\n"
                     "To fix this, change the name of one of these resources:\n"
                     "- fixture." STR_FMT "." STR_FMT " (" STR_FMT ")\n"
                     "- fixture." STR_FMT "." STR_FMT " (" STR_FMT ")",
                     STR_ARG(name), STR_ARG(name), STR_ARG(package), STR_ARG(name),
                     STR_ARG(a->relative), STR_ARG(package), STR_ARG(name), STR_ARG(b->relative));
}

static Str stem_of(const ProjectFile *file)
{
    Str name = fs_base_name(file->path);
    return str_slice(name, 0, str_find_last(name, STR(".")));
}

/* The file of that name below the paths; NULL when there is none. */
static Error *find_file(const UnitRowsInput *input, const StrVec *paths,
                        const char *const *extensions, Str name, const ProjectFile **out)
{
    Parser *parser = input->parser;
    const IgnoreList *ignored = NULL;
    ProjectFileVec files = {0};
    *out = NULL;
    TRY(ignore_list_read(parser->arena, parser->project->root, &ignored));
    TRY(discover_files(parser->arena, parser->project->root, paths, extensions, ignored, &files));
    for (VEC_EACH(const ProjectFile, file, &files)) {
        if (!str_eq(stem_of(file), name)) {
            continue;
        }
        if (*out != NULL) {
            return two_fixtures(input, *out, file, name);
        }
        *out = file;
    }
    return NULL;
}

static Error *no_fixture(const UnitRowsInput *input, Str name)
{
    return error_hint(
        error_as(error_new(ERR_CONFIG,
                           "File not found for fixture '" STR_FMT "' in unit tests in " STR_FMT,
                           STR_ARG(name), STR_ARG(input->file->relative)),
                 "ParsingError"),
        "fixtures are files in tests/fixtures/, named without their extension");
}

/* Only files in a folder fixtures/ of a test path are fixtures. */
static StrVec fixture_paths(Parser *parser)
{
    StrVec paths = {0};
    for (VEC_EACH(const Str, it, &parser->project->test_paths)) {
        VEC_PUSH(parser->arena, &paths, fs_join(parser->arena, *it, STR("fixtures")));
    }
    return paths;
}

static Error *fixture_text(const UnitRowsInput *input, const UnitFixture *fixture, Str *out)
{
    static const char *const extensions[] = {".csv", ".sql", NULL};
    StrVec paths = fixture_paths(input->parser);
    const ProjectFile *file = NULL;
    TRY(find_file(input, &paths, extensions, fixture->fixture, &file));
    if (file == NULL) {
        return no_fixture(input, fixture->fixture);
    }
    Str wanted = str_from(find_format(fixture->format)->extension);
    return str_ends_with(file->path, wanted) ? read_text(input->parser->arena, file, out)
                                             : wrong_rows(input, fixture);
}

/* "ref('users')" names the seed whose rows are meant where none are given. */
static Error *rows_of_seed(const UnitRowsInput *input, UnitFixture *fixture)
{
    Parser *parser = input->parser;
    Node call = {.package = parser->project->name, .original_path = input->file->relative};
    TRY(parse_reference(parser, &call, fixture->input, &call));
    Str name = call.refs.len > 0 ? call.refs.data[0].name : fixture->input;
    const ProjectFile *file = NULL;
    static const char *const extensions[] = {".csv", NULL};
    TRY(find_file(input, &parser->project->seed_paths, extensions, name, &file));
    if (file == NULL) {
        StrBuf paths = strbuf_init(parser->arena, LIMIT_ERROR_BYTES);
        for (VEC_EACH(const Str, it, &parser->project->seed_paths)) {
            strbuf_printf(&paths, "%s'" STR_FMT "'", paths.len > 0 ? ", " : "", STR_ARG(*it));
        }
        return error_hint(error_as(error_new(ERR_CONFIG,
                                             "Unable to find seed '" STR_FMT "." STR_FMT
                                             "' for unit tests in directories: [" STR_FMT "]",
                                             STR_ARG(parser->project->name), STR_ARG(name),
                                             STR_ARG(strbuf_str(&paths))),
                                   "ParsingError"),
                          "give rows: only those of seeds are known without");
    }
    Str text;
    TRY(read_text(parser->arena, file, &text));
    return rows_of_csv(input, text, EMPTY_IS_TEXT, &fixture->rows);
}

/* ---- All of them ---- */

static Error *rows_of_maps(const UnitRowsInput *input, const Value *given, UnitFixture *fixture)
{
    ValueVec rows = {0};
    for (VALUE_EACH(row, given)) {
        if (!value_is(row, VALUE_MAP)) {
            return wrong_rows(input, fixture);
        }
        VEC_PUSH(input->parser->arena, &rows, unit_plain_value(input->parser->arena, row));
    }
    fixture->rows = list_of_rows(input->parser->arena, &rows);
    return NULL;
}

Error *unit_rows_read(const UnitRowsInput *input, UnitFixture *fixture)
{
    const Value *given = value_find(input->entry, STR("rows"));
    if (str_is(fixture->format, "dict")) {
        if (value_is_null(given) && fixture->fixture.len == 0 && fixture->input.len > 0) {
            return rows_of_seed(input, fixture);
        }
        return value_is(given, VALUE_LIST) && fixture->fixture.len == 0
                   ? rows_of_maps(input, given, fixture)
                   : wrong_rows(input, fixture);
    }
    Str text = value_text_or(given, (Str){0});
    if (fixture->fixture.len > 0) {
        TRY(fixture_text(input, fixture, &text));
    } else if (!value_is(given, VALUE_STRING)) {
        return wrong_rows(input, fixture);
    }
    if (str_is(fixture->format, "csv")) {
        return rows_of_csv(input, text, EMPTY_IS_NULL, &fixture->rows);
    }
    Value *query = ARENA_NEW(input->parser->arena, Value);
    *query = value_string(fixture->fixture.len > 0 ? str_trim(text) : text);
    fixture->rows = query;
    return NULL;
}

/* ---- The checksum ---- */

static void add_optional_text(StrBuf *out, Str text)
{
    Value value = text.len > 0 ? value_string(text) : value_null();
    python_repr(&value, out);
}

static void add_fixture(StrBuf *out, const UnitFixture *fixture)
{
    bool given = fixture->input.len > 0;
    strbuf_add_c(out, given ? "UnitTestInputFixture(input=" : "UnitTestOutputFixture(rows=");
    if (given) {
        add_optional_text(out, fixture->input);
        strbuf_add_c(out, ", rows=");
    }
    python_repr(fixture->rows, out);
    strbuf_printf(out, ", format=%s, fixture=", find_format(fixture->format)->python);
    add_optional_text(out, fixture->fixture);
    strbuf_add_c(out, ")");
}

static void add_parts(StrBuf *out, const char *name, const Value *parts)
{
    if (parts == NULL) {
        strbuf_add_c(out, "None");
        return;
    }
    strbuf_printf(out, "%s(", name);
    for (VALUE_EACH_ENTRY(part, parts)) {
        strbuf_printf(out, "%s" STR_FMT "=", part != value_entries(parts) ? ", " : "",
                      STR_ARG(value_text_or(&part->key, (Str){0})));
        python_repr(&part->value, out);
    }
    strbuf_add_c(out, ")");
}

Str unit_checksum(Arena *arena, const UnitTestInfo *test)
{
    AUTO_FREE(arena) Arena *scratch = arena_new("unit test checksum");
    StrBuf text = strbuf_init(scratch, LIMIT_RENDER_BYTES);
    strbuf_printf(&text, STR_FMT "-", STR_ARG(test->model));
    add_parts(&text, "UnitTestNodeVersions", test->versions);
    strbuf_add_c(&text, "-[");
    for (VEC_EACH(const UnitFixture, it, &test->given)) {
        strbuf_add_c(&text, it != test->given.data ? ", " : "");
        add_fixture(&text, it);
    }
    strbuf_add_c(&text, "]-");
    add_fixture(&text, &test->expected);
    strbuf_add_c(&text, "-");
    add_parts(&text, "UnitTestOverrides", test->overrides);
    for (VEC_EACH(const UnitFixture, it, &test->given)) {
        if (it->fixture.len > 0) {
            strbuf_add_c(&text, "-");
            strbuf_add(&text, python_str(it->rows, scratch));
        }
    }
    return digest_sha256(arena, strbuf_str(&text));
}
