/* tests/cases/run_bad_config.c - loads projects that are wrong in one way each, and compares all
 * that is said about them; tests/cases/bad_config/README.md describes the cases. With a second
 * argument the expectations are written into the files instead, to be read before they are
 * committed. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/limits.h"
#include "base/number.h"
#include "project/project.h"
#include "project/secret.h"
#include "value/json_reader.h"

typedef struct Run {
    Arena *arena;
    Str root;
    size_t cases;
    size_t failed;
} Run;

/* ---- Making the project ---- */

static Error *write_file(Run *run, Str name, Str text)
{
    Str path = fs_join(run->arena, run->root, name);
    TRY(fs_make_directory(str_to_c(run->arena, fs_directory_name(path))));
    return fs_write_file(path.data, text, 0644);
}

static Error *write_json_string(Run *run, Str name, Str json)
{
    const Value *text = NULL;
    TRY(json_read(run->arena, json, NULL, &text));
    return write_file(run, name, value_text_or(text, STR("")));
}

/* "bytes NAME FF FE": for what no text holds. */
static Error *write_bytes(Run *run, Str name, Str hex)
{
    StrBuf bytes = strbuf_init(run->arena, KIB);
    Str digits;
    while (str_next_piece(&hex, ' ', &digits)) {
        strbuf_add_char(&bytes, (char)strtol(str_to_c(run->arena, digits), NULL, 16));
    }
    return write_file(run, name, strbuf_str(&bytes));
}

/* "repeat NAME COUNT TEXT" */
static Error *write_repeated(Run *run, Str name, Str argument)
{
    Str number;
    Str text;
    int64_t count = 0;
    CHECK(str_cut(argument, ' ', &number, &text) && number_parse_int64(number, &count));
    StrBuf whole = strbuf_init(run->arena, 64 * MIB);
    for (int64_t i = 0; i < count; i++) {
        strbuf_add(&whole, text);
    }
    return write_file(run, name, strbuf_str(&whole));
}

static Error *make_link(Run *run, Str name, Str target)
{
    Str path = fs_join(run->arena, run->root, name);
    TRY(fs_make_directory(str_to_c(run->arena, fs_directory_name(path))));
    CHECK(symlink(str_to_c(run->arena, target), path.data) == 0);
    return NULL;
}

static Error *make_directory(Run *run, Str name)
{
    Str path = fs_join(run->arena, run->root, name);
    TRY(fs_remove_file(path.data));
    return fs_make_directory(path.data);
}

static Error *apply_section(Run *run, Str kind, Str name, Str argument, Str body)
{
    if (str_is(kind, "file")) {
        return argument.len > 0 ? write_json_string(run, name, argument)
                                : write_file(run, name, body);
    }
    if (str_is(kind, "bytes")) {
        return write_bytes(run, name, argument);
    }
    if (str_is(kind, "repeat")) {
        return write_repeated(run, name, argument);
    }
    if (str_is(kind, "link")) {
        return make_link(run, name, argument);
    }
    if (str_is(kind, "directory")) {
        return make_directory(run, name);
    }
    return error_new(ERR_BUG, "unknown section '" STR_FMT "'", STR_ARG(kind));
}

/* ---- Telling what happened ---- */

static void tell_error(Run *run, StrBuf *out, const char *what, const Error *err)
{
    Str hints = error_hints(err, run->arena);
    strbuf_printf(out, "%s " STR_FMT "\n", what, STR_ARG(error_full_message(err, run->arena)));
    Str hint;
    while (hints.len > 0 && str_next_line(&hints, &hint)) {
        strbuf_printf(out, "  hint: " STR_FMT "\n", STR_ARG(hint));
    }
}

static void tell_problem(StrBuf *out, const ProjectProblem *problem)
{
    strbuf_printf(out, "%s " STR_FMT ": " STR_FMT "\n",
                  problem->severity == PROBLEM_ERROR ? "error" : "warning", STR_ARG(problem->place),
                  STR_ARG(problem->message));
    if (problem->hint.len > 0) {
        strbuf_printf(out, "  hint: " STR_FMT "\n", STR_ARG(problem->hint));
    }
}

static void tell_source(Run *run, StrBuf *out, const Project *project, const SourceConfig *source)
{
    const Value *options = NULL;
    strbuf_printf(out, "source '" STR_FMT "' %s\n", STR_ARG(source->name),
                  source->error == NULL ? "is fine" : "cannot be used");
    AUTO_FREE(error)
    Error *err = source->error == NULL
                     ? project_resolve_options(project, source, run->arena, &options)
                     : NULL;
    if (err != NULL) {
        tell_error(run, out, "but", err);
    }
    Str path = value_text_or(value_find(source->block, STR("directory")), STR(""));
    Str resolved;
    AUTO_FREE(error)
    Error *outside =
        path.len > 0 ? project_path(project, run->arena, path, PATH_INSIDE, &resolved) : NULL;
    if (outside != NULL) {
        tell_error(run, out, "but", outside);
    }
}

static Str told(Run *run)
{
    StrBuf out = strbuf_init(run->arena, MIB);
    Project *project = NULL;
    AUTO_FREE(error) Error *err = project_load(run->arena, run->root.data, &project);
    if (err != NULL) {
        tell_error(run, &out, "not loaded:", err);
    } else {
        for (VEC_EACH(ProjectProblem, problem, &project->problems)) {
            tell_problem(&out, problem);
        }
        for (VEC_EACH(SourceConfig, source, &project->sources)) {
            tell_source(run, &out, project, source);
        }
    }
    return str_replace(run->arena, strbuf_str(&out), run->root, STR("ROOT"));
}

/* ---- Cases ---- */

static Str take_lines(Arena *arena, Str *rest)
{
    StrBuf text = strbuf_init(arena, MIB);
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

static Error *make_project(Run *run, Str block, Str *out_expected)
{
    TRY(fs_remove_tree(run->root.data));
    TRY(write_file(run, STR(".dango/project.yml"), STR("project: {name: Test}\n")));
    Str rest = block;
    Str line;
    *out_expected = STR("");
    while (str_next_line(&rest, &line)) {
        Str header = str_from_offset(line, sizeof("=== ") - 1);
        Str body = take_lines(run->arena, &rest);
        Str kind = header;
        Str name = STR("");
        Str argument = STR("");
        if (str_cut(header, ' ', &kind, &name)) {
            str_cut(name, ' ', &name, &argument);
        }
        if (str_is(kind, "expect")) {
            *out_expected = str_trim(body);
        } else {
            TRY(apply_section(run, kind, name, argument, body));
        }
    }
    return NULL;
}

/* Returns what is said, for those who write it down. */
static Str run_case(Run *run, Str title, Str block, bool writing)
{
    Str expected = STR("");
    run->cases++;
    AUTO_FREE(error) Error *err = make_project(run, block, &expected);
    if (err != NULL) {
        error_print(err, stdout, true);
    }
    Str found = str_trim(told(run));
    if (err != NULL || (!writing && !str_eq(found, expected))) {
        run->failed++;
        printf("### " STR_FMT "\nexpected:\n" STR_FMT "\nfound:\n" STR_FMT "\n\n", STR_ARG(title),
               STR_ARG(expected), STR_ARG(found));
    }
    return found;
}

static Error *run_file(Run *run, const FsEntry *file, bool writing)
{
    Str text;
    const Str mark = STR("\n### ");
    TRY(fs_read_file(run->arena, str_to_c(run->arena, file->path), MIB, &text));
    StrBuf written = strbuf_init(run->arena, 4 * MIB);
    size_t at = str_find(text, mark, 0);
    strbuf_add(&written, str_slice(text, 0, at));
    while (at != SIZE_MAX) {
        size_t start = at + mark.len;
        at = str_find(text, mark, start);
        Str title;
        Str block = str_slice(text, start, at != SIZE_MAX ? at + 1 : text.len);
        str_next_line(&block, &title);
        Str found = run_case(run, title, block, writing);
        size_t expect = str_find(block, STR("=== expect"), 0);
        Str given = str_slice(block, 0, expect != SIZE_MAX ? expect : block.len);
        strbuf_printf(&written, "\n### " STR_FMT "\n" STR_FMT "\n=== expect\n" STR_FMT "\n",
                      STR_ARG(title), STR_ARG(str_trim_end(given)), STR_ARG(found));
    }
    return writing ? fs_write_file(str_to_c(run->arena, file->path), strbuf_str(&written), 0644)
                   : NULL;
}

static Error *run_folder(Run *run, const char *folder, bool writing)
{
    FsEntryVec files = {0};
    TRY(fs_walk(run->arena, folder, 0, &files));
    for (VEC_EACH(FsEntry, file, &files)) {
        if (str_ends_with(file->path, STR(".txt"))) {
            TRY(run_file(run, file, writing));
        }
    }
    return fs_remove_tree(run->root.data);
}

int main(int argc, char **argv)
{
    AUTO_FREE(arena) Arena *arena = arena_new("cases");
    char directory[] = "/tmp/bad_config_XXXXXX";
    CHECK(mkdtemp(directory) != NULL);
    Run run = {.arena = arena, .root = str_from(directory)};
    AUTO_FREE(error) Error *err = run_folder(&run, argc > 1 ? argv[1] : ".", argc > 2);
    if (err != NULL) {
        error_print(err, stdout, true);
    }
    printf("%zu cases, %zu failed\n", run.cases, run.failed);
    return err == NULL && run.cases > 0 && run.failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
