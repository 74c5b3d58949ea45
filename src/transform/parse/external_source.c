#include "transform/parse/external_source.h"

#include "base/limits.h"
#include "transform/python/text.h"

/* How a placeholder is written. */
typedef struct Formatter {
    const char *name;
    const char *open;
    const char *close;
} Formatter;

static const Formatter formatters[] = {
    {"newstyle", "{", "}"},
    {"oldstyle", "%(", ")s"},
    {"template", "${", "}"},
};

/* Configuration counts before meta. */
static const Value *setting(const Node *source, Str key)
{
    const Value *own = value_find(source->config, key);
    return !value_is_null(own) ? own : value_find(source->meta, key);
}

static Error *find_formatter(Arena *arena, const Node *source, const Formatter **out)
{
    const Value *given = setting(source, STR("formatter"));
    Str wanted = value_text_or(given, STR("newstyle"));
    for (size_t i = 0; i < ARRAY_LEN(formatters); i++) {
        if (str_is(wanted, formatters[i].name)) {
            *out = &formatters[i];
            return NULL;
        }
    }
    return error_hint(error_new(ERR_CONFIG,
                                "Formatter '" STR_FMT "' of source '" STR_FMT
                                "' is not one of newstyle, oldstyle and template",
                                STR_ARG(wanted), STR_ARG(source->unique_id)),
                      "correct it in " STR_FMT, STR_ARG(str_dup(arena, source->original_path)));
}

/* What a placeholder stands for. */
static bool named_value(Arena *arena, const Node *source, Str name, Str *out)
{
    const struct {
        const char *name;
        Str value;
    } known[] = {{"name", source->name},
                 {"identifier", source->source->identifier},
                 {"schema", source->schema},
                 {"database", source->database},
                 {"source_name", source->source->source_name}};
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        if (str_is(name, known[i].name)) {
            *out = known[i].value;
            return true;
        }
    }
    const Value *value = setting(source, name);
    if (value != NULL) {
        *out = python_str(value, arena);
    }
    return value != NULL;
}

static Error *unknown_name(const Node *source, Str name)
{
    return error_hint(error_new(ERR_CONFIG,
                                "external_location of source '" STR_FMT
                                "' has the placeholder '" STR_FMT "', which means nothing",
                                STR_ARG(source->unique_id), STR_ARG(name)),
                      "it may be name, identifier, schema, database or a key of meta or config");
}

static Error *fill_in(Arena *arena, const Node *source, const Formatter *formatter, Str pattern,
                      Str *out)
{
    Str open = str_from(formatter->open), close = str_from(formatter->close);
    StrBuf text = strbuf_init(arena, LIMIT_CONFIG_BYTES);
    for (size_t at = 0; at < pattern.len;) {
        size_t start = str_find(pattern, open, at);
        size_t end = start == SIZE_MAX ? SIZE_MAX : str_find(pattern, close, start + open.len);
        if (end == SIZE_MAX) {
            strbuf_add(&text, str_from_offset(pattern, at));
            break;
        }
        Str name = str_slice(pattern, start + open.len, end), value;
        if (!named_value(arena, source, name, &value)) {
            return unknown_name(source, name);
        }
        strbuf_add(&text, str_slice(pattern, at, start));
        strbuf_add(&text, value);
        at = end + close.len;
    }
    *out = strbuf_str(&text);
    return NULL;
}

Error *external_source_text(Arena *arena, const Node *source, Str *out)
{
    const Value *location = setting(source, STR("external_location"));
    const Formatter *formatter = NULL;
    *out = (Str){0};
    if (!value_is(location, VALUE_STRING)) {
        return NULL;
    }
    Str text;
    TRY(find_formatter(arena, source, &formatter));
    TRY(fill_in(arena, source, formatter, location->as.text, &text));
    bool whole = str_contains(text, STR("(")) || str_starts_with(text, STR("'"));
    *out = whole ? text : str_printf(arena, "'" STR_FMT "'", STR_ARG(text));
    return NULL;
}
