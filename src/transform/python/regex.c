#include <pcre2.h>

#include "base/limits.h"
#include "base/number.h"
#include "transform/python/modules.h"

/* `modules.re`: Python's regular expressions, run by PCRE2, whose patterns are the same but for
 * \Z. Positions are told in bytes of UTF-8. */

/* A compiled pattern; freed with the call that made it. */
typedef struct Regex {
    pcre2_code *code;
    pcre2_match_data *match;
} Regex;

static void regex_done(Regex *regex)
{
    pcre2_match_data_free(regex->match);
    pcre2_code_free(regex->code);
}
DEFINE_AUTO_DONE(regex, Regex)

/* Python's numbers of flags. */
enum { RE_IGNORECASE = 2, RE_MULTILINE = 8, RE_DOTALL = 16, RE_VERBOSE = 64 };

static const struct {
    const char *name;
    int64_t python;
    uint32_t pcre;
} flags[] = {{"IGNORECASE", RE_IGNORECASE, PCRE2_CASELESS}, {"I", RE_IGNORECASE, PCRE2_CASELESS},
             {"MULTILINE", RE_MULTILINE, PCRE2_MULTILINE},  {"M", RE_MULTILINE, PCRE2_MULTILINE},
             {"DOTALL", RE_DOTALL, PCRE2_DOTALL},           {"S", RE_DOTALL, PCRE2_DOTALL},
             {"VERBOSE", RE_VERBOSE, PCRE2_EXTENDED},       {"X", RE_VERBOSE, PCRE2_EXTENDED}};

/* Python's \Z is the very end, PCRE2 writes \z. */
static Str as_pcre(Arena *arena, Str pattern)
{
    StrBuf out = strbuf_init(arena, LIMIT_STRING_BYTES);
    for (size_t i = 0; i < pattern.len; i++) {
        bool escape = pattern.data[i] == '\\' && i + 1 < pattern.len;
        strbuf_add_char(&out, pattern.data[i]);
        if (escape) {
            i++;
            strbuf_add_char(&out, pattern.data[i] == 'Z' ? 'z' : pattern.data[i]);
        }
    }
    return strbuf_str(&out);
}

static Error *regex_compile(Arena *arena, Str pattern, int64_t python_flags, Regex *out)
{
    uint32_t options = PCRE2_UTF | PCRE2_UCP;
    for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
        options |= (python_flags & flags[i].python) != 0 ? flags[i].pcre : 0;
    }
    Str text = as_pcre(arena, pattern);
    int code = 0;
    PCRE2_SIZE offset = 0;
    out->code = pcre2_compile((PCRE2_SPTR)(text.len > 0 ? text.data : ""), text.len, options, &code,
                              &offset, NULL);
    if (out->code == NULL) {
        PCRE2_UCHAR message[256];
        (void)pcre2_get_error_message(code, message, sizeof(message));
        return jraise("re.error", "%s at position %zu of '" STR_FMT "'", (const char *)message,
                      (size_t)offset, STR_ARG(pattern));
    }
    out->match = pcre2_match_data_create_from_pattern(out->code, NULL);
    return NULL;
}

/* *out_groups is 0 when nothing matches at or after `start`. */
static Error *regex_find(const Regex *regex, Str text, size_t start, uint32_t options,
                         size_t *out_groups)
{
    int found = pcre2_match(regex->code, (PCRE2_SPTR)(text.len > 0 ? text.data : ""), text.len,
                            start, options | PCRE2_NO_UTF_CHECK, regex->match, NULL);
    *out_groups = 0;
    if (found >= 0) {
        *out_groups = pcre2_get_ovector_count(regex->match);
        return NULL;
    }
    return found == PCRE2_ERROR_NOMATCH
               ? NULL
               : jraise("RuntimeError", "the pattern takes too long on this text");
}

static bool group_span(const Regex *regex, size_t group, size_t *out_start, size_t *out_end)
{
    const PCRE2_SIZE *spans = pcre2_get_ovector_pointer(regex->match);
    *out_start = spans[2 * group];
    *out_end = spans[2 * group + 1];
    return *out_start != PCRE2_UNSET && *out_end >= *out_start;
}

static Str group_text(const Regex *regex, Str text, size_t group)
{
    size_t start = 0, end = 0;
    return group_span(regex, group, &start, &end) ? str_slice(text, start, end) : (Str){0};
}

/* ---- Walking all matches ---- */

typedef struct Walk {
    const Regex *regex;
    Str text;
    size_t at;      /* where to look next */
    bool was_empty; /* the last match, so that the next may not be empty at the same place */
    size_t groups;  /* of the match; 0 at the end */
    size_t start, end;
} Walk;

static size_t next_character(Str text, size_t at)
{
    at++;
    while (at < text.len && ((uint8_t)text.data[at] & 0xc0) == 0x80) {
        at++;
    }
    return at;
}

static Error *walk_next(Walk *walk)
{
    walk->groups = 0;
    while (walk->at <= walk->text.len) {
        uint32_t options = walk->was_empty ? PCRE2_NOTEMPTY_ATSTART : 0;
        TRY(regex_find(walk->regex, walk->text, walk->at, options, &walk->groups));
        if (walk->groups > 0) {
            (void)group_span(walk->regex, 0, &walk->start, &walk->end);
            walk->was_empty = walk->end == walk->start;
            walk->at = walk->end;
            return NULL;
        }
        if (!walk->was_empty) {
            return NULL;
        }
        walk->was_empty = false;
        walk->at = next_character(walk->text, walk->at);
    }
    return NULL;
}

/* ---- Matches as values: a tuple of (groups, dict of names, start, end) ---- */

static const JTuple *match_parts(const JCall *call)
{
    return ((const JHost *)call->args[0].obj)->value.tuple;
}

static Error *match_one(const JTuple *parts, JValue key, JValue *out)
{
    const JTuple *groups = parts->items[0].tuple;
    if (key.type == J_INT && key.i >= 0 && (uint64_t)key.i < groups->len) {
        *out = groups->items[key.i];
        return NULL;
    }
    JValue found = jis_str(key) ? jdict_get_text(parts->items[1].dict, jtext(key)) : JMISSING;
    *out = found;
    return jis_absent(found) ? jraise("IndexError", "no such group") : NULL;
}

static Error *match_group(JinjaState *s, const JCall *call, JValue *out)
{
    if (call->argc <= 1) {
        return match_one(match_parts(call), jint(0), out);
    }
    if (call->argc == 2) {
        return match_one(match_parts(call), call->args[1], out);
    }
    JTuple *several = jtuple_new(jinja_heap(s), call->argc - 1);
    for (size_t i = 1; i < call->argc; i++) {
        TRY(match_one(match_parts(call), call->args[i], &several->items[i - 1]));
    }
    *out = jtuple_value(several);
    return NULL;
}

static Error *match_groups(JinjaState *s, const JCall *call, JValue *out)
{
    const JTuple *groups = match_parts(call)->items[0].tuple;
    *out = jtuple_value(jtuple_from(jinja_heap(s), groups->items + 1, groups->len - 1));
    return NULL;
}

static Error *match_groupdict(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    *out = match_parts(call)->items[1];
    return NULL;
}

static Error *match_start(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    *out = match_parts(call)->items[2];
    return NULL;
}

static Error *match_end(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    *out = match_parts(call)->items[3];
    return NULL;
}

static Error *match_span(JinjaState *s, const JCall *call, JValue *out)
{
    *out = jtuple_pair(jinja_heap(s), match_parts(call)->items[2], match_parts(call)->items[3]);
    return NULL;
}

static const JBuiltin match_methods[] = {
    {"group", match_group, 1, JARGS_ANY, NULL, JB_CONTEXT, NULL},
    {"groups", match_groups, 1, 1, NULL, JB_CONTEXT, NULL},
    {"groupdict", match_groupdict, 1, 1, NULL, JB_CONTEXT, NULL},
    {"start", match_start, 1, 1, NULL, JB_CONTEXT, NULL},
    {"end", match_end, 1, 1, NULL, JB_CONTEXT, NULL},
    {"span", match_span, 1, 1, NULL, JB_CONTEXT, NULL},
    {0},
};

static Error *match_get_attr(JinjaState *s, JHost *self, JStr *name, JValue *out)
{
    const JBuiltin *method = object_method(match_methods, jstr_str(name));
    *out = method != NULL ? jfunction_new(jinja_heap(s), method, jobj(self)) : JMISSING;
    return NULL;
}

static Error *match_get_item(JinjaState *s, JHost *self, JValue key, JValue *out)
{
    (void)s;
    return match_one(self->value.tuple, key, out);
}

static const JHostClass match_class = {
    .name = "re.Match", .get_attr = match_get_attr, .get_item = match_get_item};

static JValue group_value(JHeap *heap, const Regex *regex, Str text, size_t group)
{
    size_t start = 0, end = 0;
    return group_span(regex, group, &start, &end) ? jstr_value(heap, str_slice(text, start, end))
                                                  : JNONE;
}

/* Entries of the table of names: two bytes of number, then the name with its zero. */
static JDict *named_groups(JHeap *heap, const Regex *regex, Str text)
{
    JDict *names = jdict_new(heap);
    uint32_t count = 0, size = 0;
    PCRE2_SPTR entry = NULL;
    (void)pcre2_pattern_info(regex->code, PCRE2_INFO_NAMECOUNT, &count);
    (void)pcre2_pattern_info(regex->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
    (void)pcre2_pattern_info(regex->code, PCRE2_INFO_NAMETABLE, &entry);
    for (uint32_t i = 0; i < count; i++, entry += size) {
        size_t group = (size_t)entry[0] << 8 | entry[1];
        jdict_set_text(heap, names, str_from((const char *)entry + 2),
                       group_value(heap, regex, text, group));
    }
    return names;
}

static JValue match_object(JHeap *heap, const Regex *regex, Str text, size_t groups)
{
    size_t start = 0, end = 0;
    (void)group_span(regex, 0, &start, &end);
    JTuple *texts = jtuple_new(heap, groups);
    for (size_t i = 0; i < groups; i++) {
        texts->items[i] = group_value(heap, regex, text, i);
    }
    JValue parts[] = {jtuple_value(texts), jdict_value(named_groups(heap, regex, text)),
                      jint((int64_t)start), jint((int64_t)end)};
    JValue match = jhost_new(heap, &match_class, NULL);
    ((JHost *)match.obj)->value = jtuple_value(jtuple_from(heap, parts, ARRAY_LEN(parts)));
    return match;
}

/* ---- Functions: args[0] is the module, then the pattern ---- */

static Error *open_regex(JinjaState *s, const JCall *call, size_t flags_at, Regex *out)
{
    Str pattern;
    int64_t python_flags = 0;
    TRY(jarg_text(call, 1, "first argument", &pattern));
    TRY(jarg_int(call, flags_at, 0, &python_flags));
    return regex_compile(jinja_scratch(s), pattern, python_flags, out);
}

static Error *find_first(JinjaState *s, const JCall *call, uint32_t options, JValue *out)
{
    Str text;
    size_t groups = 0;
    AUTO_DONE(regex) Regex regex = {0};
    TRY(jarg_text(call, 2, "expected string or bytes-like object; it", &text));
    TRY(open_regex(s, call, 3, &regex));
    TRY(regex_find(&regex, text, 0, options, &groups));
    *out = groups > 0 ? match_object(jinja_heap(s), &regex, text, groups) : JNONE;
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

/* A group's number in a replacement: \1, \g<1> or \g<name>; the text behind it in *rest. */
static bool take_group(const Regex *regex, Arena *arena, Str *rest, size_t *out_group)
{
    Str name = {0}, after = {0};
    int64_t number = 0;
    if (rest->len > 1 && rest->data[0] == 'g' && rest->data[1] == '<') {
        if (!str_cut(str_from_offset(*rest, 2), '>', &name, &after)) {
            return false;
        }
    } else if (rest->len > 0 && rest->data[0] >= '1' && rest->data[0] <= '9') {
        size_t digits = rest->len > 1 && rest->data[1] >= '0' && rest->data[1] <= '9' ? 2 : 1;
        name = str_slice(*rest, 0, digits);
        after = str_from_offset(*rest, digits);
    } else {
        return false;
    }
    if (!number_parse_int64(name, &number)) {
        number = pcre2_substring_number_from_name(regex->code, (PCRE2_SPTR)str_to_c(arena, name));
    }
    *rest = after;
    *out_group = (size_t)number;
    return number >= 0 && (size_t)number < pcre2_get_ovector_count(regex->match);
}

static Error *add_replacement(const Regex *regex, Arena *arena, Str text, Str template, StrBuf *out)
{
    static const char escapes[][2] = {{'n', '\n'}, {'t', '\t'}, {'r', '\r'}, {'\\', '\\'}};
    for (Str rest = template; rest.len > 0;) {
        char c = rest.data[0];
        rest = str_from_offset(rest, 1);
        size_t group = 0;
        if (c != '\\' || rest.len == 0) {
            strbuf_add_char(out, c);
            continue;
        }
        if (rest.data[0] == 'g' || (rest.data[0] >= '1' && rest.data[0] <= '9')) {
            if (!take_group(regex, arena, &rest, &group)) {
                return jraise("re.error", "invalid group reference in '" STR_FMT "'",
                              STR_ARG(template));
            }
            strbuf_add(out, group_text(regex, text, group));
            continue;
        }
        char plain = 0;
        for (size_t i = 0; i < ARRAY_LEN(escapes); i++) {
            plain = rest.data[0] == escapes[i][0] ? escapes[i][1] : plain;
        }
        if (plain == 0) {
            strbuf_add_char(out, '\\');
            plain = rest.data[0];
        }
        strbuf_add_char(out, plain);
        rest = str_from_offset(rest, 1);
    }
    return NULL;
}

/* The text that takes the place of the match: a template, or what a macro makes of it. */
static Error *add_substitute(JinjaState *s, const Walk *walk, JValue with, StrBuf *out)
{
    if (jis_str(with)) {
        return add_replacement(walk->regex, jinja_scratch(s), walk->text, jtext(with), out);
    }
    JValue match = match_object(jinja_heap(s), walk->regex, walk->text, walk->groups);
    JValue made;
    TRY(jinja_call(s, with, &match, 1, NULL, &made));
    return jprint(s, made, out);
}

static Error *re_sub(JinjaState *s, const JCall *call, JValue *out)
{
    Str text;
    int64_t limit = 0;
    AUTO_DONE(regex) Regex regex = {0};
    TRY(jarg_text(call, 3, "expected string or bytes-like object; it", &text));
    TRY(jarg_int(call, 4, 0, &limit));
    TRY(open_regex(s, call, 5, &regex));
    StrBuf result = strbuf_init(jinja_scratch(s), LIMIT_STRING_BYTES);
    Walk walk = {.regex = &regex, .text = text};
    size_t copied = 0;
    for (int64_t count = 0; limit <= 0 || count < limit; count++) {
        TRY(walk_next(&walk));
        if (walk.groups == 0) {
            break;
        }
        strbuf_add(&result, str_slice(text, copied, walk.start));
        TRY(add_substitute(s, &walk, call->args[2], &result));
        copied = walk.end;
    }
    strbuf_add(&result, str_from_offset(text, copied));
    *out = jstr_value(jinja_heap(s), strbuf_str(&result));
    return NULL;
}

/* What findall() gives for a match: the text, the group, or all groups. */
static JValue found_value(JHeap *heap, const Walk *walk)
{
    if (walk->groups <= 2) {
        return jstr_value(heap, group_text(walk->regex, walk->text, walk->groups - 1));
    }
    JTuple *groups = jtuple_new(heap, walk->groups - 1);
    for (size_t i = 1; i < walk->groups; i++) {
        groups->items[i - 1] = jstr_value(heap, group_text(walk->regex, walk->text, i));
    }
    return jtuple_value(groups);
}

static Error *re_findall(JinjaState *s, const JCall *call, JValue *out)
{
    Str text;
    AUTO_DONE(regex) Regex regex = {0};
    TRY(jarg_text(call, 2, "expected string or bytes-like object; it", &text));
    TRY(open_regex(s, call, 3, &regex));
    Walk walk = {.regex = &regex, .text = text};
    JList *found = jlist_new(jinja_heap(s), 0);
    TRY(walk_next(&walk));
    for (; walk.groups > 0;) {
        jlist_append(found, found_value(jinja_heap(s), &walk));
        TRY(walk_next(&walk));
    }
    *out = jlist_value(found);
    return NULL;
}

static Error *re_split(JinjaState *s, const JCall *call, JValue *out)
{
    Str text;
    int64_t limit = 0;
    AUTO_DONE(regex) Regex regex = {0};
    TRY(jarg_text(call, 2, "expected string or bytes-like object; it", &text));
    TRY(jarg_int(call, 3, 0, &limit));
    TRY(open_regex(s, call, 4, &regex));
    Walk walk = {.regex = &regex, .text = text};
    JList *pieces = jlist_new(jinja_heap(s), 0);
    size_t copied = 0;
    for (int64_t count = 0; limit <= 0 || count < limit; count++) {
        TRY(walk_next(&walk));
        if (walk.groups == 0) {
            break;
        }
        jlist_append(pieces, jstr_value(jinja_heap(s), str_slice(text, copied, walk.start)));
        for (size_t i = 1; i < walk.groups; i++) {
            jlist_append(pieces, group_value(jinja_heap(s), &regex, text, i));
        }
        copied = walk.end;
    }
    jlist_append(pieces, jstr_value(jinja_heap(s), str_from_offset(text, copied)));
    *out = jlist_value(pieces);
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

static const JBuiltin re_functions[] = {
    {"match", re_match, 3, 4, "self pattern string flags", JB_CONTEXT, NULL},
    {"fullmatch", re_fullmatch, 3, 4, "self pattern string flags", JB_CONTEXT, NULL},
    {"search", re_search, 3, 4, "self pattern string flags", JB_CONTEXT, NULL},
    {"sub", re_sub, 4, 6, "self pattern repl string count flags", JB_CONTEXT, NULL},
    {"findall", re_findall, 3, 4, "self pattern string flags", JB_CONTEXT, NULL},
    {"split", re_split, 3, 5, "self pattern string maxsplit flags", JB_CONTEXT, NULL},
    {"escape", re_escape, 2, 2, "self pattern", JB_CONTEXT, NULL},
    {0},
};

static Error *re_find(JinjaState *s, JStr *name, JValue *out)
{
    (void)s;
    for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
        if (str_is(jstr_str(name), flags[i].name)) {
            *out = jint(flags[i].python);
        }
    }
    return NULL;
}

const ObjectClass python_re_module = {
    .name = "module 're'", .methods = re_functions, .find = re_find};
