#include "transform/parse/shape.h"

#include "base/limits.h"
#include "base/number.h"
#include "transform/python/text.h"

const char *const shape_granularities[] = {"nanosecond", "microsecond", "millisecond", "second",
                                           "minute",     "hour",        "day",         "week",
                                           "month",      "quarter",     "year",        NULL};

bool shape_has_word(const char *const *words, Str word)
{
    for (; *words != NULL; words++) {
        if (str_eq_nocase(str_from(*words), word)) {
            return true;
        }
    }
    return false;
}

/* ---- Refusals ---- */

/* Where in the entry a value stands: "['measures'][2]['expr']". */
typedef struct ShapePlace {
    const struct ShapePlace *above; /* NULL at the top */
    const char *key;                /* NULL for an item of a list */
    size_t index;
} ShapePlace;

static void add_place(const ShapePlace *place, StrBuf *out)
{
    if (place == NULL || (place->above == NULL && place->key == NULL)) {
        return;
    }
    add_place(place->above, out);
    if (place->key != NULL) {
        strbuf_printf(out, "['%s']", place->key);
    } else {
        strbuf_printf(out, "[%zu]", place->index);
    }
}

static Error *refuse(const ShapePlace *place, const Value *at, Str problem)
{
    AUTO_FREE(arena) Arena *arena = arena_new("shape");
    StrBuf path = strbuf_init(arena, LIMIT_ERROR_BYTES);
    add_place(place, &path);
    Str shown = path.len > 0 ? strbuf_str(&path) : STR("[]");
    Error *err =
        error_new(ERR_CONFIG, "at path " STR_FMT ": " STR_FMT, STR_ARG(shown), STR_ARG(problem));
    Str where = value_place(arena, at);
    return where.len > 0 ? error_hint(err, "at " STR_FMT, STR_ARG(where)) : err;
}

static Error *wrong_value(const ShapePlace *place, const Value *value, const char *problem)
{
    AUTO_FREE(arena) Arena *arena = arena_new("shape");
    StrBuf text = strbuf_init(arena, LIMIT_ERROR_BYTES);
    python_repr(value, &text);
    strbuf_printf(&text, " %s", problem);
    return refuse(place, value, strbuf_str(&text));
}

static Error *wrong_word(const ShapeWords *words, const Value *value)
{
    AUTO_FREE(arena) Arena *arena = arena_new("shape");
    StrBuf known = strbuf_init(arena, LIMIT_ERROR_BYTES);
    for (size_t i = 0; words->words[i] != NULL; i++) {
        strbuf_printf(&known, "%s%s", i > 0 ? ", " : "", words->words[i]);
    }
    Error *err = error_new(ERR_CONFIG, "Invalid enum value: `" STR_FMT "` in enum %s",
                           STR_ARG(value_text_or(value, (Str){0})), words->name);
    return error_hint(error_as(err, "dbt"), STR_FMT ": give one of " STR_FMT,
                      STR_ARG(value_place(arena, value)), STR_ARG(strbuf_str(&known)));
}

static Error *wrong_window(const ShapeInput *input, const Value *value, Str problem)
{
    Str text = value_text_or(value, (Str){0});
    Error *err = error_new(ERR_CONFIG,
                           "Invalid window config given in " STR_FMT
                           " @ window: {'window': '" STR_FMT "'} - " STR_FMT,
                           STR_ARG(input->file), STR_ARG(text), STR_ARG(problem));
    return error_as(err, "ParsingError");
}

/* ---- Kinds ---- */

typedef struct ShapeCall {
    const ShapeInput *input;
    const ShapeField *field;
    const ShapePlace *place;
} ShapeCall;

static Value one_entry(Arena *arena, const char *key, Value value)
{
    ValueMapBuilder map = value_map_begin(arena);
    value_map_set(&map, str_from(key), value);
    return value_map_end(&map);
}

/* Without the s of the plural where it is a known word. */
static Str singular(Arena *arena, Str word)
{
    Str lower = str_lower_ascii(arena, word);
    Str shorter = str_slice(lower, 0, lower.len - 1);
    bool plural = str_ends_with(lower, STR("s")) && shape_has_word(shape_granularities, shorter);
    return plural ? shorter : lower;
}

static Error *read_window(const ShapeCall *call, const Value *value, Value *out)
{
    Arena *arena = call->input->arena;
    if (!value_is(value, VALUE_STRING)) {
        return wrong_value(call->place, value, "is not valid under any of the given schemas");
    }
    StrVec words = {0};
    Str word;
    for (Str rest = str_trim(value->as.text); str_next_piece(&rest, ' ', &word);) {
        VEC_PUSH(arena, &words, word);
    }
    if (words.len != 2) {
        Str problem = str_printf(arena,
                                 "Invalid window (" STR_FMT ") in cumulative/conversion metric. "
                                 "Should be of the form `<count> <granularity>`, e.g., `28 days`",
                                 STR_ARG(value->as.text));
        return wrong_window(call->input, value, problem);
    }
    int64_t count = 0;
    if (!number_parse_int64(words.data[0], &count)) {
        Str problem = str_printf(arena,
                                 "Invalid count (" STR_FMT ") in cumulative/conversion metric "
                                 "window string: (" STR_FMT ")",
                                 STR_ARG(words.data[0]), STR_ARG(value->as.text));
        return wrong_window(call->input, value, problem);
    }
    ValueMapBuilder map = value_map_begin(arena);
    value_map_set(&map, STR("count"), value_int(count));
    value_map_set(&map, STR("granularity"), value_string(singular(arena, words.data[1])));
    *out = value_map_end(&map);
    return NULL;
}

static Error *read_texts(const ShapeCall *call, const Value *value, Value *out)
{
    if (!value_is(value, VALUE_LIST)) {
        return wrong_value(call->place, value, "is not of type 'array'");
    }
    size_t index = 0;
    for (VALUE_EACH(item, value)) {
        ShapePlace place = {.above = call->place, .index = index};
        index++;
        if (!value_is(item, VALUE_STRING)) {
            return wrong_value(&place, item, "is not of type 'string'");
        }
    }
    *out = *value;
    return NULL;
}

static Error *read_filter(const ShapeCall *call, const Value *value, Value *out)
{
    Arena *arena = call->input->arena;
    Value texts = value_list(value, 1);
    if (!value_is(value, VALUE_STRING)) {
        TRY(read_texts(call, value, &texts));
    }
    ValueVec filters = {0};
    for (VALUE_EACH(text, &texts)) {
        VEC_PUSH(arena, &filters, one_entry(arena, "where_sql_template", *text));
    }
    *out = one_entry(arena, "where_filters", value_list_of(&filters));
    return NULL;
}

static Error *read_map(const ShapeCall *call, const Shape *shape, const Value *value, Value *out);

static Error *read_part(const ShapeCall *call, const Value *value, Value *out)
{
    Value named = value_null();
    if (call->field->kind == SHAPE_NAMED_PART || call->field->kind == SHAPE_NAMED_PARTS) {
        if (value_is(value, VALUE_STRING)) {
            named = value_placed_at(one_entry(call->input->arena, "name", *value), value);
            value = &named;
        }
    }
    return read_map(call, call->field->of, value, out);
}

static Error *read_parts(const ShapeCall *call, const Value *value, Value *out)
{
    if (!value_is(value, VALUE_LIST)) {
        return wrong_value(call->place, value, "is not of type 'array'");
    }
    ValueVec parts = {0};
    size_t index = 0;
    for (VALUE_EACH(item, value)) {
        ShapePlace place = {.above = call->place, .index = index};
        index++;
        ShapeCall of_item = {.input = call->input, .field = call->field, .place = &place};
        Value part = value_null();
        TRY(read_part(&of_item, item, &part));
        VEC_PUSH(call->input->arena, &parts, part);
    }
    *out = value_list_of(&parts);
    return NULL;
}

static Error *read_scalar(const ShapeCall *call, const Value *value, Value *out)
{
    if (!value_is(value, VALUE_STRING) && !value_is(value, VALUE_BOOL) &&
        !value_is(value, VALUE_INT)) {
        return wrong_value(call->place, value, "is not valid under any of the given schemas");
    }
    *out = value_string(python_str(value, call->input->arena));
    return NULL;
}

static Error *read_word(const ShapeCall *call, const Value *value, Value *out)
{
    const ShapeWords *words = call->field->of;
    if (!value_is(value, VALUE_STRING)) {
        return wrong_value(call->place, value, "is not of type 'string'");
    }
    if (!shape_has_word(words->words, value->as.text)) {
        return wrong_word(words, value);
    }
    *out =
        value_placed_at(value_string(str_lower_ascii(call->input->arena, value->as.text)), value);
    return NULL;
}

static Error *read_meta(const ShapeCall *call, const Value *value, Value *out)
{
    if (!value_is(value, VALUE_MAP)) {
        return wrong_value(call->place, value, "is not of type 'object'");
    }
    ValueMapBuilder meta = value_map_begin(call->input->arena);
    if (call->input->meta != NULL) {
        value_map_put_all(&meta, call->input->meta);
    }
    const Value *own = value_find(value, STR("meta"));
    if (value_is(own, VALUE_MAP)) {
        value_map_put_all(&meta, own);
    }
    *out = one_entry(call->input->arena, "meta", value_map_end(&meta));
    return NULL;
}

static Error *read_plain(const ShapeCall *call, const Value *value, Value *out)
{
    static const struct {
        ValueKind kind;
        const char *problem;
    } plain[] = {
        [SHAPE_TEXT] = {VALUE_STRING, "is not of type 'string'"},
        [SHAPE_BOOL] = {VALUE_BOOL, "is not of type 'boolean'"},
        [SHAPE_INT] = {VALUE_INT, "is not of type 'integer'"},
        [SHAPE_NUMBER] = {VALUE_FLOAT, "is not of type 'number'"},
        [SHAPE_MAP] = {VALUE_MAP, "is not of type 'object'"},
    };
    ShapeKind kind = call->field->kind;
    *out = *value;
    if (kind == SHAPE_NUMBER && value_is(value, VALUE_INT)) {
        *out = value_float((double)value->as.integer);
        return NULL;
    }
    return value_is(value, plain[kind].kind) ? NULL
                                             : wrong_value(call->place, value, plain[kind].problem);
}

static Error *read_value(const ShapeCall *call, const Value *value, Value *out)
{
    switch (call->field->kind) {
    case SHAPE_TEXT:
    case SHAPE_BOOL:
    case SHAPE_INT:
    case SHAPE_NUMBER:
    case SHAPE_MAP:
        return read_plain(call, value, out);
    case SHAPE_ANY:
    case SHAPE_MADE:
        *out = *value;
        return NULL;
    case SHAPE_SCALAR:
        return read_scalar(call, value, out);
    case SHAPE_TEXTS:
        return read_texts(call, value, out);
    case SHAPE_WORD:
        return read_word(call, value, out);
    case SHAPE_PART:
    case SHAPE_NAMED_PART:
        return read_part(call, value, out);
    case SHAPE_PARTS:
    case SHAPE_NAMED_PARTS:
        return read_parts(call, value, out);
    case SHAPE_WINDOW:
        return read_window(call, value, out);
    case SHAPE_FILTER:
        return read_filter(call, value, out);
    case SHAPE_META:
        return read_meta(call, value, out);
    case SHAPE_SWITCH:
        *out = value_bool(false);
        return value_is(value, VALUE_BOOL)
                   ? NULL
                   : wrong_value(call->place, value, "is not of type 'boolean'");
    }
    return NULL;
}

/* ---- Maps ---- */

static Error *preset_value(const ShapeCall *call, Value *out)
{
    const char *preset = call->field->preset;
    Value empty = value_list(NULL, 0);
    ValueMapBuilder map = value_map_begin(call->input->arena);
    Value empty_map = value_map_end(&map);
    if (call->field->kind == SHAPE_META) {
        return read_meta(call, &empty_map, out);
    }
    *out = strcmp(preset, "null") == 0    ? value_null()
           : strcmp(preset, "false") == 0 ? value_bool(false)
           : strcmp(preset, "[]") == 0    ? empty
           : strcmp(preset, "{}") == 0    ? empty_map
                                          : value_string(str_from(preset));
    return NULL;
}

/* A value that may be missing is refused as a whole, whatever is wrong in it. */
static Error *as_whole(const ShapeCall *call, const Value *value, TAKES Error *err)
{
    bool optional = call->field->preset != NULL && strcmp(call->field->preset, "null") == 0;
    bool choice = call->field->kind == SHAPE_NAMED_PART;
    bool of_schema = err != NULL && str_starts_with(error_message(err), STR("at path "));
    if (!of_schema || !(optional || choice)) {
        return err;
    }
    error_discard(err, "told as a whole");
    return wrong_value(call->place, value, "is not valid under any of the given schemas");
}

static Error *read_field(const ShapeCall *call, const Value *map, Value *out)
{
    const ShapeField *field = call->field;
    const Value *value = field->kind != SHAPE_MADE ? value_find(map, str_from(field->key)) : NULL;
    bool absent = value == NULL || (value_is_null(value) && field->preset != NULL);
    if (absent && field->preset != NULL) {
        return preset_value(call, out);
    }
    if (absent) {
        AUTO_FREE(arena) Arena *arena = arena_new("shape");
        Str problem = str_printf(arena, "'%s' is a required property", field->key);
        return refuse(call->place->above, map, problem);
    }
    return as_whole(call, value, read_value(call, value, out));
}

static Error *check_keys(const ShapeCall *call, const Shape *shape, const Value *map)
{
    for (VALUE_EACH_ENTRY(entry, map)) {
        const ShapeField *field = shape->fields;
        while (field->key != NULL && (field->kind == SHAPE_MADE ||
                                      !str_is(value_text_or(&entry->key, (Str){0}), field->key))) {
            field++;
        }
        bool added = entry->key.line == 0; /* by what read the file, such as "doc_blocks" */
        if (field->key == NULL && !added) {
            AUTO_FREE(arena) Arena *arena = arena_new("shape");
            StrBuf key = strbuf_init(arena, LIMIT_ERROR_BYTES);
            python_repr(&entry->key, &key);
            Str problem = str_printf(
                arena, "Additional properties are not allowed (" STR_FMT " was unexpected)",
                STR_ARG(strbuf_str(&key)));
            return refuse(call->place, &entry->key, problem);
        }
    }
    return NULL;
}

/* As deep as shapes are nested. */
static Error *read_map(const ShapeCall *call, const Shape *shape, const Value *value, Value *out)
{
    if (!value_is(value, VALUE_MAP)) {
        return wrong_value(call->place, value, "is not of type 'object'");
    }
    ValueMapBuilder map = value_map_begin(call->input->arena);
    for (const ShapeField *field = shape->fields; field->key != NULL; field++) {
        ShapePlace place = {.above = call->place, .key = field->key};
        ShapeCall of_field = {.input = call->input, .field = field, .place = &place};
        Value part = value_null();
        TRY(read_field(&of_field, value, &part));
        value_map_set(&map, str_from(field->key), part);
    }
    *out = value_placed_at(value_map_end(&map), value);
    return check_keys(call, shape, value);
}

Error *shape_read(const ShapeInput *input, const Shape *shape, const Value *entry, Value *out)
{
    ShapePlace top = {0};
    ShapeCall call = {.input = input, .place = &top};
    return read_map(&call, shape, entry, out);
}
