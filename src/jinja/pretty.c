#include "jinja/pretty.h"

#include "base/unicode.h"
#include "jinja/ops.h"
#include "jinja/str_edit.h"

enum { WIDTH = 80 };

/* ---- A copy with sorted dicts, which repr then prints as pprint wants them ---- */

typedef struct Level {
    const struct Level *up;
    const void *object;
    size_t depth;
} Level;

static Error *sorted_copy(JinjaState *s, JValue value, const Level *up, JValue *out);

static bool is_open(const Level *level, const void *object)
{
    for (; level != NULL; level = level->up) {
        if (level->object == object) {
            return true;
        }
    }
    return false;
}

/* Keys in order; those that cannot be compared go by the names of their types. */
static bool key_before(JinjaState *s, JValue a, JValue b)
{
    bool before = false;
    Error *err = jcompare(s, JCMP_LT, a, b, &before);
    if (err != NULL) {
        error_discard(err, "pprint orders everything");
        return strcmp(jtype_name(a), jtype_name(b)) < 0;
    }
    return before;
}

static Error *sorted_dict(JinjaState *s, JDict *dict, const Level *level, JValue *out)
{
    JList *keys = jlist_new(jinja_heap(s), jdict_len(dict));
    JValue key, value;
    for (size_t at = 0; jdict_next(dict, &at, &key, &value);) {
        size_t low = 0, high = jlist_len(keys);
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            if (key_before(s, key, jlist_at(keys, middle))) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        jlist_insert(keys, low, key);
    }
    JDict *sorted = jdict_new(jinja_heap(s));
    for (size_t i = 0; i < jlist_len(keys); i++) {
        TRY(jdict_get(dict, jlist_at(keys, i), &value));
        TRY(sorted_copy(s, value, level, &value));
        TRY(sorted_copy(s, jlist_at(keys, i), level, &key));
        TRY(jdict_set(sorted, key, value));
    }
    *out = jdict_value(sorted);
    return NULL;
}

static Error *sorted_copy(JinjaState *s, JValue value, const Level *up, JValue *out)
{
    *out = value;
    bool container = value.type == J_LIST || value.type == J_TUPLE || value.type == J_DICT;
    if (!container || is_open(up, value.obj)) {
        return NULL;
    }
    Level level = {.up = up, .object = value.obj, .depth = up != NULL ? up->depth + 1 : 1};
    if (level.depth > LIMIT_CALL_DEPTH) {
        return jraise("RecursionError", "maximum recursion depth exceeded");
    }
    if (value.type == J_DICT) {
        return sorted_dict(s, value.dict, &level, out);
    }
    JList *items = NULL;
    TRY(jcollect(s, value, &items));
    for (size_t i = 0; i < jlist_len(items); i++) {
        JValue item = jlist_at(items, i);
        TRY(sorted_copy(s, item, &level, &item));
        jlist_set(items, i, item);
    }
    *out = value.type == J_LIST
               ? jlist_value(items)
               : jtuple_value(jtuple_from(jinja_heap(s), items->items, jlist_len(items)));
    return NULL;
}

/* ---- Layout ---- */

/* Where a value is written: `indent` columns are taken on its left, `allowance` are needed on its
 * right. */
typedef struct Place {
    size_t indent;
    size_t allowance;
    size_t level; /* 1 = the outermost value */
} Place;

static Error *layout(JinjaState *s, JValue value, Place place, StrBuf *out);

static void new_line(size_t indent, StrBuf *out)
{
    strbuf_add_char(out, '\n');
    strbuf_add_repeat(out, ' ', indent);
}

static Error *layout_items(JinjaState *s, JList *items, Place place, StrBuf *out)
{
    size_t len = jlist_len(items);
    for (size_t i = 0; i < len; i++) {
        if (i > 0) {
            strbuf_add_char(out, ',');
            new_line(place.indent + 1, out);
        }
        Place inner = {.indent = place.indent + 1,
                       .allowance = i + 1 == len ? place.allowance : 1,
                       .level = place.level + 1};
        TRY(layout(s, jlist_at(items, i), inner, out));
    }
    return NULL;
}

static Error *layout_dict(JinjaState *s, JDict *dict, Place place, StrBuf *out)
{
    size_t count = 0, len = jdict_len(dict);
    JValue key, value;
    strbuf_add_char(out, '{');
    for (size_t at = 0; jdict_next(dict, &at, &key, &value);) {
        if (count++ > 0) {
            strbuf_add_char(out, ',');
            new_line(place.indent + 1, out);
        }
        size_t start = out->len;
        TRY(jrepr(s, key, out));
        size_t width = utf8_count(str_from_offset(strbuf_str(out), start));
        strbuf_add(out, STR(": "));
        Place inner = {.indent = place.indent + 1 + width + 2,
                       .allowance = count == len ? place.allowance + 1 : 1,
                       .level = place.level + 1};
        TRY(layout(s, value, inner, out));
    }
    strbuf_add_char(out, '}');
    return NULL;
}

static Error *layout_container(JinjaState *s, JValue value, Place place, StrBuf *out)
{
    if (value.type == J_DICT) {
        return layout_dict(s, value.dict, place, out);
    }
    bool single = value.type == J_TUPLE && value.tuple->len == 1;
    const char *open = value.type == J_LIST ? "[" : value.type == J_TUPLE ? "(" : "{";
    const char *close = value.type == J_LIST    ? "]"
                        : single                ? ",)"
                        : value.type == J_TUPLE ? ")"
                                                : "}";
    JList *items = NULL;
    TRY(jcollect(s, value, &items));
    strbuf_add_c(out, open);
    place.allowance += strlen(close);
    TRY(layout_items(s, items, place, out));
    strbuf_add_c(out, close);
    return NULL;
}

/* ---- Long text, in pieces on lines of their own ---- */

static size_t repr_width(JinjaState *s, Str text)
{
    ArenaMark mark = arena_mark(jinja_scratch(s));
    StrBuf buf = strbuf_init(jinja_scratch(s), SIZE_MAX / 4);
    jrepr_text(text, &buf);
    size_t width = utf8_count(strbuf_str(&buf));
    arena_rewind(jinja_scratch(s), mark);
    return width;
}

/* The end of the word that begins at `at` together with the blanks behind it. */
static size_t word_end(Str text, size_t at)
{
    bool blank = false;
    for (size_t end = at; at < text.len; at = end) {
        bool space = str_edit_is_space(utf8_next(text, &end));
        if (blank && !space) {
            break;
        }
        blank = space;
    }
    return at;
}

/* Cuts a line of text that is too wide between words. */
static void cut_line(JinjaState *s, Str line, size_t width, size_t last_width, StrVec *chunks)
{
    size_t start = 0;
    for (size_t at = 0; at < line.len;) {
        size_t end = word_end(line, at);
        size_t room = end == line.len ? last_width : width;
        if (repr_width(s, str_slice(line, start, end)) > room && at > start) {
            VEC_PUSH(jinja_scratch(s), chunks, str_slice(line, start, at));
            start = at;
        }
        at = end;
    }
    if (start < line.len) {
        VEC_PUSH(jinja_scratch(s), chunks, str_from_offset(line, start));
    }
}

static size_t minus(size_t a, size_t b)
{
    return a > b ? a - b : 0;
}

static void layout_text(JinjaState *s, Str text, Place place, StrBuf *out)
{
    bool outermost = place.level == 1;
    size_t indent = place.indent + outermost, width = minus(WIDTH, indent);
    size_t last_width = minus(width, place.allowance + outermost);
    StrVec chunks = {0};
    Str rest = text, line = {0}, end = {0};
    while (str_edit_next_line(&rest, &line, &end)) {
        line.len += end.len;
        bool last = rest.len == 0;
        if (repr_width(s, line) <= (last ? last_width : width)) {
            VEC_PUSH(jinja_scratch(s), &chunks, line);
        } else {
            cut_line(s, line, width, last ? last_width : width, &chunks);
        }
    }
    bool brackets = outermost && chunks.len > 1;
    strbuf_add_c(out, brackets ? "(" : "");
    for (size_t i = 0; i < chunks.len; i++) {
        if (i > 0) {
            new_line(indent, out);
        }
        jrepr_text(chunks.data[i], out);
    }
    strbuf_add_c(out, brackets ? ")" : "");
}

static Error *layout(JinjaState *s, JValue value, Place place, StrBuf *out)
{
    size_t start = out->len;
    TRY(jrepr(s, value, out));
    if (out->overflowed) {
        return jinja_check_bytes(SIZE_MAX);
    }
    size_t width = utf8_count(str_from_offset(strbuf_str(out), start));
    if (width + place.indent + place.allowance <= WIDTH) {
        return NULL;
    }
    size_t len = 0;
    switch (JTYPE_OF(value)) {
    case J_STR:
        out->len = jis_safe(value) ? out->len : start;
        if (!jis_safe(value)) {
            layout_text(s, jtext(value), place, out);
        }
        return NULL;
    case J_LIST:
    case J_TUPLE:
    case J_DICT:
    case J_SET:
        TRY(jlength(s, value, &len));
        if (len > 0) {
            out->len = start;
            return layout_container(s, value, place, out);
        }
        return NULL;
    default:
        return NULL;
    }
}

Error *pretty_print(JinjaState *s, JValue value, StrBuf *out)
{
    JValue sorted = JNONE;
    TRY(sorted_copy(s, value, NULL, &sorted));
    return layout(s, sorted, (Place){.level = 1}, out);
}
