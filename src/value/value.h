/* value/value.h - a document as a tree: what JSON, YAML and TOML files say. A Value is plain data
 * of 32 bytes that borrows what it refers to from the arena the tree was made in; it never changes
 * once built, so copying one shares its children, and threads may read it freely. There is nothing
 * to free.
 *
 * Each node knows the file, line and column it was read from (line 0: made by the program), so that
 * whoever finds fault with a value can name the place. Text is valid UTF-8. Maps keep the order of
 * the file. */
#ifndef VALUE_VALUE_H
#define VALUE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/datetime.h"
#include "base/error.h"
#include "base/str.h"
#include "base/vec.h"

/* Kind, and how messages call it. */
#define VALUE_KINDS(X) \
    X(NULL, "null") \
    X(BOOL, "true or false") \
    X(INT, "a whole number")     /* fits int64_t */ \
    X(BIG_INT, "a whole number") /* digits with an optional minus sign, as text */ \
    X(DECIMAL, "a number")       /* exact decimal fraction, as text */ \
    X(FLOAT, "a number") \
    X(STRING, "text") \
    X(BYTES, "binary data") /* YAML's !!binary */ \
    X(DATETIME, "a date with time") \
    X(DATE, "a date") \
    X(TIME, "a time of day") \
    X(LIST, "a list") \
    X(MAP, "a map")

typedef enum ValueKind {
#define X(name, text) VALUE_##name,
    VALUE_KINDS(X)
#undef X
} ValueKind;

/* The file a tree was read from. `text` allows messages to show the line; empty when it is not
 * kept. */
typedef struct ValueFile {
    Str path;
    Str text;
    unsigned line_base; /* lines of the file before `text` */
    bool secret;        /* messages show neither lines nor values of it */
} ValueFile;

typedef struct ValueMap ValueMap;
typedef struct Value Value;

struct Value {
    unsigned kind : 8;
    unsigned line : 24;    /* from 1; 0 = unknown */
    uint32_t column;       /* from 1, in code points */
    const ValueFile *file; /* NULL = made by the program */
    union {
        bool boolean;
        int64_t integer;
        double number;
        Str text;             /* STRING, BYTES, BIG_INT, DECIMAL */
        const DateTime *time; /* DATETIME, DATE, TIME */
        struct {
            const Value *items;
            size_t len;
        } list;
        const ValueMap *map;
    } as;
};

/* Keys are text, save for YAML's `1: x` or `yes: x`; value_find() sees text keys only. */
typedef struct ValueEntry {
    Value key;
    Value value;
} ValueEntry;

typedef VEC(Value) ValueVec;

/* ---- Making values. Text is borrowed: it must live as long as the tree. ---- */

static inline Value value_null(void)
{
    return (Value){.kind = VALUE_NULL};
}

static inline Value value_bool(bool boolean)
{
    return (Value){.kind = VALUE_BOOL, .as.boolean = boolean};
}

static inline Value value_int(int64_t integer)
{
    return (Value){.kind = VALUE_INT, .as.integer = integer};
}

static inline Value value_float(double number)
{
    return (Value){.kind = VALUE_FLOAT, .as.number = number};
}

static inline Value value_string(Str text)
{
    return (Value){.kind = VALUE_STRING, .as.text = text};
}

/* BIG_INT, DECIMAL, BYTES or STRING. */
static inline Value value_text(ValueKind kind, Str text)
{
    return (Value){.kind = kind, .as.text = text};
}

/* DATETIME, DATE or TIME; copies `time`. */
Value value_time(Arena *arena, ValueKind kind, const DateTime *time);
/* `items` are borrowed. */
Value value_list(const Value *items, size_t len);
static inline Value value_list_of(const ValueVec *items)
{
    return value_list(items->data, items->len);
}

/* A map under construction; lives in `arena`. */
typedef struct ValueMapBuilder {
    Arena *arena;
    ValueMap *map;
} ValueMapBuilder;

ValueMapBuilder value_map_begin(Arena *arena);
/* The same with room for `len` entries and no more than they need; it may still grow. */
ValueMapBuilder value_map_begin_sized(Arena *arena, size_t len);
/* Sets or replaces; a replaced entry keeps its place and its first key. Returns true when the key
 * was there. Keys compare as in PyYAML: 1, 1.0 and true are one key, and so is NaN. Only scalars
 * may be keys. */
bool value_map_put(ValueMapBuilder *builder, Value key, Value value);
/* The same with a text key that has no position. */
bool value_map_set(ValueMapBuilder *builder, Str key, Value value);
/* Puts all entries of a map. */
void value_map_put_all(ValueMapBuilder *builder, const Value *map);
/* The entry with that key so far, or NULL; valid until the next put. */
const ValueEntry *value_map_peek(const ValueMapBuilder *builder, const Value *key);
/* The finished map. The builder must not be used afterwards. */
Value value_map_end(ValueMapBuilder *builder);

/* The same value, said to stand at the place of `place`. */
static inline Value value_placed_at(Value value, const Value *place)
{
    value.file = place->file;
    value.line = place->line;
    value.column = place->column;
    return value;
}

/* For readers. Beyond what fits, line and column stop counting. */
static inline void value_set_place(Value *value, const ValueFile *file, size_t line, size_t column)
{
    enum { LAST_LINE = 0xFFFFFF };
    value->file = file;
    value->line = (line < LAST_LINE ? (unsigned)line : LAST_LINE) & LAST_LINE;
    value->column = column < UINT32_MAX ? (uint32_t)column : UINT32_MAX;
}

/* ---- Looking into values. All accept NULL and values of another kind, and find nothing there.
 * ---- */

static inline ValueKind value_kind(const Value *value)
{
    return value == NULL ? VALUE_NULL : (ValueKind)value->kind;
}

static inline bool value_is(const Value *value, ValueKind kind)
{
    return value != NULL && value->kind == kind;
}

/* True for a missing value and for null. */
static inline bool value_is_null(const Value *value)
{
    return value_kind(value) == VALUE_NULL;
}

/* Entries of a map, items of a list, else 0. */
size_t value_len(const Value *value);
/* Item of a list, value of the map's entry number `index`, or NULL. */
const Value *value_at(const Value *value, size_t index);
const Value *value_find(const Value *map, Str key);
/* The whole entry, for the position of its key; `key` may be of any scalar kind. */
const ValueEntry *value_find_entry(const Value *map, const Value *key);
/* Goes down "a.b.0.c": keys of maps, indices of lists. */
const Value *value_find_path(const Value *root, Str path);
/* The text of a STRING, else `fallback`. */
Str value_text_or(const Value *value, Str fallback);

const ValueEntry *value_entries(const Value *map);
const Value *value_items(const Value *list);

/* `for (VALUE_EACH(it, list))` visits each item, `for (VALUE_EACH_ENTRY(it, map))` each entry, in
 * order. */
#define VALUE_EACH(it, list) \
    const Value *it = value_items(list), *it##_end = it == NULL ? it : it + value_len(list); \
    it != it##_end; \
    it++
#define VALUE_EACH_ENTRY(it, map) \
    const ValueEntry *it = value_entries(map), *it##_end = it == NULL ? it : it + value_len(map); \
    it != it##_end; \
    it++

/* Same kind and content all the way down, except that the order of map entries does not count. NaN
 * equals itself. Positions do not count. */
bool value_equal(const Value *a, const Value *b);
/* A copy of the whole tree in `arena`, text included. Positions are kept; the file is shared. */
Value value_copy(Arena *arena, const Value *value);

/* ---- Values that must be of one kind. `name` is what the user calls the value, most often its
 * key. ERR_CONFIG "path:line:column: 'name' must be a whole number, not text ('many')". ---- */

MUST_CHECK Error *value_get_bool(const Value *value, Str name, bool *out);
MUST_CHECK Error *value_get_int(const Value *value, Str name, int64_t *out);
/* Also takes whole numbers. */
MUST_CHECK Error *value_get_float(const Value *value, Str name, double *out);
MUST_CHECK Error *value_get_string(const Value *value, Str name, Str *out);
/* Checks the kind only. */
MUST_CHECK Error *value_expect(const Value *value, ValueKind kind, Str name);
/* A list of texts, or one text alone when `single` says so. The result lives in `arena`. */
typedef enum ValueSingle { VALUE_LIST_ONLY, VALUE_SINGLE_TOO } ValueSingle;
MUST_CHECK Error *value_get_strings(Arena *arena, const Value *value, Str name, ValueSingle single,
                                    StrVec *out);

/* ---- Telling about values. ---- */

/* How messages call the kind: "a whole number". */
const char *value_kind_text(ValueKind kind);
/* The value for a message, short: "text ('abc')", "a list of 3", "true". */
Str value_describe(Arena *arena, const Value *value);
/* "path:line:column", as much of it as is known; empty for a value made by the program. */
Str value_place(Arena *arena, const Value *value);
/* An error at the value's place: "path:line:column: message", with the line and a caret where the
 * file's text is at hand. `at` may be NULL. */
Error *value_error_make(const char *source_file, int source_line, ErrorKind kind, const Value *at,
                        const char *format, ...) PRINTF_LIKE(5, 6);
#define value_error(kind, at, ...) value_error_make(__FILE__, __LINE__, (kind), (at), __VA_ARGS__)

#endif
