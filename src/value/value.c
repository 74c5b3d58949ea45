#include "value/value.h"

#include <math.h>

#include "base/number.h"
#include "base/unicode.h"

enum { DESCRIBED_BYTES = 60 }; /* of a text in a message */

static const char *const kind_texts[] = {
#define X(name, text) text,
    VALUE_KINDS(X)
#undef X
};

/* ---- Making ---- */

Value value_time(Arena *arena, ValueKind kind, const DateTime *time)
{
    DateTime *kept = ARENA_NEW(arena, DateTime);
    *kept = *time;
    return (Value){.kind = kind, .as.time = kept};
}

Value value_list(const Value *items, size_t len)
{
    return (Value){.kind = VALUE_LIST, .as.list = {items, len}};
}

Value value_copy(Arena *arena, const Value *value)
{
    Value copy = *value;
    switch (value_kind(value)) {
    case VALUE_NULL:
    case VALUE_BOOL:
    case VALUE_INT:
    case VALUE_FLOAT:
        break;
    case VALUE_BIG_INT:
    case VALUE_DECIMAL:
    case VALUE_STRING:
    case VALUE_BYTES:
        copy.as.text = str_dup(arena, value->as.text);
        break;
    case VALUE_DATETIME:
    case VALUE_DATE:
    case VALUE_TIME:
        copy.as = value_time(arena, value_kind(value), value->as.time).as;
        break;
    case VALUE_LIST: {
        Value *items = ARENA_ARRAY(arena, Value, value->as.list.len);
        for (size_t i = 0; i < value->as.list.len; i++) {
            items[i] = value_copy(arena, &value->as.list.items[i]);
        }
        copy.as.list.items = items;
        break;
    }
    case VALUE_MAP: {
        ValueMapBuilder builder = value_map_begin_sized(arena, value_len(value));
        for (VALUE_EACH_ENTRY(it, value)) {
            value_map_put(&builder, value_copy(arena, &it->key), value_copy(arena, &it->value));
        }
        copy.as = value_map_end(&builder).as;
        break;
    }
    }
    return copy;
}

/* ---- Looking ---- */

const Value *value_items(const Value *list)
{
    return value_is(list, VALUE_LIST) ? list->as.list.items : NULL;
}

const Value *value_at(const Value *value, size_t index)
{
    if (index >= value_len(value)) {
        return NULL;
    }
    return value->kind == VALUE_LIST ? &value->as.list.items[index]
                                     : &value_entries(value)[index].value;
}

const Value *value_find_path(const Value *root, Str path)
{
    const Value *at = root;
    Str rest = path;
    Str piece;
    while (at != NULL && str_next_piece(&rest, '.', &piece)) {
        int64_t index = 0;
        if (at->kind != VALUE_LIST) {
            at = value_find(at, piece);
        } else if (number_parse_int64(piece, &index) && index >= 0) {
            at = value_at(at, (size_t)index);
        } else {
            at = NULL;
        }
    }
    return at;
}

Str value_text_or(const Value *value, Str fallback)
{
    return value_is(value, VALUE_STRING) ? value->as.text : fallback;
}

static bool times_equal(const DateTime *a, const DateTime *b)
{
    return a->year == b->year && a->month == b->month && a->day == b->day && a->hour == b->hour &&
           a->minute == b->minute && a->second == b->second && a->microsecond == b->microsecond &&
           a->has_offset == b->has_offset && a->offset_s == b->offset_s;
}

static bool maps_equal(const Value *a, const Value *b)
{
    if (value_len(a) != value_len(b)) {
        return false;
    }
    for (VALUE_EACH_ENTRY(it, a)) {
        const ValueEntry *other = value_find_entry(b, &it->key);
        if (other == NULL || !value_equal(&it->value, &other->value)) {
            return false;
        }
    }
    return true;
}

static bool lists_equal(const Value *a, const Value *b)
{
    if (a->as.list.len != b->as.list.len) {
        return false;
    }
    for (size_t i = 0; i < a->as.list.len; i++) {
        if (!value_equal(&a->as.list.items[i], &b->as.list.items[i])) {
            return false;
        }
    }
    return true;
}

static bool floats_equal(double a, double b)
{
    return (isnan(a) && isnan(b)) || (a <= b && a >= b);
}

bool value_equal(const Value *a, const Value *b)
{
    if (a == NULL || b == NULL || a->kind != b->kind) {
        return a == b;
    }
    switch (value_kind(a)) {
    case VALUE_NULL:
        return true;
    case VALUE_BOOL:
        return a->as.boolean == b->as.boolean;
    case VALUE_INT:
        return a->as.integer == b->as.integer;
    case VALUE_FLOAT:
        return floats_equal(a->as.number, b->as.number);
    case VALUE_BIG_INT:
    case VALUE_DECIMAL:
    case VALUE_STRING:
    case VALUE_BYTES:
        return str_eq(a->as.text, b->as.text);
    case VALUE_DATETIME:
    case VALUE_DATE:
    case VALUE_TIME:
        return times_equal(a->as.time, b->as.time);
    case VALUE_LIST:
        return lists_equal(a, b);
    case VALUE_MAP:
        return maps_equal(a, b);
    }
    return false;
}

/* ---- Telling ---- */

const char *value_kind_text(ValueKind kind)
{
    return kind_texts[kind];
}

/* At most DESCRIBED_BYTES of one line, quoted, cut between code points. */
static Str quote_shortened(Arena *arena, Str text)
{
    size_t end = str_find_char(text, '\n');
    end = end < text.len ? end : text.len;
    if (end > DESCRIBED_BYTES) {
        end = DESCRIBED_BYTES;
        while (end > 0 && ((unsigned char)text.data[end] & 0xC0) == 0x80) {
            end--;
        }
    }
    const char *mark = end < text.len ? "..." : "";
    return str_printf(arena, "'" STR_FMT "%s'", STR_ARG(str_slice(text, 0, end)), mark);
}

Str value_describe(Arena *arena, const Value *value)
{
    char text[DATETIME_TEXT_BYTES];
    if (value != NULL && value->file != NULL && value->file->secret) {
        return str_from(value_kind_text(value_kind(value)));
    }
    switch (value_kind(value)) {
    case VALUE_NULL:
        return STR("nothing");
    case VALUE_BOOL:
        return value->as.boolean ? STR("true") : STR("false");
    case VALUE_INT:
        return str_dup(arena, (Str){text, number_format_int64(value->as.integer, text)});
    case VALUE_FLOAT:
        return str_dup(arena, (Str){text, number_format_double(value->as.number, text)});
    case VALUE_STRING:
        return quote_shortened(arena, value->as.text);
    case VALUE_BIG_INT:
    case VALUE_DECIMAL:
        return value->as.text;
    case VALUE_BYTES:
        return STR("binary data");
    case VALUE_DATETIME:
        return str_dup(arena, (Str){text, datetime_format(value->as.time, ' ', text)});
    case VALUE_DATE:
        return str_dup(arena, (Str){text, date_format(value->as.time, text)});
    case VALUE_TIME:
        return str_dup(arena, (Str){text, time_format(value->as.time, text)});
    case VALUE_LIST:
        return STR("a list");
    case VALUE_MAP:
        return STR("a map");
    }
    return STR("");
}

Str value_place(Arena *arena, const Value *value)
{
    if (value == NULL || (value->file == NULL && value->line == 0)) {
        return STR("");
    }
    Str path = value->file != NULL ? value->file->path : STR("");
    if (value->line == 0) {
        return path;
    }
    const char *colon = path.len > 0 ? ":" : "";
    return str_printf(arena, STR_FMT "%s%u:%u", STR_ARG(path), colon, (unsigned)value->line,
                      value->column);
}

static Str file_line(const ValueFile *file, unsigned number)
{
    Str rest = file->text;
    Str line = STR("");
    for (unsigned i = file->line_base; i < number; i++) {
        if (!str_next_line(&rest, &line)) {
            return STR("");
        }
    }
    return line;
}

Error *value_error_make(const char *source_file, int source_line, ErrorKind kind, const Value *at,
                        const char *format, ...)
{
    AUTO_FREE(arena) Arena *arena = arena_new("message");
    Str place = value_place(arena, at);
    StrBuf message = strbuf_init(arena, SIZE_MAX);
    va_list args;
    va_start(args, format);
    strbuf_vprintf(&message, format, args);
    va_end(args);
    Error *err = error_make(source_file, source_line, kind, STR_FMT "%s" STR_FMT, STR_ARG(place),
                            place.len > 0 ? ": " : "", STR_ARG(strbuf_str(&message)));
    bool placed = at != NULL && at->file != NULL && at->line > 0 && !at->file->secret;
    Str line = placed ? file_line(at->file, at->line) : STR("");
    return str_trim(line).len > 0 ? error_excerpt(err, line, at->column) : err;
}

/* ---- Values that must be of one kind ---- */

static Error *wrong_kind(const Value *value, Str name, const char *expected)
{
    AUTO_FREE(arena) Arena *arena = arena_new("message");
    Str found = value_describe(arena, value);
    return value_error(ERR_CONFIG, value, "'" STR_FMT "' must be %s, not " STR_FMT, STR_ARG(name),
                       expected, STR_ARG(found));
}

Error *value_expect(const Value *value, ValueKind kind, Str name)
{
    return value_is(value, kind) ? NULL : wrong_kind(value, name, value_kind_text(kind));
}

Error *value_get_bool(const Value *value, Str name, bool *out)
{
    TRY(value_expect(value, VALUE_BOOL, name));
    *out = value->as.boolean;
    return NULL;
}

Error *value_get_int(const Value *value, Str name, int64_t *out)
{
    if (value_is(value, VALUE_BIG_INT)) {
        return value_error(ERR_CONFIG, value, "'" STR_FMT "' is too large: " STR_FMT, STR_ARG(name),
                           STR_ARG(value->as.text));
    }
    TRY(value_expect(value, VALUE_INT, name));
    *out = value->as.integer;
    return NULL;
}

Error *value_get_float(const Value *value, Str name, double *out)
{
    if (value_is(value, VALUE_INT)) {
        *out = (double)value->as.integer;
        return NULL;
    }
    TRY(value_expect(value, VALUE_FLOAT, name));
    *out = value->as.number;
    return NULL;
}

Error *value_get_string(const Value *value, Str name, Str *out)
{
    TRY(value_expect(value, VALUE_STRING, name));
    *out = value->as.text;
    return NULL;
}

Error *value_get_strings(Arena *arena, const Value *value, Str name, ValueSingle single,
                         StrVec *out)
{
    StrVec texts = {0};
    if (single == VALUE_SINGLE_TOO && value_is(value, VALUE_STRING)) {
        VEC_PUSH(arena, &texts, value->as.text);
    } else if (!value_is(value, VALUE_LIST)) {
        return wrong_kind(value, name, "a list of texts");
    }
    for (VALUE_EACH(it, value)) {
        if (it->kind != VALUE_STRING) {
            return wrong_kind(it, name, "a list of texts");
        }
        VEC_PUSH(arena, &texts, it->as.text);
    }
    *out = texts;
    return NULL;
}
