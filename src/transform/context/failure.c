#include "transform/context/failure.h"

#include "base/limits.h"
#include "base/number.h"

/* ---- Kinds ---- */

static bool is_one_of(const char *name, const char *const *names)
{
    for (; *names != NULL; names++) {
        if (strcmp(name, *names) == 0) {
            return true;
        }
    }
    return false;
}

/* What dbt turns into an error of its own in the innermost macro. */
static bool is_of_language(const Error *err)
{
    static const char *const names[] = {
        "TypeError",           "UndefinedError", "TemplateRuntimeError",
        "FilterArgumentError", "SecurityError",  NULL};
    return is_one_of(error_class(error_root(err)), names);
}

/* What dbt lets through until the node. */
static bool is_of_python(const Error *err)
{
    static const char *const names[] = {"ValueError",
                                        "OverflowError",
                                        "KeyError",
                                        "RecursionError",
                                        "AttributeError",
                                        "IndexError",
                                        "ZeroDivisionError",
                                        "RuntimeError",
                                        "AssertionError",
                                        "UnicodeEncodeError",
                                        "UnicodeDecodeError",
                                        "LookupError",
                                        "UnknownTimeZoneError",
                                        "decimal.DivisionByZero",
                                        "decimal.InvalidOperation",
                                        "decimal.Overflow",
                                        "re.error",
                                        "NotImplementedError",
                                        NULL};
    return is_one_of(error_class(error_root(err)), names);
}

void failure_left_macro(Context *ctx, const Macro *macro, const Error *err)
{
    if (err == NULL || ctx->trace.len >= LIMIT_CALL_DEPTH || is_of_python(err)) {
        return;
    }
    if (is_of_language(err) && !ctx->caught) {
        ctx->caught = true;
        return;
    }
    VEC_PUSH(ctx->arena, &ctx->trace, macro);
}

void failure_blame(Context *ctx, const Context *inner, const Node *node)
{
    ctx->trace = inner->trace;
    ctx->caught = inner->caught;
    ctx->blamed = node;
}

/* The word before "Error": dbt tells by class what ours tell by kind. */
static Str failure_type(const Context *ctx, const Error *err)
{
    const char *given = error_class(err);
    if (ctx->operation != NULL && is_of_python(err)) {
        return STR("Runtime");
    }
    if (strcmp(given, "ParsingError") == 0 || strcmp(given, "NodeParsingError") == 0) {
        return STR("Parsing");
    }
    if (strcmp(given, "DbtRuntimeError") == 0) {
        return STR("Runtime");
    }
    if (strcmp(given, "DbtDatabaseError") == 0) {
        return STR("Database");
    }
    switch (error_kind(err)) {
    case ERR_STORE:
    case ERR_LOCKED:
    case ERR_IO:
    case ERR_CANCELLED:
    case ERR_USAGE:
    case ERR_LIMIT:
    case ERR_CONFIG:
    case ERR_NOT_FOUND:
    case ERR_UNSUPPORTED:
        return STR("Runtime");
    case ERR_INPUT:
    case ERR_SCHEMA:
    case ERR_TEMPLATE:
    case ERR_AUTH:
    case ERR_RATE_LIMIT:
    case ERR_NETWORK:
    case ERR_SOURCE:
    case ERR_FAILED:
    case ERR_BUG:
        break;
    }
    return STR("Compilation");
}

/* ---- Texts ---- */

static void add_indented(Str text, StrBuf *out)
{
    Str line;
    for (Str rest = text; str_next_piece(&rest, '\n', &line);) {
        strbuf_add_c(out, "\n  ");
        strbuf_add(out, line);
    }
}

/* Line `number` of a text, from 1; empty beyond its end. */
static Str line_of(Str text, int64_t number)
{
    Str line = {0};
    for (Str rest = text; number > 0; number--) {
        if (!str_next_line(&rest, &line)) {
            return (Str){0};
        }
    }
    return line;
}

/* "line 3" and the line itself, where the template cannot be read. `place` ends with ":3". */
static void add_syntax_line(const Context *ctx, Str place, StrBuf *out)
{
    size_t colon = str_find_last(place, STR(":"));
    int64_t number = 0;
    if (ctx->node == NULL || colon == SIZE_MAX ||
        !number_parse_int64(str_from_offset(place, colon + 1), &number)) {
        return;
    }
    Str line = line_of(ctx->node->raw_code, number);
    strbuf_printf(out, "\n    line %lld\n      " STR_FMT, (long long)number, STR_ARG(line));
}

/* What dbt adds to a use of something undefined outside macros. */
static const char undefined_advice[] =
    ". This can happen when calling a macro that does not exist. Check for typos and/or install "
    "package dependencies with \"dbt deps\".";

/* Who is said to have failed; empty for an operation whose failure no macro raised. */
static Str culprit_label(const Context *ctx, const Node *node, Arena *arena)
{
    if (node != NULL) {
        return node_label(node, arena);
    }
    bool named = ctx->operation != NULL && ctx->raised;
    return named ? node_label(ctx->operation, arena) : STR("");
}

static void add_trace(const Context *ctx, StrBuf *out)
{
    if (ctx->trace.len == 0) {
        return;
    }
    const char *relation = "> in";
    strbuf_add_c(out, "\n  ");
    for (VEC_EACH(const MacroRef, it, &ctx->trace)) {
        strbuf_printf(out, "\n  %s macro " STR_FMT " (" STR_FMT ")", relation, STR_ARG((*it)->name),
                      STR_ARG((*it)->path));
        relation = "> called by";
    }
    const Node *caller = ctx->unit != NULL && ctx->blamed != NULL ? ctx->blamed : ctx->node;
    Str label = culprit_label(ctx, caller, ctx->arena);
    if (label.len == 0 && ctx->operation != NULL) {
        label = STR("<Unknown>");
    }
    if (label.len > 0) {
        strbuf_printf(out, "\n  > called by " STR_FMT, STR_ARG(label));
    }
}

Str failure_text(const Context *ctx, Arena *arena, const Error *err)
{
    const Error *root = error_root(err);
    StrBuf text = strbuf_init(arena, LIMIT_CONFIG_BYTES);
    Str type = failure_type(ctx, root);
    strbuf_printf(&text, STR_FMT " Error", STR_ARG(type));
    const Node *node = ctx->blamed != NULL ? ctx->blamed : ctx->node;
    bool named = strcmp(error_class(root), "ParsingError") != 0 || ctx->phase == PHASE_RUN ||
                 (node != NULL && node_is_unit_test(node));
    Str label = named ? culprit_label(ctx, node, arena) : STR("");
    if (label.len > 0) {
        strbuf_printf(&text, " in " STR_FMT, STR_ARG(label));
    }
    add_indented(error_message(root), &text);
    if (strcmp(error_class(root), "UndefinedError") == 0 && !ctx->caught) {
        strbuf_add_c(&text, undefined_advice);
    }
    if (strcmp(error_class(root), "TemplateSyntaxError") == 0) {
        add_syntax_line(ctx, error_message(err), &text);
    }
    if (str_is(type, "Compilation")) {
        add_trace(ctx, &text); /* what the database refuses needs no way through the macros */
    }
    return strbuf_str(&text);
}
