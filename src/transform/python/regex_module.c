#include "base/limits.h"
#include "jinja/ops.h"
#include "transform/python/modules.h"
#include "transform/python/regex_match.h"

/* `modules.re` and compiled patterns. All functions get the module, then the pattern: a text or a
 * compiled one. Methods of patterns are the same functions. */

/* A compiled pattern is a tuple of its text and flags; it is compiled again where it is used. */
static const JHostClass pattern_class;

static JValue pattern_object(JHeap *heap, Str pattern, int64_t python_flags)
{
    JValue host = jhost_new(heap, &pattern_class, NULL);
    ((JHost *)host.obj)->value = jtuple_pair(heap, jstr_value(heap, pattern), jint(python_flags));
    return host;
}

/* The pattern at args[1] with the flags at `flags_at`, which a compiled one has already. */
static Error *pattern_arg(JinjaState *s, const JCall *call, size_t flags_at, JValue *out)
{
    Str pattern;
    int64_t python_flags = 0;
    const JHost *compiled = jhost_as(call->args[1], &pattern_class);
    TRY(jarg_int(call, flags_at, 0, &python_flags));
    if (compiled != NULL) {
        *out = call->args[1];
        return python_flags == 0
                   ? NULL
                   : jraise("ValueError", "cannot process flags argument with a compiled pattern");
    }
    if (!jis_str(call->args[1])) {
        return jraise("TypeError", "first argument must be string or compiled pattern");
    }
    pattern = jtext(call->args[1]);
    *out = pattern_object(jinja_heap(s), pattern, python_flags);
    return NULL;
}

static Error *open_regex(JinjaState *s, const JCall *call, size_t flags_at, JValue *out_pattern,
                         PythonRegex *out)
{
    TRY(pattern_arg(s, call, flags_at, out_pattern));
    const JTuple *parts = ((const JHost *)out_pattern->obj)->value.tuple;
    return python_regex_compile(jinja_scratch(s), jtext(parts->items[0]), parts->items[1].i, out);
}

static Error *subject_arg(const JCall *call, size_t index, Str *out)
{
    if (!jis_str(call->args[index])) {
        return jraise("TypeError", "expected string or bytes-like object, got '%s'",
                      jtype_name(call->args[index]));
    }
    *out = jtext(call->args[index]);
    return NULL;
}

/* ---- Finding ---- */

static Error *find_first(JinjaState *s, const JCall *call, uint32_t options, JValue *out)
{
    Str text;
    size_t groups = 0;
    JValue pattern = JNONE;
    AUTO_DONE(python_regex) PythonRegex regex = {0};
    TRY(open_regex(s, call, 3, &pattern, &regex));
    TRY(subject_arg(call, 2, &text));
    TRY(python_regex_find(&regex, text, 0, options, &groups));
    *out = groups > 0 ? python_regex_match_object(jinja_heap(s), &regex, text, groups, pattern)
                      : JNONE;
    return NULL;
}

static Error *re_match(JinjaState *s, const JCall *call, JValue *out)
{
    return find_first(s, call, PCRE2_ANCHORED, out);
}

static Error *re_fullmatch(JinjaState *s, const JCall *call, JValue *out)
{
    return find_first(s, call, PCRE2_ANCHORED | PCRE2_ENDANCHORED, out);
}

static Error *re_search(JinjaState *s, const JCall *call, JValue *out)
{
    return find_first(s, call, 0, out);
}

/* What findall() gives for a match: the text, the group, or all groups. */
static JValue found_value(JHeap *heap, const PythonRegexWalk *walk, JValue pattern)
{
    (void)pattern;
    if (walk->groups <= 2) {
        return jstr_value(heap, python_regex_group_text(walk->regex, walk->text, walk->groups - 1));
    }
    JTuple *groups = jtuple_new(heap, walk->groups - 1);
    for (size_t i = 1; i < walk->groups; i++) {
        groups->items[i - 1] =
            jstr_value(heap, python_regex_group_text(walk->regex, walk->text, i));
    }
    return jtuple_value(groups);
}

static JValue match_value(JHeap *heap, const PythonRegexWalk *walk, JValue pattern)
{
    return python_regex_match_object(heap, walk->regex, walk->text, walk->groups, pattern);
}

/* A list of what `make` makes of each match. */
static Error *find_all(JinjaState *s, const JCall *call,
                       JValue (*make)(JHeap *, const PythonRegexWalk *, JValue), JList **out)
{
    Str text;
    JValue pattern = JNONE;
    AUTO_DONE(python_regex) PythonRegex regex = {0};
    TRY(open_regex(s, call, 3, &pattern, &regex));
    TRY(subject_arg(call, 2, &text));
    PythonRegexWalk walk = {.regex = &regex, .text = text};
    *out = jlist_new(jinja_heap(s), 0);
    TRY(python_regex_walk_next(&walk));
    for (; walk.groups > 0;) {
        jlist_append(*out, make(jinja_heap(s), &walk, pattern));
        TRY(jinja_check_items(jlist_len(*out)));
        TRY(python_regex_walk_next(&walk));
    }
    return NULL;
}

static Error *re_findall(JinjaState *s, const JCall *call, JValue *out)
{
    JList *found = NULL;
    TRY(find_all(s, call, found_value, &found));
    *out = jlist_value(found);
    return NULL;
}

static Error *re_finditer(JinjaState *s, const JCall *call, JValue *out)
{
    JList *found = NULL;
    JIterator *iterator = NULL;
    TRY(find_all(s, call, match_value, &found));
    TRY(jiterate(s, jlist_value(found), &iterator));
    *out = jobj(iterator);
    return NULL;
}

static Error *re_split(JinjaState *s, const JCall *call, JValue *out)
{
    Str text;
    int64_t limit = 0;
    JValue pattern = JNONE;
    AUTO_DONE(python_regex) PythonRegex regex = {0};
    TRY(jarg_int(call, 3, 0, &limit));
    TRY(open_regex(s, call, 4, &pattern, &regex));
    TRY(subject_arg(call, 2, &text));
    JHeap *heap = jinja_heap(s);
    PythonRegexWalk walk = {.regex = &regex, .text = text};
    JList *pieces = jlist_new(heap, 0);
    size_t copied = 0, start = 0, end = 0;
    for (int64_t count = 0; limit <= 0 || count < limit; count++) {
        TRY(python_regex_walk_next(&walk));
        if (walk.groups == 0) {
            break;
        }
        jlist_append(pieces, jstr_value(heap, str_slice(text, copied, walk.start)));
        for (size_t i = 1; i < walk.groups; i++) {
            bool taken = python_regex_group_span(&regex, i, &start, &end);
            jlist_append(pieces, taken ? jstr_value(heap, str_slice(text, start, end)) : JNONE);
        }
        copied = walk.end;
    }
    jlist_append(pieces, jstr_value(heap, str_from_offset(text, copied)));
    *out = jlist_value(pieces);
    return NULL;
}

/* ---- Replacing ---- */

/* The text that takes the place of the match: a template, or what a macro makes of it. */
static Error *add_substitute(JinjaState *s, JValue match, JValue with, StrBuf *out)
{
    if (jis_str(with)) {
        return python_regex_expand(s, match, jtext(with), out);
    }
    JValue made;
    TRY(jinja_call(s, with, &match, 1, NULL, &made));
    return jprint(s, made, out);
}

static Error *substitute(JinjaState *s, const JCall *call, JValue *out_text, int64_t *out_count)
{
    Str text;
    int64_t limit = 0;
    JValue pattern = JNONE;
    AUTO_DONE(python_regex) PythonRegex regex = {0};
    TRY(jarg_int(call, 4, 0, &limit));
    TRY(open_regex(s, call, 5, &pattern, &regex));
    TRY(subject_arg(call, 3, &text));
    StrBuf result = strbuf_init(jinja_scratch(s), LIMIT_STRING_BYTES);
    PythonRegexWalk walk = {.regex = &regex, .text = text};
    size_t copied = 0;
    int64_t count = 0;
    for (; limit <= 0 || count < limit; count++) {
        TRY(python_regex_walk_next(&walk));
        if (walk.groups == 0) {
            break;
        }
        strbuf_add(&result, str_slice(text, copied, walk.start));
        JValue match = match_value(jinja_heap(s), &walk, pattern);
        TRY(add_substitute(s, match, call->args[2], &result));
        copied = walk.end;
    }
    strbuf_add(&result, str_from_offset(text, copied));
    *out_text = jstr_value(jinja_heap(s), strbuf_str(&result));
    *out_count = count;
    return NULL;
}

static Error *re_sub(JinjaState *s, const JCall *call, JValue *out)
{
    int64_t count = 0;
    return substitute(s, call, out, &count);
}

static Error *re_subn(JinjaState *s, const JCall *call, JValue *out)
{
    int64_t count = 0;
    JValue text = JNONE;
    TRY(substitute(s, call, &text, &count));
    *out = jtuple_pair(jinja_heap(s), text, jint(count));
    return NULL;
}

static Error *re_escape(JinjaState *s, const JCall *call, JValue *out)
{
    Str text;
    TRY(jarg_text(call, 1, "first argument", &text));
    StrBuf escaped = strbuf_init(jinja_scratch(s), LIMIT_STRING_BYTES);
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] != 0 && strchr("()[]{}?*+-|^$\\.&~# \t\n\r\v\f", text.data[i]) != NULL) {
            strbuf_add_char(&escaped, '\\');
        }
        strbuf_add_char(&escaped, text.data[i]);
    }
    *out = jstr_value(jinja_heap(s), strbuf_str(&escaped));
    return NULL;
}

/* ---- Compiled patterns ---- */

static Error *re_compile(JinjaState *s, const JCall *call, JValue *out)
{
    AUTO_DONE(python_regex) PythonRegex regex = {0};
    return open_regex(s, call, 2, out, &regex);
}

/* Nothing is kept that could be forgotten. */
static Error *re_purge(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    (void)call;
    *out = JNONE;
    return NULL;
}

/* The function that takes the pattern behind the module; `count` are the method's own arguments,
 * those that are absent included. */
static Error *as_function(JinjaState *s, const JCall *call, size_t count,
                          Error *(*function)(JinjaState *, const JCall *, JValue *), JValue *out)
{
    enum { ARGS_MAX = 6 };
    JValue args[ARGS_MAX];
    for (size_t i = 0; i < ARGS_MAX; i++) {
        args[i] = i > 0 && i <= count ? call->args[i - 1] : JMISSING;
    }
    JCall shifted = {.args = args, .argc = count + 1};
    return function(s, &shifted, out);
}

#define PATTERN_METHOD(name, count) \
    static Error *pattern_##name(JinjaState *s, const JCall *call, JValue *out) \
    { \
        return as_function(s, call, count, re_##name, out); \
    }
PATTERN_METHOD(match, 2)
PATTERN_METHOD(fullmatch, 2)
PATTERN_METHOD(search, 2)
PATTERN_METHOD(findall, 2)
PATTERN_METHOD(finditer, 2)
PATTERN_METHOD(split, 3)
PATTERN_METHOD(sub, 4)
PATTERN_METHOD(subn, 4)

static const JBuiltin pattern_methods[] = {
    {"match", pattern_match, 2, 2, "self string", JB_CONTEXT, NULL},
    {"fullmatch", pattern_fullmatch, 2, 2, "self string", JB_CONTEXT, NULL},
    {"search", pattern_search, 2, 2, "self string", JB_CONTEXT, NULL},
    {"findall", pattern_findall, 2, 2, "self string", JB_CONTEXT, NULL},
    {"finditer", pattern_finditer, 2, 2, "self string", JB_CONTEXT, NULL},
    {"split", pattern_split, 2, 3, "self string maxsplit", JB_CONTEXT, NULL},
    {"sub", pattern_sub, 3, 4, "self repl string count", JB_CONTEXT, NULL},
    {"subn", pattern_subn, 3, 4, "self repl string count", JB_CONTEXT, NULL},
    {0},
};

static Error *pattern_get_attr(JinjaState *s, JHost *self, JStr *name, JValue *out)
{
    Str wanted = jstr_str(name);
    const JTuple *parts = self->value.tuple;
    const JBuiltin *method = object_method(pattern_methods, wanted);
    bool about_groups = str_is(wanted, "groups") || str_is(wanted, "groupindex");
    *out = JMISSING;
    if (method != NULL) {
        *out = jfunction_new(jinja_heap(s), method, jobj(self));
    } else if (str_is(wanted, "pattern")) {
        *out = parts->items[0];
    } else if (str_is(wanted, "flags")) {
        int64_t given = parts->items[1].i;
        *out = jint(given | ((given & REGEX_ASCII) != 0 ? 0 : REGEX_UNICODE));
    } else if (about_groups) {
        AUTO_DONE(python_regex) PythonRegex regex = {0};
        uint32_t count = 0;
        TRY(python_regex_compile(jinja_scratch(s), jtext(parts->items[0]), parts->items[1].i,
                                 &regex));
        (void)pcre2_pattern_info(regex.code, PCRE2_INFO_CAPTURECOUNT, &count);
        *out = str_is(wanted, "groups")
                   ? jint(count)
                   : jdict_value(python_regex_group_names(jinja_heap(s), &regex));
    }
    return NULL;
}

static bool pattern_equal(JHost *self, JValue other)
{
    const JHost *that = jhost_as(other, &pattern_class);
    return that != NULL && that->value.tuple->items[1].i == self->value.tuple->items[1].i &&
           str_eq(jtext(that->value.tuple->items[0]), jtext(self->value.tuple->items[0]));
}

/* re.compile('a', re.IGNORECASE|re.DOTALL) */
static Error *pattern_print(JinjaState *s, JHost *self, StrBuf *out)
{
    const JTuple *parts = self->value.tuple;
    const char *before = ", re.";
    strbuf_add_c(out, "re.compile(");
    TRY(jrepr(s, parts->items[0], out));
    for (const PythonRegexFlag *flag = python_regex_flags; flag->name != NULL; flag++) {
        bool is_short = flag->name[1] == '\0';
        bool is_shown = !is_short && flag->python != REGEX_UNICODE;
        if (is_shown && (parts->items[1].i & flag->python) != 0) {
            strbuf_add_c(out, before);
            strbuf_add_c(out, flag->name);
            before = "|re.";
        }
    }
    strbuf_add_char(out, ')');
    return NULL;
}

static const JHostClass pattern_class = {.name = "re.Pattern",
                                         .get_attr = pattern_get_attr,
                                         .equal = pattern_equal,
                                         .str = pattern_print,
                                         .repr = pattern_print};

/* ---- The module ---- */

static const JBuiltin re_functions[] = {
    {"compile", re_compile, 2, 3, "self pattern flags", JB_CONTEXT, NULL},
    {"match", re_match, 3, 4, "self pattern string flags", JB_CONTEXT, NULL},
    {"fullmatch", re_fullmatch, 3, 4, "self pattern string flags", JB_CONTEXT, NULL},
    {"search", re_search, 3, 4, "self pattern string flags", JB_CONTEXT, NULL},
    {"sub", re_sub, 4, 6, "self pattern repl string count flags", JB_CONTEXT, NULL},
    {"subn", re_subn, 4, 6, "self pattern repl string count flags", JB_CONTEXT, NULL},
    {"findall", re_findall, 3, 4, "self pattern string flags", JB_CONTEXT, NULL},
    {"finditer", re_finditer, 3, 4, "self pattern string flags", JB_CONTEXT, NULL},
    {"split", re_split, 3, 5, "self pattern string maxsplit flags", JB_CONTEXT, NULL},
    {"escape", re_escape, 2, 2, "self pattern", JB_CONTEXT, NULL},
    {"purge", re_purge, 1, 1, NULL, 0, NULL},
    {0},
};

static Error *re_find(JinjaState *s, JStr *name, JValue *out)
{
    (void)s;
    for (const PythonRegexFlag *flag = python_regex_flags; flag->name != NULL; flag++) {
        if (str_is(jstr_str(name), flag->name)) {
            *out = jint(flag->python);
        }
    }
    return NULL;
}

const ObjectClass python_re_module = {
    .name = "module 're'", .methods = re_functions, .find = re_find};
