#include "transform/parse/python_model.h"

#include "base/limits.h"
#include "transform/parse/python_tokens.h"
#include "transform/parse/yaml_render.h"

/* A model in Python is never run here. What it asks for in calls of dbt.ref(), dbt.source(),
 * dbt.config() and dbt.config.get() becomes a template of the same calls, and reading that template
 * does the rest. */

typedef struct Reader {
    Arena *arena;
    PythonTokenVec tokens;
    StrBuf calls;   /* the template */
    StrBuf keys[2]; /* of config.get(), of config.meta_get() */
    StrBuf presets[2];
} Reader;

static const PythonToken *token_at(const Reader *reader, size_t i)
{
    static const PythonToken none = {.kind = PYTHON_SIGN};
    return i < reader->tokens.len ? &reader->tokens.data[i] : &none;
}

static bool is_at(const Reader *reader, size_t i, const char *text)
{
    return python_is(token_at(reader, i), text);
}

static Error *parsing_error(const char *text)
{
    return error_as(error_new(ERR_TEMPLATE, "%s", text), "NodeParsingError");
}

static bool opens(const PythonToken *token)
{
    return python_is(token, "(") || python_is(token, "[") || python_is(token, "{");
}

static bool closes(const PythonToken *token)
{
    return python_is(token, ")") || python_is(token, "]") || python_is(token, "}");
}

/* Behind the bracket that closes the one at `i`. Brackets match, the scanner saw to that. */
static size_t behind_bracket(const Reader *reader, size_t i)
{
    size_t depth = 0;
    do {
        depth += opens(token_at(reader, i));
        depth -= closes(token_at(reader, i));
        i++;
    } while (depth > 0 && i < reader->tokens.len);
    return i;
}

/* ---- The function `model` ---- */

/* The end of a logical line, or of what is indented below it. */
static size_t end_of_line(const Reader *reader, size_t i)
{
    for (i++; i < reader->tokens.len && !reader->tokens.data[i].begins; i++) {
    }
    return i;
}

static size_t end_of_block(const Reader *reader, size_t i)
{
    size_t indent = token_at(reader, i)->indent;
    for (i = end_of_line(reader, i);
         i < reader->tokens.len && reader->tokens.data[i].indent > indent;) {
        i = end_of_line(reader, i);
    }
    return i;
}

/* Names of the positional arguments between `from` and `end`. */
static size_t count_arguments(const Reader *reader, size_t from, size_t end, Str *out_first)
{
    size_t count = 0;
    bool expected = true;
    for (size_t i = from; i < end;
         i = opens(token_at(reader, i)) ? behind_bracket(reader, i) : i + 1) {
        if (is_at(reader, i, "*")) {
            break;
        }
        if (expected && token_at(reader, i)->kind == PYTHON_NAME) {
            *out_first = count == 0 ? token_at(reader, i)->text : *out_first;
            count++;
        }
        expected = is_at(reader, i, ",");
    }
    return count;
}

/* Whether there is a comma outside of brackets: "1, 2", and "(1, 2)" with `inside`. */
static bool is_tuple(const Reader *reader, size_t from, size_t end)
{
    if (is_at(reader, from, "(") && behind_bracket(reader, from) == end) {
        from++;
        end--;
    }
    for (size_t i = from; i < end;
         i = opens(token_at(reader, i)) ? behind_bracket(reader, i) : i + 1) {
        if (is_at(reader, i, ",")) {
            return true;
        }
    }
    return false;
}

/* Whether the last statement of the body between `from` and `end` returns one thing. */
static bool returns_one(const Reader *reader, size_t from, size_t end)
{
    size_t last = from;
    for (size_t i = end_of_line(reader, from); i < end; i = end_of_line(reader, i)) {
        if (token_at(reader, i)->indent <= token_at(reader, from)->indent) {
            last = i;
        }
    }
    size_t stop = end_of_line(reader, last);
    for (size_t i = last; i < stop; i++) {
        last = is_at(reader, i, ";") && i + 1 < stop ? i + 1 : last;
    }
    return is_at(reader, last, "return") && !is_tuple(reader, last + 1, stop);
}

/* Complaints about the function at `i`, one a line. */
static void check_function(const Reader *reader, size_t i, StrBuf *problems)
{
    Str first = {0};
    size_t open = i + 2, behind = behind_bracket(reader, open);
    size_t count = count_arguments(reader, open + 1, behind - 1, &first);
    size_t body = behind;
    while (body < reader->tokens.len && !is_at(reader, body, ":")) { /* behind a type */
        body = opens(token_at(reader, body)) ? behind_bracket(reader, body) : body + 1;
    }
    const struct {
        bool wrong;
        const char *text;
    } checks[] = {
        {count > 0 && !str_is(first, "dbt"), "'dbt' not provided for model as the first argument"},
        {count != 2,
         "model function should have two args, `dbt` and a session to current warehouse"},
        {!returns_one(reader, body + 1, end_of_block(reader, i)),
         "In current version, model function should return only one dataframe object"},
    };
    for (size_t k = 0; k < ARRAY_LEN(checks); k++) {
        if (checks[k].wrong) {
            strbuf_printf(problems, "%s%s", problems->len > 0 ? "\n" : "", checks[k].text);
        }
    }
}

static Error *check_model(const Reader *reader)
{
    StrBuf problems = strbuf_init(reader->arena, LIMIT_ERROR_BYTES);
    size_t count = 0;
    for (size_t i = 0; i < reader->tokens.len;) {
        if (!is_at(reader, i, "def") || !token_at(reader, i)->begins) {
            i++;
            continue;
        }
        if (is_at(reader, i + 1, "model") && is_at(reader, i + 2, "(")) {
            count++;
            check_function(reader, i, &problems);
        }
        i = end_of_block(reader, i); /* functions inside of functions are their own business */
    }
    if (count != 1) {
        Str text =
            str_printf(reader->arena,
                       "dbt allows exactly one model defined per python file, found %zu", count);
        return parsing_error(text.data);
    }
    return problems.len > 0 ? parsing_error(str_to_c(reader->arena, strbuf_str(&problems))) : NULL;
}

/* ---- Literals ---- */

static Error *no_literal(const PythonToken *token)
{
    Error *err = error_new(
        ERR_TEMPLATE,
        "Error when trying to literal_eval an arg to dbt.ref(), dbt.source(), dbt.config() or "
        "dbt.config.get() \nmalformed node or string on line %u: " STR_FMT
        "\nhttps://docs.python.org/3/library/ast.html#ast.literal_eval\nIn dbt python model, "
        "`dbt.ref`, `dbt.source`, `dbt.config`, `dbt.config.get` function args only support "
        "Python literal structures",
        token->line, STR_ARG(token->text));
    return error_as(err, "ParsingError");
}

/* A text between quotes of one line, in which only what a template takes is left. */
static Error *add_string(const PythonToken *token, StrBuf *out)
{
    size_t prefix = 0;
    bool raw = false;
    for (; token->text.data[prefix] != '\'' && token->text.data[prefix] != '"'; prefix++) {
        char letter = token->text.data[prefix];
        raw = raw || letter == 'r' || letter == 'R';
        if (strchr("bBfF", letter) != NULL) {
            return no_literal(token);
        }
    }
    char quote = token->text.data[prefix];
    Str text = str_from_offset(token->text, prefix);
    size_t marks = text.len >= 6 && text.data[1] == quote && text.data[2] == quote ? 3 : 1;
    text = str_slice(text, marks, text.len - marks);
    strbuf_add_char(out, quote);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        bool escapes = c == '\\' && !raw && i + 1 < text.len;
        if (c == '\n') {
            strbuf_add_c(out, "\\n");
        } else if (escapes) {
            strbuf_add(out, str_slice(text, i, i + 2));
            i++;
        } else {
            strbuf_printf(out, "%s%c", c == quote || c == '\\' ? "\\" : "", c);
        }
    }
    strbuf_add_char(out, quote);
    return NULL;
}

/* Templates want digits on both sides of a dot. */
static void add_number(Str text, StrBuf *out)
{
    strbuf_add_c(out, str_starts_with(text, STR(".")) ? "0" : "");
    strbuf_add(out, text);
    strbuf_add_c(out, str_ends_with(text, STR(".")) ? "0" : "");
}

static bool is_literal_sign(const PythonToken *token)
{
    return token->kind == PYTHON_SIGN && token->text.len > 0 &&
           strchr("()[]{},:-+", token->text.data[0]) != NULL;
}

static bool is_constant(const PythonToken *token)
{
    return python_is(token, "True") || python_is(token, "False") || python_is(token, "None");
}

/* The tokens as a template has them. */
static Error *add_literals(const Reader *reader, size_t from, size_t end, StrBuf *out)
{
    for (size_t i = from; i < end; i++) {
        const PythonToken *token = token_at(reader, i);
        bool named = token->kind == PYTHON_NAME && is_at(reader, i + 1, "=");
        bool assigns = python_is(token, "=") && i > from;
        if (token->kind == PYTHON_STRING) {
            TRY(add_string(token, out));
        } else if (token->kind == PYTHON_NUMBER) {
            add_number(token->text, out);
        } else if (named || assigns || is_constant(token) || is_literal_sign(token)) {
            strbuf_add(out, token->text);
        } else {
            return no_literal(token);
        }
        strbuf_add_char(out, ' ');
    }
    return NULL;
}

/* ---- Calls ---- */

/* A call of config.get() (0) or config.meta_get() (1), whose arguments lie between the two. */
static Error *add_key(Reader *reader, size_t which, size_t from, size_t end)
{
    const char *name = which == 0 ? "get" : "meta_get";
    size_t starts[3] = {from, 0, 0}, count = end > from;
    for (size_t i = from; i < end;
         i = opens(token_at(reader, i)) ? behind_bracket(reader, i) : i + 1) {
        if (is_at(reader, i, ",") && i + 1 < end) {
            starts[count < 3 ? count : 2] = i + 1;
            count++;
        }
    }
    if (count == 0 || count > 2) {
        Str text =
            count == 0
                ? str_printf(reader->arena, "dbt.config.%s() requires at least one argument", name)
                : str_printf(reader->arena, "dbt.config.%s() takes at most 2 arguments (%zu given)",
                             name, count);
        return parsing_error(text.data);
    }
    size_t key_end = count == 2 ? starts[1] - 1 : end;
    TRY(add_literals(reader, from, key_end, &reader->keys[which]));
    strbuf_add_c(&reader->keys[which], ", ");
    if (count == 2) {
        TRY(add_literals(reader, starts[1], end, &reader->presets[which]));
    } else {
        strbuf_add_c(&reader->presets[which], "none");
    }
    strbuf_add_c(&reader->presets[which], ", ");
    return NULL;
}

static Error *add_call(Reader *reader, Str path, size_t from, size_t end)
{
    static const char *const calls[] = {"dbt.ref", "dbt.source", "dbt.config"};
    static const char *const keys[] = {"dbt.config.get", "dbt.config.meta_get"};
    for (size_t i = 0; i < ARRAY_LEN(calls); i++) {
        if (str_is(path, calls[i])) {
            strbuf_printf(&reader->calls, "{{ %s(", calls[i] + strlen("dbt."));
            TRY(add_literals(reader, from, end, &reader->calls));
            strbuf_add_c(&reader->calls, ") }}\n");
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        if (str_is(path, keys[i])) {
            TRY(add_key(reader, i, from, end));
        }
    }
    return NULL;
}

/* A call in a chain such as a.b(c)[d].e(f). */
typedef struct ChainCall {
    Str path;    /* "a.b"; empty behind another call */
    size_t open; /* its bracket */
} ChainCall;
typedef VEC(ChainCall) ChainCallVec;

/* The chain that begins with the name at `i`; where it ends. */
static size_t read_chain(const Reader *reader, size_t i, ChainCallVec *out)
{
    StrBuf path = strbuf_init(reader->arena, LIMIT_ERROR_BYTES);
    bool plain = true;
    strbuf_add(&path, token_at(reader, i)->text);
    for (i++; i < reader->tokens.len && !token_at(reader, i)->begins;) {
        const PythonToken *token = token_at(reader, i);
        if (python_is(token, ".")) {
            strbuf_printf(&path, "." STR_FMT, STR_ARG(token_at(reader, i + 1)->text));
            i += 2;
        } else if (python_is(token, "(") || python_is(token, "[")) {
            ChainCall call = {.open = i};
            call.path = plain && python_is(token, "(") ? str_dup(reader->arena, strbuf_str(&path))
                                                       : (Str){0};
            VEC_PUSH(reader->arena, out, call);
            plain = false;
            i = behind_bracket(reader, i);
        } else {
            break;
        }
    }
    return i;
}

/* All calls between the two, in the order in which dbt meets them: of a chain the last one first,
 * each before what stands in its brackets. `depth` is that of the brackets. */
static Error *read_calls(Reader *reader, size_t from, size_t end, size_t depth)
{
    if (depth > LIMIT_DOCUMENT_DEPTH) {
        return parsing_error("too many nested parentheses");
    }
    for (size_t i = from; i < end;) {
        if (token_at(reader, i)->kind != PYTHON_NAME) {
            i++;
            continue;
        }
        ChainCallVec chain = {0};
        i = read_chain(reader, i, &chain);
        for (size_t k = chain.len; k-- > 0;) {
            size_t open = chain.data[k].open, close = behind_bracket(reader, open) - 1;
            TRY(add_call(reader, chain.data[k].path, open + 1, close));
            TRY(read_calls(reader, open + 1, close, depth + 1));
        }
    }
    return NULL;
}

static void add_keys(Reader *reader)
{
    static const char *const names[] = {"config", "meta"};
    if (reader->keys[0].len == 0 && reader->keys[1].len == 0) {
        return;
    }
    strbuf_add_c(&reader->calls, "{{ config(");
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        strbuf_printf(&reader->calls,
                      "%s_keys_used=[" STR_FMT "], %s_keys_defaults=[" STR_FMT "], ", names[i],
                      STR_ARG(strbuf_str(&reader->keys[i])), names[i],
                      STR_ARG(strbuf_str(&reader->presets[i])));
    }
    strbuf_add_c(&reader->calls, ") }}\n");
}

Error *python_model_calls(Arena *arena, Str code, Str file, Str *out)
{
    if (yaml_has_jinja(code)) {
        return parsing_error("No jinja in python model code is allowed");
    }
    Reader reader = {.arena = arena, .calls = strbuf_init(arena, LIMIT_TEMPLATE_BYTES)};
    for (size_t i = 0; i < ARRAY_LEN(reader.keys); i++) {
        reader.keys[i] = strbuf_init(arena, LIMIT_TEMPLATE_BYTES);
        reader.presets[i] = strbuf_init(arena, LIMIT_TEMPLATE_BYTES);
    }
    TRY(python_tokens(arena, code, file, &reader.tokens));
    if (reader.tokens.len > 0) {
        TRY(check_model(&reader));
        TRY(read_calls(&reader, 0, reader.tokens.len, 0));
        add_keys(&reader);
    }
    *out = strbuf_str(&reader.calls);
    return NULL;
}
