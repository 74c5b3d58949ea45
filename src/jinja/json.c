#include "jinja/json.h"

#include <math.h>

#include "base/unicode.h"
#include "jinja/ops.h"
#include "jinja/sort.h"

/* The containers being written, innermost first. */
typedef struct Level {
    const struct Level *up;
    const void *object;
    size_t depth;
} Level;

typedef struct Writer {
    JinjaState *s;
    const JsonOptions *options;
    StrBuf *out;
} Writer;

static Error *write_value(const Writer *w, JValue value, const Level *level);

Error *json_indent_arg(JinjaState *s, JValue indent, JsonOptions *options)
{
    int64_t blanks = 0;
    if (indent.type == J_NONE) {
        return NULL;
    }
    options->indented = true;
    if (indent.type == J_STR) {
        options->indent = jtext(indent);
        return NULL;
    }
    if (!jto_int64(indent, &blanks)) {
        return jraise("TypeError", "can't multiply sequence by non-int of type '%s'",
                      jtype_name(indent));
    }
    blanks = blanks > 0 ? blanks : 0;
    TRY(jinja_check_bytes((size_t)blanks));
    char *text = arena_alloc_raw(jinja_scratch(s), (size_t)blanks + 1);
    memset(text, ' ', (size_t)blanks);
    options->indent = (Str){text, (size_t)blanks};
    return NULL;
}

/* ---- Text ---- */

static void add_unit(uint32_t unit, StrBuf *out)
{
    static const char hex[] = "0123456789abcdef";
    char text[6] = {
        '\\', 'u', hex[unit >> 12 & 15], hex[unit >> 8 & 15], hex[unit >> 4 & 15], hex[unit & 15]};
    strbuf_add(out, (Str){text, sizeof(text)});
}

static void add_escaped(uint32_t c, StrBuf *out)
{
    static const char from[] = "\"\\\n\r\t\b\f", to[] = "\"\\nrtbf";
    const char *named = c < 128 && c != 0 ? strchr(from, (int)c) : NULL;
    if (named != NULL) {
        strbuf_add(out, (Str){(char[]){'\\', to[named - from]}, 2});
    } else if (c > 0xFFFF) {
        add_unit(0xD800 + ((c - 0x10000) >> 10), out);
        add_unit(0xDC00 + ((c - 0x10000) & 0x3FF), out);
    } else {
        add_unit(c, out);
    }
}

static void write_text(const Writer *w, Str text)
{
    bool html = w->options->escape_html;
    size_t done = 0;
    strbuf_add_char(w->out, '"');
    for (size_t at = 0; at < text.len;) {
        char c = text.data[at];
        if (c >= ' ' && c <= '~' && c != '"' && c != '\\' &&
            !(html && (c == '<' || c == '>' || c == '&' || c == '\''))) {
            at++;
            continue;
        }
        strbuf_add(w->out, str_slice(text, done, at));
        uint32_t codepoint = utf8_next(text, &at);
        add_escaped(codepoint, w->out);
        done = at;
    }
    strbuf_add(w->out, str_from_offset(text, done));
    strbuf_add_char(w->out, '"');
}

/* ---- Containers ---- */

static void write_break(const Writer *w, size_t depth)
{
    if (!w->options->indented) {
        return;
    }
    strbuf_add_char(w->out, '\n');
    for (size_t i = 0; i < depth && !w->out->overflowed; i++) {
        strbuf_add(w->out, w->options->indent);
    }
}

static void write_comma(const Writer *w, size_t depth)
{
    strbuf_add(w->out, w->options->indented ? STR(",") : STR(", "));
    write_break(w, depth);
}

static Error *enter(JValue value, const Level *up, Level *out)
{
    for (const Level *level = up; level != NULL; level = level->up) {
        if (level->object == value.obj) {
            return jraise("ValueError", "Circular reference detected");
        }
    }
    *out = (Level){.up = up, .object = value.obj, .depth = up != NULL ? up->depth + 1 : 1};
    if (out->depth > LIMIT_CALL_DEPTH) {
        return jraise("RecursionError",
                      "maximum recursion depth exceeded while encoding a JSON object");
    }
    return NULL;
}

static Error *check_size(const Writer *w)
{
    return w->out->overflowed ? jinja_check_bytes(SIZE_MAX) : NULL;
}

static Error *write_array(const Writer *w, JValue value, const Level *up)
{
    Level level = {0};
    size_t len = 0;
    TRY(enter(value, up, &level));
    TRY(jlength(w->s, value, &len));
    strbuf_add_char(w->out, '[');
    for (size_t i = 0; i < len; i++) {
        JValue item = value.type == J_LIST ? jlist_at(value.list, i) : value.tuple->items[i];
        if (i > 0) {
            write_comma(w, level.depth);
        } else {
            write_break(w, level.depth);
        }
        TRY(write_value(w, item, &level));
        TRY(check_size(w));
    }
    if (len > 0) {
        write_break(w, level.depth - 1);
    }
    strbuf_add_char(w->out, ']');
    return NULL;
}

static Error *write_key(const Writer *w, JValue key)
{
    switch (JTYPE_OF(key)) {
    case J_STR:
        write_text(w, jtext(key));
        return NULL;
    case J_NONE:
    case J_BOOL:
    case J_INT:
    case J_BIGINT:
    case J_FLOAT:
        strbuf_add_char(w->out, '"');
        TRY(write_value(w, key, NULL));
        strbuf_add_char(w->out, '"');
        return NULL;
    default:
        return jraise("TypeError", "keys must be str, int, float, bool or None, not %s",
                      jtype_name(key));
    }
}

/* The entries of a dict in the order they are to be written, in scratch memory. */
static Error *entries(const Writer *w, JDict *dict, SortItem **out, size_t *out_count)
{
    size_t count = 0, at = 0, room = jdict_len(dict);
    SortItem *items = ARENA_ARRAY(jinja_scratch(w->s), SortItem, room);
    while (count < room && jdict_next(dict, &at, &items[count].key, &items[count].value)) {
        count++;
    }
    *out = items;
    *out_count = count;
    return w->options->sort_keys ? sort_items(w->s, items, count, SORT_EQUAL_FIRST) : NULL;
}

static Error *write_object(const Writer *w, JValue value, const Level *up)
{
    Level level = {0};
    SortItem *items = NULL;
    size_t count = 0;
    TRY(enter(value, up, &level));
    TRY(entries(w, value.dict, &items, &count));
    strbuf_add_char(w->out, '{');
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            write_comma(w, level.depth);
        } else {
            write_break(w, level.depth);
        }
        TRY(write_key(w, items[i].key));
        strbuf_add(w->out, STR(": "));
        TRY(write_value(w, items[i].value, &level));
        TRY(check_size(w));
    }
    if (count > 0) {
        write_break(w, level.depth - 1);
    }
    strbuf_add_char(w->out, '}');
    return NULL;
}

/* ---- Any value ---- */

/* "date" for "datetime.date". */
static const char *class_name(JValue value)
{
    const char *name = jtype_name(value);
    const char *dot = strrchr(name, '.');
    return dot != NULL ? dot + 1 : name;
}

static Error *write_value(const Writer *w, JValue value, const Level *level)
{
    switch (JTYPE_OF(value)) {
    case J_NONE:
        strbuf_add(w->out, STR("null"));
        return NULL;
    case J_BOOL:
        strbuf_add(w->out, value.b ? STR("true") : STR("false"));
        return NULL;
    case J_FLOAT:
        if (!isfinite(value.f)) {
            strbuf_add_c(w->out, isnan(value.f) ? "NaN" : value.f > 0 ? "Infinity" : "-Infinity");
            return NULL;
        }
        return jrepr(w->s, value, w->out);
    case J_INT:
    case J_BIGINT:
        return jrepr(w->s, value, w->out);
    case J_STR:
        write_text(w, jtext(value));
        return NULL;
    case J_LIST:
    case J_TUPLE:
        return write_array(w, value, level);
    case J_DICT:
        return write_object(w, value, level);
    default:
        return jraise("TypeError", "Object of type %s is not JSON serializable", class_name(value));
    }
}

Error *json_dump(JinjaState *s, JValue value, const JsonOptions *options, StrBuf *out)
{
    Writer writer = {.s = s, .options = options, .out = out};
    return write_value(&writer, value, NULL);
}
