/* tests/cases/run_jinja.c - runs the cases of tests/cases/jinja/ (README.md there tells their
 * form): each template must give the text, the value or the error that the real Jinja2 gave.
 *
 *     case_jinja FOLDER [-v] [FILE...]
 *
 * -v shows what failed cases gave. Contexts hold JSON, which with `null` as a variable is an
 * expression of the engine itself. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/number.h"
#include "base/unicode.h"
#include "jinja/jinja.h"

typedef struct NamedText {
    Str name, text;
} NamedText;

typedef struct Case {
    Str title, source, context, mode;
    VEC(NamedText) files;
    enum { EXPECT_OUTPUT, EXPECT_VALUE, EXPECT_ERROR } kind;
    Str expected; /* text, repr or message */
    Str type;     /* of the value or the error */
    Str place;    /* of the error */
} Case;

typedef struct Runner {
    Arena *arena; /* of one case */
    const Case *current;
    JinjaEnv *env;
    VEC(JinjaTemplate *) loaded;
    StrVec loaded_names;
    size_t passed, failed, skipped;
    StrVec known_titles; /* cases that are known to differ, of known_differences.txt */
    size_t known_met;    /* cases that were listed there, and failed */
    size_t reworded;     /* passed: the same kind of error in the same place, in other words */
    bool verbose;
    bool unsupported; /* the case needs types that only an embedder has */
} Runner;

/* ---- Reading cases ---- */

/* Text of a section: JSON argument, "|" lines, or the lines themselves. */
static Str read_json_text(Runner *run, Str json)
{
    JinjaTemplate *expr = NULL;
    AUTO_FREE(error) Error *err = jinja_compile_expression(run->env, STR("text"), json, &expr);
    CHECK(err == NULL);
    AUTO_FREE(jinja_state) JinjaState *s = jinja_state_new(run->env, NULL);
    JValue value = JNONE;
    AUTO_FREE(error) Error *failed = jinja_evaluate(s, expr, NULL, &value);
    CHECK(failed == NULL && value.type == J_STR);
    Str text = str_dup(run->arena, jtext(value));
    jinja_template_free(expr);
    return text;
}

static Str read_text(Runner *run, Str form, const Str *lines, size_t count)
{
    if (form.len > 0 && form.data[0] == '"') {
        return read_json_text(run, form);
    }
    StrBuf text = strbuf_init(run->arena, LIMIT_RENDER_BYTES);
    bool barred = str_is(form, "|");
    while (!barred && count > 0 && lines[count - 1].len == 0) {
        count--;
    }
    while (barred && count > 0 && lines[count - 1].len < 2) {
        count--;
    }
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            strbuf_add_char(&text, '\n');
        }
        strbuf_add(&text, barred ? str_slice(lines[i], 1, lines[i].len - 1) : lines[i]);
    }
    return strbuf_str(&text);
}

static Str take_word(Str *rest)
{
    Str word = *rest, after = {0};
    if (!str_cut(*rest, ' ', &word, &after)) {
        after = (Str){"", 0};
    }
    *rest = after;
    return word;
}

static void read_section(Runner *run, Case *c, Str header, const Str *lines, size_t count)
{
    Str rest = header, name = take_word(&rest);
    if (str_is(name, "template")) {
        c->source = read_text(run, rest, lines, count);
    } else if (str_is(name, "context")) {
        StrBuf json = strbuf_init(run->arena, LIMIT_RENDER_BYTES);
        strbuf_add(&json, rest);
        for (size_t i = 0; i < count; i++) {
            strbuf_add_char(&json, '\n');
            strbuf_add(&json, lines[i]);
        }
        c->context = strbuf_str(&json);
    } else if (str_is(name, "mode")) {
        c->mode = rest;
    } else if (str_is(name, "file")) {
        Str file = take_word(&rest);
        VEC_PUSH(run->arena, &c->files, (NamedText){file, read_text(run, rest, lines, count)});
    } else if (str_is(name, "output")) {
        c->kind = EXPECT_OUTPUT;
        c->expected = read_text(run, rest, lines, count);
    } else if (str_is(name, "value")) {
        c->kind = EXPECT_VALUE;
        c->type = take_word(&rest);
        c->expected = rest;
    } else {
        CHECK(str_is(name, "error"));
        c->kind = EXPECT_ERROR;
        c->type = take_word(&rest);
        c->place = take_word(&rest);
        c->expected = rest;
    }
}

/* Splits the lines of a case at its "--- " headers. */
static Case read_case(Runner *run, Str title, const Str *lines, size_t count)
{
    Case c = {.title = title, .context = STR("{}"), .mode = STR("text")};
    size_t start = 0;
    Str header = STR("template");
    for (size_t i = 0; i <= count; i++) {
        if (i == count || str_starts_with(lines[i], STR("--- "))) {
            bool leading = start == 0 && i == 0; /* the template stands in a section of its own */
            if (!leading) {
                read_section(run, &c, header, lines + start, i - start);
            }
            header = i < count ? str_from_offset(lines[i], 4) : header;
            start = i + 1;
        }
    }
    return c;
}

/* ---- Contexts ---- */

static JValue untag(Runner *run, JinjaState *s, JValue value);

static JValue untag_items(Runner *run, JinjaState *s, JValue list)
{
    JList *items = jlist_new(jinja_heap(s), 0);
    for (size_t i = 0; i < jlist_len(list.list); i++) {
        jlist_append(items, untag(run, s, jlist_at(list.list, i)));
    }
    return jlist_value(items);
}

static JValue tagged_value(Runner *run, JinjaState *s, Str tag, JValue inner)
{
    JHeap *heap = jinja_heap(s);
    AUTO_FREE(error) Error *err = NULL;
    double number = 0;
    if (str_is(tag, "$tuple")) {
        JList *items = untag_items(run, s, inner).list;
        JTuple *tuple = jtuple_new(heap, jlist_len(items));
        for (size_t i = 0; i < jlist_len(items); i++) {
            tuple->items[i] = jlist_at(items, i);
        }
        return jtuple_value(tuple);
    }
    if (str_is(tag, "$set")) {
        JSet *set = jset_new(heap);
        for (size_t i = 0; i < jlist_len(inner.list) && err == NULL; i++) {
            err = jset_add(set, untag(run, s, jlist_at(inner.list, i)));
        }
        return jset_value(set);
    }
    if (str_is(tag, "$dict")) {
        JDict *dict = jdict_new(heap);
        for (size_t i = 0; i < jlist_len(inner.list) && err == NULL; i++) {
            JList *pair = jlist_at(inner.list, i).list;
            err =
                jdict_set(dict, untag(run, s, jlist_at(pair, 0)), untag(run, s, jlist_at(pair, 1)));
        }
        return jdict_value(dict);
    }
    if (str_is(tag, "$float") && number_parse_double(jtext(inner), &number)) {
        return jfloat(number);
    }
    run->unsupported = true; /* dates and decimals are the embedder's */
    return JNONE;
}

static JValue untag(Runner *run, JinjaState *s, JValue value)
{
    if (value.type == J_LIST) {
        return untag_items(run, s, value);
    }
    if (value.type != J_DICT) {
        return value;
    }
    JValue key, inner;
    size_t at = 0;
    if (jdict_len(value.dict) == 1 && jdict_next(value.dict, &at, &key, &inner) &&
        jtext(key).len > 1 && jtext(key).data[0] == '$') {
        return tagged_value(run, s, jtext(key), inner);
    }
    JDict *dict = jdict_new(jinja_heap(s));
    for (at = 0; jdict_next(value.dict, &at, &key, &inner);) {
        jdict_set_str(dict, key.str, untag(run, s, inner));
    }
    return jdict_value(dict);
}

static Error *make_context(Runner *run, JinjaState *s, Str json, JDict **out)
{
    JinjaTemplate *expr = NULL;
    JDict *constants = jdict_new(jinja_heap(s));
    jdict_set_text(jinja_heap(s), constants, STR("null"), JNONE);
    JinjaScope scope = {.vars = constants};
    JValue value = JNONE;
    TRY_WRAP(jinja_compile_expression(run->env, STR("context"), json, &expr), "context");
    Error *err = jinja_evaluate(s, expr, &scope, &value);
    if (err == NULL) {
        /* The values may be constants of `expr`: keep it as long as the case. */
        VEC_PUSH(run->arena, &run->loaded, expr);
        VEC_PUSH(run->arena, &run->loaded_names, STR(""));
        *out = untag(run, s, value).dict;
    } else {
        jinja_template_free(expr);
    }
    return err;
}

/* ---- Loading ---- */

static Error *load(void *data, Str name, const JinjaTemplate **out)
{
    Runner *run = data;
    for (size_t i = 0; i < run->loaded.len; i++) {
        if (str_eq(run->loaded_names.data[i], name) && name.len > 0) {
            *out = run->loaded.data[i];
            return NULL;
        }
    }
    for (size_t i = 0; i < run->current->files.len; i++) {
        const NamedText *file = &run->current->files.data[i];
        if (str_eq(file->name, name)) {
            JinjaTemplate *tpl = NULL;
            TRY(jinja_compile(run->env, name, file->text, &tpl));
            VEC_PUSH(run->arena, &run->loaded, tpl);
            VEC_PUSH(run->arena, &run->loaded_names, str_dup(run->arena, name));
            *out = tpl;
            return NULL;
        }
    }
    *out = NULL;
    return NULL;
}

/* ---- Comparing ---- */

/* "NAME:LINE" of the innermost template the error passed through; the main one has no name. */
static Str error_place(Runner *run, const Error *err)
{
    Str full = error_full_message(err, run->arena), best = STR("0");
    Str rest = full, piece;
    /* Links read "name:line" or "name:line: in macro 'm'": the last one that does is innermost. */
    for (size_t at = 0; str_next_piece(&rest, ':', &piece) && rest.data != NULL; at++) {
        Str after = rest, number;
        if (!str_next_piece(&after, ':', &number)) {
            break;
        }
        int64_t line = 0;
        Str name = str_trim(piece);
        if (!number_parse_int64(number, &line) || str_contains(name, STR("'"))) {
            continue;
        }
        bool known = str_is(name, "main");
        for (size_t i = 0; i < run->current->files.len; i++) {
            known = known || str_eq(run->current->files.data[i].name, name);
        }
        if (known) {
            best = str_is(name, "main") ? str_dup(run->arena, number)
                                        : str_printf(run->arena, STR_FMT ":" STR_FMT, STR_ARG(name),
                                                     STR_ARG(number));
        }
    }
    return best;
}

static Str one_line(Runner *run, Str text)
{
    return str_replace(run->arena, text, STR("\n"), STR("\\n"));
}

static bool check_error(Runner *run, const Error *err, StrBuf *got)
{
    const Case *c = run->current;
    Str message = one_line(run, error_message(error_root(err)));
    Str place = error_place(run, err);
    strbuf_printf(got, "error %s " STR_FMT " " STR_FMT, error_class(err), STR_ARG(place),
                  STR_ARG(message));
    /* Where Jinja2 knows no line (0), for Python found the fault in the code it made, we know one.
     */
    bool placed = str_is(c->place, "0") || str_eq(c->place, place);
    bool same = c->kind == EXPECT_ERROR && str_is(c->type, error_class(err)) && placed;
    if (same && !str_eq(c->expected, message)) {
        run->reworded++;
        if (run->verbose) {
            printf("REWORDED " STR_FMT "\n  expected: " STR_FMT "\n  got:      " STR_FMT "\n",
                   STR_ARG(c->title), STR_ARG(c->expected), STR_ARG(message));
        }
    }
    return same;
}

static Error *run_template(Runner *run, JinjaState *s, JinjaTemplate **tpl, JValue *value,
                           Str *text)
{
    const Case *c = run->current;
    JDict *vars = NULL;
    TRY(make_context(run, s, c->context, &vars));
    if (run->unsupported) {
        return NULL;
    }
    TRY(jinja_compile(run->env, STR("main"), c->source, tpl));
    JinjaScope scope = {.vars = vars};
    if (str_is(c->mode, "text")) {
        return jinja_render(s, *tpl, &scope, run->arena, text);
    }
    return jinja_render_native(
        s, *tpl, &scope, str_is(c->mode, "native") ? JINJA_NATIVE : JINJA_NATIVE_MARKED, value);
}

static bool check_result(Runner *run, JinjaState *s, JValue value, Str text, StrBuf *got)
{
    const Case *c = run->current;
    if (str_is(c->mode, "text")) {
        strbuf_printf(got, "output\n" STR_FMT, STR_ARG(text));
        return c->kind == EXPECT_OUTPUT && str_eq(c->expected, text);
    }
    StrBuf repr = strbuf_init(run->arena, LIMIT_RENDER_BYTES);
    AUTO_FREE(error) Error *err = jrepr(s, value, &repr);
    strbuf_printf(got, "value %s " STR_FMT, jtype_name(value), STR_ARG(strbuf_str(&repr)));
    return err == NULL && c->kind == EXPECT_VALUE && str_is(c->type, jtype_name(value)) &&
           str_eq(c->expected, strbuf_str(&repr));
}

static bool is_known_difference(const Runner *run, Str title)
{
    for (size_t i = 0; i < run->known_titles.len; i++) {
        if (str_eq(run->known_titles.data[i], title)) {
            return true;
        }
    }
    return false;
}

static void count_result(Runner *run, const char *file, bool passed, Str got)
{
    const Case *c = run->current;
    bool known = is_known_difference(run, c->title);
    if (run->unsupported) {
        run->skipped++;
        return;
    }
    run->known_met += known && !passed;
    if (passed != known) {
        run->passed += passed;
        return;
    }
    run->failed++;
    printf("FAIL %s: " STR_FMT "%s\n", file, STR_ARG(c->title),
           known ? " (passes: take it off known_differences.txt)" : "");
    if (run->verbose && !known) {
        printf("  template: " STR_FMT "\n  expected: " STR_FMT " " STR_FMT " " STR_FMT
               "\n  got:      " STR_FMT "\n",
               STR_ARG(c->source), STR_ARG(c->type), STR_ARG(c->place), STR_ARG(c->expected),
               STR_ARG(got));
    }
}

static void run_case(Runner *run, const char *file, const Case *c)
{
    JinjaOptions options = {0};
    run->current = c;
    run->unsupported = false;
    if (c->files.len > 0) {
        options.load = load;
        options.load_data = run;
    }
    JinjaEnv *shared_env = run->env;
    run->env = jinja_env_new(&options);
    JinjaState *s = jinja_state_new(run->env, NULL);
    JinjaTemplate *tpl = NULL;
    JValue value = JNONE;
    Str text = {0};
    StrBuf got = strbuf_init(run->arena, LIMIT_RENDER_BYTES);
    Error *err = run_template(run, s, &tpl, &value, &text);
    bool passed =
        err != NULL ? check_error(run, err, &got) : check_result(run, s, value, text, &got);
    count_result(run, file, passed, strbuf_str(&got));
    error_free(err);
    jinja_state_free(s);
    jinja_template_free(tpl);
    for (size_t i = 0; i < run->loaded.len; i++) {
        jinja_template_free(run->loaded.data[i]);
    }
    run->loaded.len = 0;
    run->loaded_names.len = 0;
    jinja_env_free(run->env);
    run->env = shared_env;
    run->current = NULL;
}

/* ---- Files ---- */

static const char known_file[] = "known_differences.txt";

static Str read_file(Arena *arena, const char *path)
{
    FILE *in = fopen(path, "rb");
    CHECK(in != NULL);
    StrBuf text = strbuf_init(arena, LIMIT_CONFIG_BYTES);
    for (size_t got = 1; got > 0;) {
        char *at = strbuf_reserve(&text, 64 * KIB);
        CHECK(at != NULL);
        got = fread(at, 1, 64 * KIB, in);
        text.len += got;
    }
    fclose(in);
    return strbuf_str(&text);
}

static void run_file(Runner *run, const char *folder, const char *name)
{
    AUTO_FREE(arena) Arena *arena = arena_new("case file");
    Str rest = read_file(arena, str_to_c(arena, str_printf(arena, "%s/%s", folder, name))), line;
    StrVec lines = {0};
    while (str_next_line(&rest, &line)) {
        VEC_PUSH(arena, &lines, line);
    }
    size_t start = SIZE_MAX;
    for (size_t i = 0; i <= lines.len; i++) {
        if (i < lines.len && !str_starts_with(lines.data[i], STR("### "))) {
            continue;
        }
        if (start != SIZE_MAX) {
            run->arena = arena_new("case");
            run->loaded.data = NULL;
            run->loaded.capacity = 0;
            run->loaded_names = (StrVec){0};
            Case c = read_case(run, str_from_offset(lines.data[start], 4), lines.data + start + 1,
                               i - start - 1);
            run_case(run, name, &c);
            arena_free(run->arena);
        }
        start = i;
    }
}

/* Titles of the list of known differences, which stand before " | " on each line. */
static void read_known(Runner *run, Arena *arena, const char *folder)
{
    Str rest = read_file(arena, str_to_c(arena, str_printf(arena, "%s/%s", folder, known_file)));
    for (Str line; str_next_line(&rest, &line);) {
        size_t end = str_find(line, STR(" | "), 0);
        if (!str_starts_with(line, STR("#")) && end != SIZE_MAX) {
            VEC_PUSH(arena, &run->known_titles, str_slice(line, 0, end));
        }
    }
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: case_jinja FOLDER [-v] [FILE...]\n");
        return 2;
    }
    AUTO_FREE(arena) Arena *arena = arena_new("case names");
    VEC(char *) names = {0};
    Runner run = {.env = jinja_env_new(&(JinjaOptions){.tags = NULL})};
    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "-v") == 0) {
            run.verbose = true;
        } else {
            VEC_PUSH(arena, &names, argv[i]);
        }
    }
    bool whole = names.len == 0;
    DIR *dir = whole ? opendir(argv[1]) : NULL;
    for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
        if (str_ends_with(str_from(entry->d_name), STR(".txt")) &&
            strcmp(entry->d_name, known_file) != 0) {
            VEC_PUSH(arena, &names, str_to_c(arena, str_from(entry->d_name)));
        }
    }
    if (dir != NULL) {
        closedir(dir);
        CHECK(names.data != NULL); /* a folder without cases is a mistake */
        qsort(names.data, names.len, sizeof(char *), by_name);
    }
    read_known(&run, arena, argv[1]);
    for (size_t i = 0; i < names.len; i++) {
        run_file(&run, argv[1], names.data[i]);
    }
    jinja_env_free(run.env);
    printf("%zu cases passed (%zu with another message), %zu failed, %zu differ as is known, "
           "%zu need types of the embedder\n",
           run.passed, run.reworded, run.failed, run.known_met, run.skipped);
    if (whole && run.known_met < run.known_titles.len) {
        printf("%s lists a case that does not exist, or passes\n", known_file);
        return 1;
    }
    return run.failed > 0;
}
