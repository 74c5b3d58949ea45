/* What `paginator:` says, kind by kind. */
#include "source/rest/keys.h"
#include "source/rest/pager.h"

typedef enum FieldKind { FIELD_TEXT, FIELD_INT, FIELD_BOOL } FieldKind;

typedef struct PagerField {
    const char *key;
    FieldKind kind;
    size_t offset;
} PagerField;

#define TEXT_FIELD(key, member) \
    { \
        key, FIELD_TEXT, offsetof(PagerSpec, member) \
    }
#define INT_FIELD(key, member) \
    { \
        key, FIELD_INT, offsetof(PagerSpec, member) \
    }
#define BOOL_FIELD(key, member) \
    { \
        key, FIELD_BOOL, offsetof(PagerSpec, member) \
    }

enum { MAX_FIELDS = 12 };

/* Each kind, what it is without further words, and its parameters. */
static const struct {
    const char *name;
    PagerSpec otherwise;
    PagerField fields[MAX_FIELDS];
} kinds[] = {
    {"auto", {.kind = PAGER_AUTO}, {INT_FIELD("base_page", base)}},
    {"single_page", {.kind = PAGER_SINGLE}, {{0}}},
    {"json_link",
     {.kind = PAGER_JSON_LINK, .source = STR_INIT("next")},
     {TEXT_FIELD("next_url_path", source)}},
    {"header_link",
     {.kind = PAGER_HEADER_LINK, .source = STR_INIT("next")},
     {TEXT_FIELD("links_next_key", source)}},
    {"header_cursor",
     {.kind = PAGER_HEADER_CURSOR, .source = STR_INIT("next"), .param = STR_INIT("cursor")},
     {TEXT_FIELD("cursor_key", source), TEXT_FIELD("cursor_param", param)}},
    {"cursor",
     {.kind = PAGER_CURSOR, .source = STR_INIT("cursors.next"), .param = STR_INIT("cursor")},
     {TEXT_FIELD("cursor_path", source), TEXT_FIELD("cursor_param", param),
      TEXT_FIELD("cursor_body_path", body_path), TEXT_FIELD("has_more_path", has_more_path),
      BOOL_FIELD("stop_after_empty_page", stop_after_empty_page)}},
    {"offset",
     {.kind = PAGER_OFFSET,
      .param = STR_INIT("offset"),
      .limit_param = STR_INIT("limit"),
      .total_path = STR_INIT("total"),
      .stop_after_empty_page = true,
      .maximum = -1},
     {INT_FIELD("limit", limit), INT_FIELD("offset", first), INT_FIELD("maximum_offset", maximum),
      TEXT_FIELD("offset_param", param), TEXT_FIELD("offset_body_path", body_path),
      TEXT_FIELD("limit_param", limit_param), TEXT_FIELD("limit_body_path", limit_body_path),
      TEXT_FIELD("total_path", total_path), TEXT_FIELD("has_more_path", has_more_path),
      BOOL_FIELD("stop_after_empty_page", stop_after_empty_page)}},
    {"page_number",
     {.kind = PAGER_PAGE_NUMBER,
      .param = STR_INIT("page"),
      .total_path = STR_INIT("total"),
      .stop_after_empty_page = true,
      .maximum = -1},
     {INT_FIELD("base_page", base), INT_FIELD("page", first), INT_FIELD("maximum_page", maximum),
      TEXT_FIELD("page_param", param), TEXT_FIELD("page_body_path", body_path),
      TEXT_FIELD("total_path", total_path), TEXT_FIELD("has_more_path", has_more_path),
      BOOL_FIELD("stop_after_empty_page", stop_after_empty_page)}},
};

/* Other names of a kind. */
static const struct {
    const char *name;
    const char *kind;
} aliases[] = {{"json_response", "json_link"}, {"none", "single_page"}};

static Error *read_field(const PagerField *field, const Value *value, PagerSpec *spec)
{
    void *member = (char *)spec + field->offset;
    if (value_is_null(value)) { /* `total_path: null` turns it off */
        if (field->kind == FIELD_TEXT) {
            *(Str *)member = STR("");
        }
        return NULL;
    }
    Str key = str_from(field->key);
    switch (field->kind) {
    case FIELD_TEXT:
        return value_get_string(value, key, member);
    case FIELD_INT:
        return value_get_int(value, key, member);
    case FIELD_BOOL:
        return value_get_bool(value, key, member);
    }
    return NULL;
}

/* A place in the body is in place of the parameter, not beside it. */
static Error *check_targets(const Value *config, PagerSpec *spec)
{
    static const struct {
        const char *param;
        const char *path;
    } pairs[] = {{"cursor_param", "cursor_body_path"},
                 {"offset_param", "offset_body_path"},
                 {"page_param", "page_body_path"},
                 {"limit_param", "limit_body_path"}};
    for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
        const Value *path = value_find(config, str_from(pairs[i].path));
        if (!value_is_null(path) && !value_is_null(value_find(config, str_from(pairs[i].param)))) {
            return error_hint(value_error(ERR_CONFIG, path, "'%s' and '%s' exclude each other",
                                          pairs[i].param, pairs[i].path),
                              "the first is for the query, the second for the JSON body");
        }
    }
    if (spec->body_path.len > 0) {
        spec->param = STR("");
    }
    if (spec->limit_body_path.len > 0 ||
        (spec->body_path.len > 0 && value_is_null(value_find(config, STR("limit_param"))))) {
        spec->limit_param = STR("");
    }
    return NULL;
}

static Error *check_numbers(const Value *config, PagerSpec *spec)
{
    if (spec->kind == PAGER_OFFSET && spec->limit < 1) {
        return error_hint(
            value_error(ERR_CONFIG, config, "an offset paginator needs a 'limit' of at least 1"),
            "'limit' is how many rows a page has");
    }
    if (spec->kind == PAGER_PAGE_NUMBER && value_is_null(value_find(config, STR("page")))) {
        spec->first = spec->base;
    }
    if (spec->first < 0 || spec->base < 0) {
        return value_error(ERR_CONFIG, config, "pages and offsets cannot be negative");
    }
    return NULL;
}

static Str kind_name(const Value *config)
{
    if (value_is_null(config)) {
        return STR("auto");
    }
    Str name = value_is(config, VALUE_MAP) ? value_text_or(value_find(config, STR("type")), STR(""))
                                           : value_text_or(config, STR(""));
    for (size_t i = 0; i < ARRAY_LEN(aliases); i++) {
        if (str_is(name, aliases[i].name)) {
            return str_from(aliases[i].kind);
        }
    }
    return name;
}

static Error *read_fields(const Value *config, const PagerField *fields, PagerSpec *spec)
{
    const char *keys[MAX_FIELDS] = {NULL};
    size_t count = 0;
    for (; count < MAX_FIELDS && fields[count].key != NULL; count++) {
        keys[count] = fields[count].key;
    }
    TRY(rest_check_keys(config, keys, count, "the paginator"));
    for (size_t i = 0; i < count; i++) {
        const Value *value = value_find(config, str_from(fields[i].key));
        if (value != NULL) {
            TRY(read_field(&fields[i], value, spec));
        }
    }
    TRY(check_targets(config, spec));
    return check_numbers(config, spec);
}

Error *pager_spec_read(Arena *arena, const Value *config, const PagerSpec **out)
{
    Str name = kind_name(config);
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (str_is(name, kinds[i].name)) {
            PagerSpec *spec = ARENA_NEW(arena, PagerSpec);
            *spec = kinds[i].otherwise;
            TRY(read_fields(config, kinds[i].fields, spec));
            *out = spec;
            return NULL;
        }
    }
    return error_hint(
        value_error(ERR_CONFIG, config, "there is no paginator '" STR_FMT "'", STR_ARG(name)),
        "there are auto, single_page, json_link, header_link, header_cursor, cursor, offset and "
        "page_number");
}
