#include "transform/python/regex_match.h"

#include "base/limits.h"
#include "base/number.h"
#include "base/unicode.h"
#include "jinja/ops.h"
#include "transform/context/objects.h"

/* A match is a tuple. Positions are in characters. */
enum { GROUPS, SPANS, NAMES, TEXT, PATTERN, PART_COUNT };

static JValue part(JValue match, size_t index)
{
    return ((const JHost *)match.obj)->value.tuple->items[index];
}

static const JTuple *groups_of(JValue match)
{
    return part(match, GROUPS).tuple;
}

/* ---- Groups ---- */

/* The number of a group, given by it or by its name. */
static bool has_group(JValue match, JValue key, size_t *out)
{
    int64_t number = 0;
    if (jis_str(key)) {
        key = jdict_get_text(part(match, NAMES).dict, jtext(key));
    }
    bool known = !jis_absent(key) && jto_int64(key, &number) && number >= 0 &&
                 (uint64_t)number < groups_of(match)->len;
    *out = known ? (size_t)number : 0;
    return known;
}

static Error *find_group(JValue match, JValue key, size_t *out)
{
    return has_group(match, key, out) ? NULL : jraise("IndexError", "no such group");
}

static Error *group_of(JValue match, JValue key, JValue *out)
{
    size_t index = 0;
    TRY(find_group(match, key, &index));
    *out = groups_of(match)->items[index];
    return NULL;
}

static Error *match_group(JinjaState *s, const JCall *call, JValue *out)
{
    if (call->argc <= 2) {
        return group_of(call->args[0], call->argc == 2 ? call->args[1] : jint(0), out);
    }
    JTuple *several = jtuple_new(jinja_heap(s), call->argc - 1);
    for (size_t i = 1; i < call->argc; i++) {
        TRY(group_of(call->args[0], call->args[i], &several->items[i - 1]));
    }
    *out = jtuple_value(several);
    return NULL;
}

static JValue group_or(JValue match, size_t index, JValue otherwise)
{
    JValue group = groups_of(match)->items[index];
    return group.type == J_NONE ? otherwise : group;
}

static Error *match_groups(JinjaState *s, const JCall *call, JValue *out)
{
    JValue otherwise = jarg_or(call, 1, JNONE);
    JTuple *groups = jtuple_new(jinja_heap(s), groups_of(call->args[0])->len - 1);
    for (size_t i = 0; i < groups->len; i++) {
        groups->items[i] = group_or(call->args[0], i + 1, otherwise);
    }
    *out = jtuple_value(groups);
    return NULL;
}

static Error *match_groupdict(JinjaState *s, const JCall *call, JValue *out)
{
    JDict *found = jdict_new(jinja_heap(s));
    size_t position = 0;
    JValue name, number;
    while (jdict_next(part(call->args[0], NAMES).dict, &position, &name, &number)) {
        jdict_set_str(found, name.str,
                      group_or(call->args[0], (size_t)number.i, jarg_or(call, 1, JNONE)));
    }
    *out = jdict_value(found);
    return NULL;
}

/* ---- Places ---- */

static Error *match_span(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    size_t index = 0;
    TRY(find_group(call->args[0], jarg_or(call, 1, jint(0)), &index));
    *out = part(call->args[0], SPANS).tuple->items[index];
    return NULL;
}

static Error *match_start(JinjaState *s, const JCall *call, JValue *out)
{
    JValue span = JNONE;
    TRY(match_span(s, call, &span));
    *out = span.tuple->items[0];
    return NULL;
}

static Error *match_end(JinjaState *s, const JCall *call, JValue *out)
{
    JValue span = JNONE;
    TRY(match_span(s, call, &span));
    *out = span.tuple->items[1];
    return NULL;
}

/* ---- Replacements ---- */

/* A group's number behind the backslash: 1, g<1> or g<name>; the text behind it in *rest. */
static bool take_group(JValue match, Str *rest, size_t *out_group)
{
    Str name = {0}, after = {0};
    int64_t number = 0;
    if (rest->data[0] != 'g') {
        size_t digits = rest->len > 1 && rest->data[1] >= '0' && rest->data[1] <= '9' ? 2 : 1;
        name = str_slice(*rest, 0, digits);
        after = str_from_offset(*rest, digits);
    } else if (rest->len < 2 || rest->data[1] != '<' ||
               !str_cut(str_from_offset(*rest, 2), '>', &name, &after)) {
        return false;
    }
    JValue key = number_parse_int64(name, &number) ? jint(number)
                                                   : jdict_get_text(part(match, NAMES).dict, name);
    bool known = !jis_absent(key) && key.i >= 0 && (uint64_t)key.i < groups_of(match)->len;
    *rest = after;
    *out_group = known ? (size_t)key.i : 0;
    return known;
}

Error *python_regex_expand(JinjaState *s, JValue match, Str replacement, StrBuf *out)
{
    static const char escapes[][2] = {{'n', '\n'}, {'t', '\t'}, {'r', '\r'}, {'\\', '\\'}};
    (void)s;
    for (Str rest = replacement; rest.len > 0;) {
        char c = rest.data[0];
        rest = str_from_offset(rest, 1);
        if (c != '\\' || rest.len == 0) {
            strbuf_add_char(out, c);
            continue;
        }
        if (rest.data[0] == 'g' || (rest.data[0] >= '1' && rest.data[0] <= '9')) {
            size_t group = 0;
            if (!take_group(match, &rest, &group)) {
                return jraise("re.error", "invalid group reference in '" STR_FMT "'",
                              STR_ARG(replacement));
            }
            JValue text = groups_of(match)->items[group];
            if (text.type != J_NONE) {
                strbuf_add(out, jtext(text));
            }
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

static Error *match_expand(JinjaState *s, const JCall *call, JValue *out)
{
    Str replacement;
    StrBuf text = strbuf_init(jinja_scratch(s), LIMIT_STRING_BYTES);
    TRY(jarg_text(call, 1, "the template", &replacement));
    TRY(python_regex_expand(s, call->args[0], replacement, &text));
    *out = jstr_value(jinja_heap(s), strbuf_str(&text));
    return NULL;
}

/* ---- The object ---- */

static const JBuiltin match_methods[] = {
    {"group", match_group, 1, JARGS_ANY, NULL, JB_CONTEXT, NULL},
    {"groups", match_groups, 1, 2, "self default", JB_CONTEXT, NULL},
    {"groupdict", match_groupdict, 1, 2, "self default", JB_CONTEXT, NULL},
    {"start", match_start, 1, 2, "self group", JB_CONTEXT, NULL},
    {"end", match_end, 1, 2, "self group", JB_CONTEXT, NULL},
    {"span", match_span, 1, 2, "self group", JB_CONTEXT, NULL},
    {"expand", match_expand, 2, 2, "self template", JB_CONTEXT, NULL},
    {0},
};

/* The number of the group that ended last, or its name. */
static JValue last_group(JValue match, bool by_name)
{
    const JTuple *spans = part(match, SPANS).tuple;
    int64_t last = 0, last_end = -1;
    for (size_t i = 1; i < spans->len; i++) {
        int64_t end = spans->items[i].tuple->items[1].i;
        if (end > last_end) {
            last = (int64_t)i;
            last_end = end;
        }
    }
    size_t position = 0;
    JValue name, number;
    while (by_name && jdict_next(part(match, NAMES).dict, &position, &name, &number)) {
        if (last > 0 && number.i == last) {
            return name;
        }
    }
    return by_name || last == 0 ? JNONE : jint(last);
}

static Error *match_get_attr(JinjaState *s, JHost *self, JStr *name, JValue *out)
{
    Str wanted = jstr_str(name);
    const JBuiltin *method = object_method(match_methods, wanted);
    *out = JMISSING;
    if (method != NULL) {
        *out = jfunction_new(jinja_heap(s), method, jobj(self));
    } else if (str_is(wanted, "string")) {
        *out = part(jobj(self), TEXT);
    } else if (str_is(wanted, "re")) {
        *out = part(jobj(self), PATTERN);
    } else if (str_is(wanted, "pos")) {
        *out = jint(0);
    } else if (str_is(wanted, "endpos")) {
        *out = jint((int64_t)utf8_count(jtext(part(jobj(self), TEXT))));
    } else if (str_is(wanted, "lastindex") || str_is(wanted, "lastgroup")) {
        *out = last_group(jobj(self), str_is(wanted, "lastgroup"));
    }
    return NULL;
}

static Error *match_get_item(JinjaState *s, JHost *self, JValue key, JValue *out)
{
    (void)s;
    size_t index = 0;
    *out = has_group(jobj(self), key, &index) ? groups_of(jobj(self))->items[index] : JMISSING;
    return NULL;
}

/* <re.Match object; span=(0, 2), match='aa'> */
static Error *match_print(JinjaState *s, JHost *self, StrBuf *out)
{
    strbuf_add_c(out, "<re.Match object; span=");
    TRY(jrepr(s, part(jobj(self), SPANS).tuple->items[0], out));
    strbuf_add_c(out, ", match=");
    TRY(jrepr(s, groups_of(jobj(self))->items[0], out));
    strbuf_add_char(out, '>');
    return NULL;
}

static const JHostClass match_class = {.name = "re.Match",
                                       .get_attr = match_get_attr,
                                       .get_item = match_get_item,
                                       .str = match_print,
                                       .repr = match_print};

/* Entries of the table of names: two bytes of number, then the name with its zero. */
JDict *python_regex_group_names(JHeap *heap, const PythonRegex *regex)
{
    JDict *names = jdict_new(heap);
    uint32_t count = 0, size = 0;
    PCRE2_SPTR entry = NULL;
    (void)pcre2_pattern_info(regex->code, PCRE2_INFO_NAMECOUNT, &count);
    (void)pcre2_pattern_info(regex->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
    (void)pcre2_pattern_info(regex->code, PCRE2_INFO_NAMETABLE, &entry);
    for (uint32_t i = 0; i < count; i++, entry += size) {
        jdict_set_text(heap, names, str_from((const char *)entry + 2),
                       jint((int64_t)entry[0] << 8 | entry[1]));
    }
    return names;
}

JValue python_regex_match_object(JHeap *heap, const PythonRegex *regex, Str text, size_t groups,
                                 JValue pattern)
{
    JTuple *texts = jtuple_new(heap, groups), *spans = jtuple_new(heap, groups);
    for (size_t i = 0; i < groups; i++) {
        size_t start = 0, end = 0;
        bool taken = python_regex_group_span(regex, i, &start, &end);
        int64_t first = taken ? (int64_t)utf8_count(str_slice(text, 0, start)) : -1;
        int64_t length = taken ? (int64_t)utf8_count(str_slice(text, start, end)) : 0;
        texts->items[i] = taken ? jstr_value(heap, str_slice(text, start, end)) : JNONE;
        spans->items[i] = jtuple_pair(heap, jint(first), jint(first + length));
    }
    const JValue parts[PART_COUNT] = {
        [GROUPS] = jtuple_value(texts),
        [SPANS] = jtuple_value(spans),
        [NAMES] = jdict_value(python_regex_group_names(heap, regex)),
        [TEXT] = jstr_value(heap, text),
        [PATTERN] = pattern,
    };
    JValue match = jhost_new(heap, &match_class, NULL);
    ((JHost *)match.obj)->value = jtuple_value(jtuple_from(heap, parts, PART_COUNT));
    return match;
}
