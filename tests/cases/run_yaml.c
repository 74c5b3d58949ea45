/* tests/cases/run_yaml.c - runs the YAML cases of a folder; its README.md describes their format.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/fs.h"
#include "base/limits.h"
#include "base/number.h"
#include "value/base64.h"
#include "value/json_reader.h"
#include "value/json_writer.h"
#include "value/yaml_reader.h"
#include "value/yaml_writer.h"

typedef struct Case {
    Str file;
    Str title;
    Str document;
    Str value; /* expectations; data NULL when there is none */
    Str dump;
    Str error;
} Case;

typedef struct Tally {
    size_t run;
    size_t failed;
} Tally;

/* ---- The notation of values ---- */

static void add_notation(StrBuf *out, const Value *value);

static void add_float(StrBuf *out, double number)
{
    char text[NUMBER_TEXT_BYTES];
    strbuf_add(out, (Str){text, number_format_double(number, text)});
}

static void add_map(StrBuf *out, const Value *map)
{
    strbuf_add_char(out, '{');
    for (VALUE_EACH_ENTRY(it, map)) {
        strbuf_add_c(out, it == value_entries(map) ? "" : ", ");
        add_notation(out, &it->key);
        strbuf_add_c(out, ": ");
        add_notation(out, &it->value);
    }
    strbuf_add_char(out, '}');
}

static void add_list(StrBuf *out, const Value *list)
{
    strbuf_add_char(out, '[');
    for (VALUE_EACH(it, list)) {
        strbuf_add_c(out, it == value_items(list) ? "" : ", ");
        add_notation(out, it);
    }
    strbuf_add_char(out, ']');
}

static void add_notation(StrBuf *out, const Value *value)
{
    char text[DATETIME_TEXT_BYTES];
    switch (value_kind(value)) {
    case VALUE_FLOAT:
        add_float(out, value->as.number);
        break;
    case VALUE_BYTES:
        strbuf_add_c(out, "bytes(");
        base64_add(out, value->as.text);
        strbuf_add_char(out, ')');
        break;
    case VALUE_DATETIME:
        strbuf_printf(out, "datetime(%.*s)", (int)datetime_format(value->as.time, 'T', text), text);
        break;
    case VALUE_DATE:
        strbuf_printf(out, "date(%.*s)", (int)date_format(value->as.time, text), text);
        break;
    case VALUE_LIST:
        add_list(out, value);
        break;
    case VALUE_MAP:
        add_map(out, value);
        break;
    case VALUE_NULL:
    case VALUE_BOOL:
    case VALUE_INT:
    case VALUE_BIG_INT:
    case VALUE_DECIMAL:
    case VALUE_STRING:
    case VALUE_TIME:
        json_write(out, value, &json_style_python);
        break;
    }
}

/* ---- Running ---- */

static void report(Tally *tally, const Case *test, const char *what, Str expected, Str found)
{
    tally->failed++;
    printf(STR_FMT ": " STR_FMT ": another %s\n", STR_ARG(test->file), STR_ARG(test->title), what);
    printf("  expected: " STR_FMT "\n  found:    " STR_FMT "\n", STR_ARG(expected), STR_ARG(found));
}

/* "case.yml:3:5: reason", of which "?:?" leaves the place open. */
static bool error_matches(Arena *arena, Str expected, Str message)
{
    Str place;
    Str reason;
    if (!str_cut(expected, ' ', &place, &reason)) {
        return false;
    }
    if (str_is(place, "?:?")) {
        return str_contains(message, reason);
    }
    return str_starts_with(message, str_printf(arena, "case.yml:" STR_FMT ": " STR_FMT,
                                               STR_ARG(place), STR_ARG(reason)));
}

static void check_refused(Arena *arena, Tally *tally, const Case *test, const Error *err)
{
    Str message = error_message(err);
    if (test->error.data == NULL || !error_matches(arena, test->error, message)) {
        report(tally, test, "error", test->error, message);
    }
}

static void check_accepted(Arena *arena, Tally *tally, const Case *test, const Value *value)
{
    StrBuf found = strbuf_init(arena, LIMIT_CONFIG_BYTES);
    add_notation(&found, value);
    if (!str_eq(test->value, strbuf_str(&found))) {
        report(tally, test, "value", test->value, strbuf_str(&found));
    }
    if (test->dump.data != NULL) {
        Str dump = yaml_text(arena, value, &yaml_style_python);
        if (!str_eq(test->dump, dump)) {
            report(tally, test, "dump", test->dump, dump);
        }
    }
}

static void run_case(Tally *tally, const Case *test)
{
    AUTO_FREE(arena) Arena *arena = arena_new("case");
    const ReadOptions options = {.path = STR("case.yml")};
    const Value *value = NULL;
    AUTO_FREE(error) Error *err = yaml_read(arena, test->document, &options, &value);
    tally->run++;
    if (err != NULL) {
        check_refused(arena, tally, test, err);
    } else if (test->value.data == NULL) {
        report(tally, test, "value", test->error, STR("accepted"));
    } else {
        check_accepted(arena, tally, test, value);
    }
}

/* ---- Reading the files ---- */

static Str unquoted(Arena *arena, Str json)
{
    const Value *value = NULL;
    Error *err = json_read(arena, json, NULL, &value);
    if (err != NULL) {
        error_print(err, stdout, false);
        error_free(err);
        return STR("not a JSON string");
    }
    return value_text_or(value, STR("not a string"));
}

/* The lines up to the next section, a newline behind each. */
static Str take_lines(Arena *arena, Str *rest)
{
    StrBuf text = strbuf_init(arena, LIMIT_CONFIG_BYTES);
    Str line;
    for (Str after = *rest; str_next_line(&after, &line); *rest = after) {
        if (str_starts_with(line, STR("=== "))) {
            break;
        }
        strbuf_add(&text, line);
        strbuf_add_char(&text, '\n');
    }
    return strbuf_str(&text);
}

static Str without_empty_lines_at_the_end(Arena *arena, Str text)
{
    size_t end = text.len;
    while (end > 0 && text.data[end - 1] == '\n') {
        end--;
    }
    return str_printf(arena, STR_FMT "\n", STR_ARG(str_slice(text, 0, end)));
}

static void take_section(Arena *arena, Str header, Str *rest, Case *out)
{
    Str name = header;
    Str argument = {0};
    str_cut(header, ' ', &name, &argument);
    Str body = take_lines(arena, rest);
    if (str_is(name, "text")) {
        out->document = unquoted(arena, argument);
    } else if (str_is(name, "value")) {
        out->value = str_trim(body);
    } else if (str_is(name, "error")) {
        out->error = argument;
    } else if (str_is(name, "dump")) {
        out->dump = argument.data != NULL ? unquoted(arena, argument)
                                          : without_empty_lines_at_the_end(arena, body);
    }
}

static void run_block(Arena *arena, Tally *tally, Str file, Str block)
{
    Case test = {.file = file};
    Str rest = block;
    Str line;
    str_next_line(&rest, &test.title);
    test.document = without_empty_lines_at_the_end(arena, take_lines(arena, &rest));
    while (str_next_line(&rest, &line)) {
        take_section(arena, str_from_offset(line, 4), &rest, &test);
    }
    run_case(tally, &test);
}

static Error *run_file(Arena *arena, Tally *tally, const FsEntry *entry)
{
    Str text;
    TRY(fs_read_file(arena, str_to_c(arena, entry->path), LIMIT_CONFIG_BYTES, &text));
    const Str mark = STR("\n### ");
    for (size_t at = str_find(text, mark, 0); at != SIZE_MAX;) {
        size_t start = at + mark.len;
        at = str_find(text, mark, start);
        size_t end = at != SIZE_MAX ? at + 1 : text.len;
        run_block(arena, tally, entry->relative, str_slice(text, start, end));
    }
    return NULL;
}

static Error *run_folder(const char *folder, Tally *tally)
{
    AUTO_FREE(arena) Arena *arena = arena_new("cases");
    FsEntryVec files = {0};
    TRY(fs_walk(arena, folder, 0, &files));
    for (VEC_EACH(FsEntry, file, &files)) {
        if (str_ends_with(file->path, STR(".txt"))) {
            TRY(run_file(arena, tally, file));
        }
    }
    return NULL;
}

int main(int argc, char **argv)
{
    Tally tally = {0};
    AUTO_FREE(error) Error *err = run_folder(argc > 1 ? argv[1] : ".", &tally);
    if (err != NULL) {
        error_print(err, stdout, false);
    }
    printf("%zu cases, %zu failed\n", tally.run, tally.failed);
    return err == NULL && tally.run > 0 && tally.failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
