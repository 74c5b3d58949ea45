#include "jinja/arg_error.h"

#include "jinja/environment.h"

/* How a function is written in Python, which decides what it says. */
typedef enum Style {
    STYLE_PYTHON,  /* in Python: "f() missing 1 required positional argument: 'a'" */
    STYLE_ONE,     /* in C, for a fixed number: "f() takes exactly one argument (0 given)" */
    STYLE_RANGE,   /* in C, several: "f expected at least 1 argument, got 0" */
    STYLE_COUNTED, /* in C, older: "f() takes at least 1 argument (0 given)" */
} Style;

/* A callee as Python sees it. */
typedef struct Callee {
    Style style;
    Str owner;      /* "str" of str.upper; empty for functions */
    Str name;       /* "do_replace", "upper" */
    size_t hidden;  /* arguments that Python's version has besides, such as the environment */
    size_t skipped; /* arguments that Python does not count: self */
} Callee;

static bool is_one_of(const char *name, const char *const *names)
{
    for (; *names != NULL; names++) {
        if (strcmp(name, *names) == 0) {
            return true;
        }
    }
    return false;
}

static Str joined(JinjaState *s, const char *before, const char *name)
{
    return str_printf(jinja_scratch(s), "%s%s", before, name);
}

/* ---- Who is called ---- */

static Callee filter_callee(JinjaState *s, const JBuiltin *filter)
{
    static const struct {
        const char *filter, *name;
        Style style;
    } others[] = {{"abs", "abs", STYLE_ONE},
                  {"count", "len", STYLE_ONE},
                  {"length", "len", STYLE_ONE},
                  {"e", "escape", STYLE_PYTHON},
                  {"escape", "escape", STYLE_PYTHON},
                  {"string", "soft_str", STYLE_PYTHON},
                  {"safe", "do_mark_safe", STYLE_PYTHON},
                  {"d", "do_default", STYLE_PYTHON},
                  {"is_list", "is_list", STYLE_PYTHON}};
    static const char *const with_context[] = {
        "attr",   "first",    "groupby",    "join",    "last",     "map",        "max",  "min",
        "random", "reject",   "rejectattr", "replace", "select",   "selectattr", "sort", "sum",
        "tojson", "truncate", "unique",     "urlize",  "wordwrap", "xmlattr",    NULL};
    static const char *const wrapped[] = {"first",  "groupby",    "join",   "list",       "map",
                                          "reject", "rejectattr", "select", "selectattr", "slice",
                                          "sum",    "unique",     NULL};
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        if (strcmp(filter->name, others[i].filter) == 0) {
            return (Callee){.style = others[i].style, .name = str_from(others[i].name)};
        }
    }
    const char *prefix = is_one_of(filter->name, wrapped) ? "sync_do_" : "do_";
    return (Callee){.name = joined(s, prefix, filter->name),
                    .hidden = is_one_of(filter->name, with_context)};
}

static Callee test_callee(JinjaState *s, const JBuiltin *test)
{
    static const char *const operators[][2] = {
        {"!=", "ne"}, {"<", "lt"},       {"<=", "le"},          {"==", "eq"},       {">", "gt"},
        {">=", "ge"}, {"equalto", "eq"}, {"greaterthan", "gt"}, {"lessthan", "lt"}, {"eq", "eq"},
        {"ne", "ne"}, {"lt", "lt"},      {"le", "le"},          {"gt", "gt"},       {"ge", "ge"}};
    static const char *const with_environment[] = {"filter", "test", NULL};
    for (size_t i = 0; i < ARRAY_LEN(operators); i++) {
        if (strcmp(test->name, operators[i][0]) == 0) {
            return (Callee){
                .style = STYLE_RANGE, .owner = STR("_operator"), .name = str_from(operators[i][1])};
        }
    }
    if (strcmp(test->name, "callable") == 0) {
        return (Callee){.style = STYLE_ONE, .name = STR("callable")};
    }
    return (Callee){.name = joined(s, "test_", test->name),
                    .hidden = is_one_of(test->name, with_environment)};
}

static Callee method_callee(JinjaState *s, const JBuiltin *method, JValue self)
{
    static const char *const counted[] = {"find",  "rfind",      "index",    "rindex",
                                          "count", "startswith", "endswith", NULL};
    Callee callee = {.owner = str_from(jtype_name(self)), .name = str_from(method->name)};
    if (self.type == J_LOOP || self.type == J_CYCLER) {
        callee.name = str_printf(jinja_scratch(s), "%s.%s", jtype_name(self), method->name);
        return callee;
    }
    callee.skipped = 1;
    if (strcmp(method->name, "format_map") == 0) {
        callee.owner = STR("");
    }
    bool by_name = method->params != NULL;
    bool few = method->max_args <= 2 && method->min_args == method->max_args;
    callee.style = by_name || (self.type == J_STR && is_one_of(method->name, counted))
                       ? STYLE_COUNTED
                   : few ? STYLE_ONE
                         : STYLE_RANGE;
    return callee;
}

static Callee global_callee(const JBuiltin *global)
{
    static const struct {
        const char *global, *name;
        Style style;
        size_t hidden;
    } known[] = {{"range", "range", STYLE_RANGE, 0},
                 {"dict", "dict", STYLE_RANGE, 0},
                 {"namespace", "dict", STYLE_RANGE, 0},
                 {"cycler", "Cycler.__init__", STYLE_PYTHON, 1},
                 {"joiner", "Joiner.__init__", STYLE_PYTHON, 1},
                 {"lipsum", "generate_lorem_ipsum", STYLE_PYTHON, 0}};
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        if (strcmp(global->name, known[i].global) == 0) {
            return (Callee){.style = known[i].style,
                            .name = str_from(known[i].name),
                            .hidden = known[i].hidden};
        }
    }
    return (Callee){.name = str_from(global->name)};
}

static bool is_own(const JBuiltin *builtin, const JBuiltin *table)
{
    for (; table->name != NULL; table++) {
        if (table == builtin) {
            return true;
        }
    }
    return false;
}

/* What the embedder adds speaks as a Python function of its own name. */
static Callee callee_of(JinjaState *s, const JBuiltin *builtin, const JValue *args)
{
    static const JBuiltin *const filters[] = {jinja_filters_text,  jinja_filters_lines,
                                              jinja_filters_list,  jinja_filters_select,
                                              jinja_filters_group, jinja_filters_value};
    for (size_t i = 0; i < ARRAY_LEN(filters); i++) {
        if (is_own(builtin, filters[i])) {
            return filter_callee(s, builtin);
        }
    }
    if (is_own(builtin, jinja_tests)) {
        return test_callee(s, builtin);
    }
    if (is_own(builtin, jinja_globals)) {
        return global_callee(builtin);
    }
    JValue self = args[0];
    if (builtin->min_args > 0 && !jis_absent(self)) {
        JStr *name = jstr_new(jinja_heap(s), str_from(builtin->name));
        if (jinja_find_method(s, self.type, name) == builtin) {
            return method_callee(s, builtin, self);
        }
    }
    return (Callee){.name = str_from(builtin->name)};
}

/* ---- What it says ---- */

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

/* The name of parameter number `index`. */
static Str param_name(const JBuiltin *builtin, size_t index)
{
    Str rest = str_from(builtin->params != NULL ? builtin->params : ""), piece = {0};
    for (size_t i = 0; str_next_piece(&rest, ' ', &piece); i++) {
        if (i == index) {
            return piece;
        }
    }
    return STR("");
}

/* "f() missing 2 required positional arguments: 'a' and 'b'" */
static Error *missing(JinjaState *s, const JBuiltin *builtin, const Callee *callee,
                      const JValue *args, size_t argc)
{
    size_t count = 0, told = 0;
    for (size_t i = argc; i < builtin->min_args; i++) {
        count += jis_absent(args[i]);
    }
    StrBuf names = strbuf_init(jinja_scratch(s), LIMIT_ERROR_BYTES);
    for (size_t i = argc; i < builtin->min_args; i++) {
        if (!jis_absent(args[i])) {
            continue;
        }
        bool last = ++told == count;
        strbuf_add_c(&names, told == 1            ? ""
                             : last && count == 2 ? " and "
                             : last               ? ", and "
                                                  : ", ");
        strbuf_printf(&names, "'" STR_FMT "'", STR_ARG(param_name(builtin, i)));
    }
    return jraise("TypeError", STR_FMT "() missing %zu required positional argument%s: " STR_FMT,
                  STR_ARG(callee->name), count, plural(count), STR_ARG(strbuf_str(&names)));
}

static Error *python_count(JinjaState *s, const JBuiltin *builtin, const Callee *callee,
                           const JValue *args, size_t argc)
{
    size_t given = argc + callee->hidden, most = builtin->max_args + callee->hidden;
    size_t fewest = builtin->min_args + callee->hidden;
    if (argc <= builtin->max_args) {
        return missing(s, builtin, callee, args, argc);
    }
    if (fewest == most) {
        return jraise("TypeError", STR_FMT "() takes %zu positional argument%s but %zu %s given",
                      STR_ARG(callee->name), most, plural(most), given,
                      given == 1 ? "was" : "were");
    }
    return jraise("TypeError",
                  STR_FMT "() takes from %zu to %zu positional argument%s but %zu were given",
                  STR_ARG(callee->name), fewest, most, plural(most), given);
}

/* "str.", or nothing for a function. */
static Str owner_prefix(JinjaState *s, const Callee *callee)
{
    return callee->owner.len > 0 ? joined(s, str_to_c(jinja_scratch(s), callee->owner), ".")
                                 : STR("");
}

Error *arg_error_count(JinjaState *s, const JBuiltin *builtin, const JValue *args, size_t argc)
{
    Callee callee = callee_of(s, builtin, args);
    size_t given = argc - callee.skipped, fewest = builtin->min_args - callee.skipped;
    size_t most = builtin->max_args - callee.skipped;
    bool exact = fewest == most, few = given < fewest;
    size_t wanted = few ? fewest : most;
    switch (callee.style) {
    case STYLE_PYTHON:
        return python_count(s, builtin, &callee, args, argc);
    case STYLE_ONE:
        return jraise("TypeError", STR_FMT STR_FMT "() takes %s (%zu given)",
                      STR_ARG(owner_prefix(s, &callee)), STR_ARG(callee.name),
                      wanted == 0 ? "no arguments" : "exactly one argument", given);
    case STYLE_RANGE:
        return jraise("TypeError", STR_FMT " expected %s%zu argument%s, got %zu",
                      STR_ARG(callee.name),
                      exact ? ""
                      : few ? "at least "
                            : "at most ",
                      wanted, plural(wanted), given);
    case STYLE_COUNTED:
        break;
    }
    return jraise("TypeError", STR_FMT "() takes %s %zu argument%s (%zu given)",
                  STR_ARG(callee.name),
                  exact ? "exactly"
                  : few ? "at least"
                        : "at most",
                  wanted, plural(wanted), given);
}

Error *arg_error_unknown(JinjaState *s, const JBuiltin *builtin, const JValue *args, Str name)
{
    Callee callee = callee_of(s, builtin, args);
    if (callee.style == STYLE_COUNTED && builtin->params != NULL) {
        return jraise("TypeError", "'" STR_FMT "' is an invalid keyword argument for " STR_FMT "()",
                      STR_ARG(name), STR_ARG(callee.name));
    }
    if (callee.style == STYLE_COUNTED) {
        return jraise("TypeError", STR_FMT "() takes no keyword arguments", STR_ARG(callee.name));
    }
    bool is_range = strcmp(builtin->name, "range") == 0 && callee.owner.len == 0;
    if (callee.style == STYLE_PYTHON || is_range) { /* the sandbox puts a function around range */
        return jraise("TypeError",
                      "%s" STR_FMT "() got an unexpected keyword argument '" STR_FMT "'",
                      is_range ? "safe_" : "", STR_ARG(callee.name), STR_ARG(name));
    }
    return jraise("TypeError", STR_FMT STR_FMT "() takes no keyword arguments",
                  STR_ARG(owner_prefix(s, &callee)), STR_ARG(callee.name));
}

Error *arg_error_twice(JinjaState *s, const JBuiltin *builtin, const JValue *args, Str name,
                       size_t position)
{
    Callee callee = callee_of(s, builtin, args);
    if (callee.style == STYLE_COUNTED) {
        return jraise("TypeError",
                      "argument for " STR_FMT "() given by name ('" STR_FMT "') and position (%zu)",
                      STR_ARG(callee.name), STR_ARG(name), position);
    }
    return jraise("TypeError", STR_FMT "() got multiple values for argument '" STR_FMT "'",
                  STR_ARG(callee.name), STR_ARG(name));
}
