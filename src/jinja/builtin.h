/* jinja/builtin.h - filters, tests, methods and global functions are rows of tables. To add one,
 * write a C function and its row; the compiler of templates, the arguments' names, the checks and
 * the error messages all come from the row.
 *
 *     {"center", filter_center, 1, 2, "value width", 0},
 *
 * Arguments: the subject of a filter or test, and the self of a method, is args[0] and counts in
 * min and max. When the function runs, args[0 .. max) are all there: given by position or by name,
 * or MISSING. Rows that take any number (max JARGS_ANY) get exactly call->argc arguments, with
 * MISSING only for those below min that came by no name.
 *
 * A builtin never sees a wrong number of arguments or an unknown name. It returns NULL and sets
 * *out, or an error made with jraise() and leaves *out alone. */
#ifndef JINJA_BUILTIN_H
#define JINJA_BUILTIN_H

#include "jinja/object.h"
#include "jinja/ops.h"
#include "jinja/state.h"

struct JCall {
    const JValue *args;
    size_t argc;   /* how many of args were given by position */
    JDict *kwargs; /* further arguments by name, for JB_KWARGS; NULL when there are none */
};

typedef Error *(*JNative)(JinjaState *s, const JCall *call, JValue *out);

enum { JARGS_ANY = 255 };

typedef enum JBuiltinFlags {
    JB_KWARGS = 1 << 0,   /* takes any argument by name */
    JB_CONTEXT = 1 << 1,  /* sees the context or calls back: never computed while compiling */
    JB_PROPERTY = 1 << 2, /* of a method: no call, its result is the attribute; MISSING = none */
    JB_CLASS = 1 << 3,    /* a global that makes values of a type: `data` is its JBuiltinClass */
} JBuiltinFlags;

struct JBuiltin {
    const char *name;
    JNative run;
    uint8_t min_args;
    uint8_t max_args;
    const char
        *params; /* the arguments' names by position, blank between; NULL = by position only */
    unsigned flags;
    const void *data; /* the embedder's, found at jinja_callee(s)->data */
};

/* Of the engine's globals that are classes in Python. */
struct JBuiltinClass {
    const char *name;        /* as Python prints it: "jinja2.utils.Cycler" */
    const JBuiltin *methods; /* called on the class, which is their self; NULL = none */
};

/* Tables end with a row without a name. An environment has these and those of the embedder. */
extern const JBuiltin jinja_filters_text[];   /* filter_text.c: upper, replace, indent, ... */
extern const JBuiltin jinja_filters_lines[];  /* filter_lines.c: wordwrap, truncate, urlize, ... */
extern const JBuiltin jinja_filters_list[];   /* filter_list.c: length, join, sort, batch, ... */
extern const JBuiltin jinja_filters_select[]; /* filter_select.c: map, select, rejectattr, ... */
extern const JBuiltin jinja_filters_group[];  /* filter_group.c: batch, unique, groupby, dictsort */
extern const JBuiltin jinja_filters_value[];  /* filter_value.c: default, int, round, tojson, ... */
extern const JBuiltin jinja_tests[];          /* test.c */
extern const JBuiltin jinja_globals[];        /* global.c */
extern const JBuiltin jinja_str_methods[];    /* method_str.c: strip, replace, upper, center, ... */
extern const JBuiltin jinja_str_searches[];   /* method_str_find.c: find, count, startswith, ... */
extern const JBuiltin jinja_str_pieces[];     /* method_str_split.c: split, join, partition, ... */
extern const JBuiltin jinja_str_formats[];    /* format_str.c: format, format_map; encode */
extern const JBuiltin jinja_str_predicates[]; /* method_str_is.c */
extern const JBuiltin jinja_list_methods[];   /* method_list.c, as the two below */
extern const JBuiltin jinja_tuple_methods[];
extern const JBuiltin jinja_range_methods[];
extern const JBuiltin jinja_dict_methods[]; /* method_dict.c, as the three below */
extern const JBuiltin jinja_dict_class_methods[];
extern const JBuiltin jinja_set_methods[];
extern const JBuiltin jinja_view_methods[];
extern const JBuiltin jinja_int_methods[]; /* method_number.c; also of bools and bigints */
extern const JBuiltin jinja_float_methods[];
extern const JBuiltin jinja_filters_native[]; /* native.c: as_bool, as_number, as_native, as_text */
extern const JBuiltin jinja_loop_methods[];   /* run.c, as the one below */
extern const JBuiltin jinja_cycler_methods[];

/* ---- Reading arguments ---- */

static inline bool jarg_given(const JCall *call, size_t index)
{
    return !jis_absent(call->args[index]);
}

static inline JValue jarg_or(const JCall *call, size_t index, JValue fallback)
{
    return jarg_given(call, index) ? call->args[index] : fallback;
}

/* Truth of the argument. */
static inline bool jarg_bool(const JCall *call, size_t index, bool fallback)
{
    return jarg_given(call, index) ? jtruth(call->args[index]) : fallback;
}

/* TypeError "'str' object cannot be interpreted as an integer" when it is no int; OverflowError
 * beyond 64 bits. */
MUST_CHECK Error *jarg_int(const JCall *call, size_t index, int64_t fallback, int64_t *out);
/* TypeError "<what> must be str, not int" when it is no str; `what` may be "". */
MUST_CHECK Error *jarg_text(const JCall *call, size_t index, const char *what, Str *out);

/* ---- Results of methods of text ---- */

/* `text`, as Markup if `model` is. */
JValue jresult_like(JinjaState *s, JValue text, JValue model);
JValue jresult_text(JinjaState *s, Str text, JValue model);

#endif
