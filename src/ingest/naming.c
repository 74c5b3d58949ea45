#include "ingest/naming.h"

#include "base/unicode.h"
#include "base/vec.h"
#include "ingest/content_hash.h"

enum { TAG_BYTES = 4, TAG_CHARS = 6 };

/* ---- Characters ---- */

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* As Python's str.strip(). */
static Str trim(Str text)
{
    size_t start = 0;
    for (size_t at = 0; at < text.len && unicode_is_space(utf8_next(text, &at));) {
        start = at;
    }
    size_t end = start;
    for (size_t at = start; at < text.len;) {
        if (!unicode_is_space(utf8_next(text, &at))) {
            end = at;
        }
    }
    return str_slice(text, start, end);
}

static bool is_blank(Str text)
{
    return trim(text).len == 0;
}

/* ---- Steps of the conversions. No result is longer than twice its input. ---- */

static StrBuf buffer_for(Arena *arena, Str text)
{
    return strbuf_init(arena, 2 * text.len + 2);
}

static Str collapse_underscores(Arena *arena, Str text)
{
    StrBuf out = buffer_for(arena, text);
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] != '_' || i == 0 || text.data[i - 1] != '_') {
            strbuf_add_char(&out, text.data[i]);
        }
    }
    return strbuf_str(&out);
}

/* Each run of what is no ASCII letter, decimal digit of any script or underscore becomes one `_`.
 */
static Str keep_words(Arena *arena, Str text)
{
    StrBuf out = buffer_for(arena, text);
    bool in_run = false;
    for (size_t at = 0; at < text.len;) {
        size_t start = at;
        uint32_t c = utf8_next(text, &at);
        char first = text.data[start];
        bool kept = is_lower(first) || is_upper(first) || first == '_' || unicode_is_decimal(c);
        if (kept) {
            strbuf_add(&out, str_slice(text, start, at));
        } else if (!in_run) {
            strbuf_add_char(&out, '_');
        }
        in_run = !kept;
    }
    return strbuf_str(&out);
}

static Str guard_leading_digit(Arena *arena, Str text)
{
    size_t at = 0;
    if (text.len == 0 || !unicode_is_decimal(utf8_next(text, &at))) {
        return text;
    }
    return str_join(arena, (const Str[]){STR("_"), text}, 2, STR(""));
}

static Str replace_chars(Arena *arena, Str text, const char *from, const char *to)
{
    char *copy = str_to_c(arena, text);
    for (size_t i = 0; i < text.len; i++) {
        const char *hit = copy[i] != '\0' ? strchr(from, copy[i]) : NULL;
        copy[i] = hit != NULL ? to[hit - from] : copy[i];
    }
    return (Str){copy, text.len};
}

/* `_` before a capital that is followed by small letters: HTTPServer -> HTTP_Server. */
static Str break_before_words(Arena *arena, Str text)
{
    StrBuf out = buffer_for(arena, text);
    size_t i = 0;
    while (i + 2 < text.len) {
        strbuf_add_char(&out, text.data[i]);
        if (text.data[i] == '_' || !is_upper(text.data[i + 1]) || !is_lower(text.data[i + 2])) {
            i++;
            continue;
        }
        strbuf_add_char(&out, '_');
        strbuf_add_char(&out, text.data[i + 1]);
        for (i += 2; i < text.len && is_lower(text.data[i]); i++) {
            strbuf_add_char(&out, text.data[i]);
        }
    }
    strbuf_add(&out, str_from_offset(text, i));
    return strbuf_str(&out);
}

/* `_` between a small letter or digit and a capital: userID -> user_ID. */
static Str break_before_capitals(Arena *arena, Str text)
{
    StrBuf out = buffer_for(arena, text);
    for (size_t i = 0; i < text.len; i++) {
        if (i > 0 && is_upper(text.data[i]) &&
            (is_lower(text.data[i - 1]) || is_digit(text.data[i - 1]))) {
            strbuf_add_char(&out, '_');
        }
        strbuf_add_char(&out, text.data[i]);
    }
    return strbuf_str(&out);
}

static size_t count_trailing_underscores(Str text)
{
    size_t count = 0;
    while (count < text.len && text.data[text.len - 1 - count] == '_') {
        count++;
    }
    return count;
}

/* ---- The conventions ---- */

static Str to_snake_case(Arena *arena, Str text)
{
    text = replace_chars(arena, text, "+-*@|", "x_xal");
    text = keep_words(arena, text);
    text = break_before_words(arena, text);
    text = break_before_capitals(arena, text);
    text = guard_leading_digit(arena, str_lower_ascii(arena, text));
    size_t trailing = count_trailing_underscores(text);
    StrBuf out = buffer_for(arena, text);
    strbuf_add(&out, str_slice(text, 0, text.len - trailing));
    strbuf_add_repeat(&out, 'x', trailing);
    return collapse_underscores(arena, strbuf_str(&out));
}

static Str to_sql_name(Arena *arena, Str text)
{
    text = guard_leading_digit(arena, keep_words(arena, text));
    if (!str_is(text, "_")) {
        text.len -= count_trailing_underscores(text);
    }
    return collapse_underscores(arena, text);
}

static Str to_lower_sql_name(Arena *arena, Str text)
{
    return str_lower_ascii(arena, to_sql_name(arena, text));
}

static Str to_duck_name(Arena *arena, Str text)
{
    return collapse_underscores(arena, replace_chars(arena, text, "\n\r\"", "___"));
}

#define DIRECT_SEPARATOR "\u25b6"

static Str to_direct_name(Arena *arena, Str text)
{
    text = replace_chars(arena, text, "\n\r'\"", "____");
    return str_replace(arena, text, STR(DIRECT_SEPARATOR), STR("_"));
}

static const NamingConvention conventions[] = {
    {.name = "snake_case", .separator = STR_INIT("__"), .convert = to_snake_case},
    {.name = "direct",
     .separator = STR_INIT(DIRECT_SEPARATOR),
     .is_case_sensitive = true,
     .convert = to_direct_name},
    {.name = "sql_cs_v1",
     .separator = STR_INIT("__"),
     .is_case_sensitive = true,
     .convert = to_sql_name},
    {.name = "sql_ci_v1", .separator = STR_INIT("__"), .convert = to_lower_sql_name},
    {.name = "duck_case",
     .separator = STR_INIT("__"),
     .is_case_sensitive = true,
     .convert = to_duck_name},
    {.name = "s3_tables",
     .separator = STR_INIT("__"),
     .strips_tables = true,
     .max_length = 255,
     .convert = to_snake_case},
};

Naming naming_default(void)
{
    return (Naming){.convention = &conventions[0], .max_length = NAMING_DUCKDB_MAX};
}

Error *naming_make(Str name, size_t max_length, Naming *out)
{
    for (size_t i = 0; i < ARRAY_LEN(conventions); i++) {
        const NamingConvention *convention = &conventions[i];
        if (str_is(name, convention->name)) {
            size_t own = convention->max_length;
            bool own_counts = max_length == 0 || (own != 0 && own < max_length);
            *out = (Naming){.convention = convention, .max_length = own_counts ? own : max_length};
            return NULL;
        }
    }
    return error_hint(
        error_new(ERR_UNSUPPORTED, "naming convention '" STR_FMT "' is not known", STR_ARG(name)),
        "conventions written in Python work only in dlt itself; use snake_case, "
        "direct, sql_cs_v1, sql_ci_v1, duck_case or s3_tables");
}

/* ---- Names ---- */

static Str tag_of(Arena *arena, Str origin)
{
    Str tag = str_lower_ascii(
        arena, replace_chars(arena, shake_base64(arena, origin, TAG_BYTES), "/+", "ab"));
    CHECK(tag.len == TAG_CHARS);
    return tag;
}

Str naming_shorten(Arena *arena, Str name, Str origin, size_t max_length)
{
    size_t count = name.len > max_length ? utf8_count(name) : name.len;
    if (max_length < TAG_CHARS || count <= max_length) {
        return name;
    }
    size_t keep = max_length - TAG_CHARS;
    Str pieces[] = {
        str_slice(name, 0, utf8_offset(name, keep - keep / 2)),
        tag_of(arena, origin),
        str_from_offset(name, utf8_offset(name, count - keep / 2)),
    };
    return str_join(arena, pieces, ARRAY_LEN(pieces), STR(""));
}

/* Of trimmed text that is not empty. */
static Str convert(const Naming *naming, Arena *arena, Str text)
{
    Str name = naming->convention->convert(arena, text);
    return naming_shorten(arena, name, text, naming->max_length);
}

Error *naming_identifier(const Naming *naming, Arena *arena, Str text, Str *out)
{
    Str trimmed = trim(text);
    if (trimmed.len == 0) {
        return error_new(ERR_INPUT, "'" STR_FMT "' cannot be a name: it is empty", STR_ARG(text));
    }
    *out = convert(naming, arena, trimmed);
    return NULL;
}

/* Takes the part before the next separator off *rest; false at the end. */
static bool next_part(Str *rest, Str separator, Str *out)
{
    if (rest->data == NULL) {
        return false;
    }
    size_t end = str_find(*rest, separator, 0);
    if (end == SIZE_MAX) {
        *out = *rest;
        *rest = (Str){0};
    } else {
        *out = str_slice(*rest, 0, end);
        *rest = str_from_offset(*rest, end + separator.len);
    }
    return true;
}

typedef enum PathOf { PATH_OF_COLUMN, PATH_OF_TABLE } PathOf;

static Str convert_path(const Naming *naming, Arena *arena, Str path, PathOf of)
{
    Str separator = naming->convention->separator;
    bool strips = of == PATH_OF_TABLE && naming->convention->strips_tables;
    StrVec names = {0};
    Str rest = path;
    for (Str part; next_part(&rest, separator, &part);) {
        if (is_blank(part)) {
            continue;
        }
        Str name = convert(naming, arena, trim(part));
        while (strips && name.len > 0 && name.data[0] == '_') {
            name = str_from_offset(name, 1);
        }
        if (!is_blank(name)) {
            VEC_PUSH(arena, &names, name);
        }
    }
    Str joined = str_join(arena, names.data, names.len, separator);
    return naming_shorten(arena, joined, path, naming->max_length);
}

Str naming_path(const Naming *naming, Arena *arena, Str path)
{
    return convert_path(naming, arena, path, PATH_OF_COLUMN);
}

Str naming_key(const Naming *naming, Arena *arena, Str key)
{
    Str trimmed = trim(key);
    if (trimmed.len == 0) {
        return STR("_empty");
    }
    return naming->keeps_no_paths ? convert(naming, arena, trimmed)
                                  : naming_path(naming, arena, key);
}

Error *naming_table(const Naming *naming, Arena *arena, Str text, Str *out)
{
    Str name = {0};
    if (naming->keeps_no_paths) {
        TRY(naming_identifier(naming, arena, text, &name));
    } else {
        name = convert_path(naming, arena, text, PATH_OF_TABLE);
    }
    if (name.len == 0) {
        return error_new(ERR_INPUT, "'" STR_FMT "' cannot name a table", STR_ARG(text));
    }
    *out = name;
    return NULL;
}

Str naming_join(const Naming *naming, Arena *arena, Str parent, Str child)
{
    if (is_blank(parent) || is_blank(child)) {
        return is_blank(parent) ? child : parent;
    }
    Str path = str_join(arena, (const Str[]){parent, child}, 2, naming->convention->separator);
    return naming_shorten(arena, path, path, naming->max_length);
}

/* ---- Schemas ---- */

bool naming_is_schema_name(Str name)
{
    size_t count = 0;
    for (size_t at = 0; at < name.len; count++) {
        uint32_t c = utf8_next(name, &at);
        if (count == 0 ? !unicode_is_identifier_start(c) : !unicode_is_identifier_part(c)) {
            return false;
        }
    }
    return count > 0 && count <= NAMING_SCHEMA_NAME_MAX;
}

Str naming_schema_name(Arena *arena, Str text)
{
    if (naming_is_schema_name(text)) {
        return text;
    }
    Naming naming = naming_default();
    naming.max_length = NAMING_SCHEMA_NAME_MAX;
    Str trimmed = trim(text);
    Str name = trimmed.len > 0 ? convert(&naming, arena, trimmed) : trimmed;
    return naming_is_schema_name(name) ? name : STR("source");
}
