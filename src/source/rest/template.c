#include "source/rest/template.h"

#include "base/limits.h"
#include "base/number.h"
#include "value/json_path.h"
#include "value/json_value.h"
#include "value/json_writer.h"

enum { MAX_NESTING = 8 }; /* of placeholders whose values have placeholders */

bool template_parent_of(Str name, Str *out_resource, Str *out_field)
{
    Str prefix = STR("resources.");
    return str_starts_with(name, prefix) &&
           str_cut(str_from_offset(name, prefix.len), '.', out_resource, out_field);
}

/* ---- Texts in pieces ---- */

/* A piece of a template: literal text, or the name in braces. */
typedef struct Piece {
    Str text;
    bool is_placeholder;
} Piece;

static Error *next_piece(Str *rest, Str whole, const Value *place, Piece *out)
{
    size_t at = 0;
    while (at < rest->len && rest->data[at] != '{' && rest->data[at] != '}') {
        at++;
    }
    if (at > 0) {
        *out = (Piece){str_slice(*rest, 0, at), false};
        *rest = str_from_offset(*rest, at);
        return NULL;
    }
    bool is_doubled = rest->len > 1 && rest->data[1] == rest->data[0];
    if (is_doubled) {
        *out = (Piece){str_slice(*rest, 0, 1), false};
        *rest = str_from_offset(*rest, 2);
        return NULL;
    }
    size_t close = rest->data[0] == '{' ? str_find_char(*rest, '}') : SIZE_MAX;
    if (close == SIZE_MAX) {
        return error_hint(value_error(ERR_CONFIG, place,
                                      "'" STR_FMT "' has a brace without its partner",
                                      STR_ARG(whole)),
                          "write a brace that is meant as such twice: {{ or }}");
    }
    Str inner = str_slice(*rest, 1, close);
    size_t colon = str_find_char(inner, ':'); /* formats say nothing to dlt */
    *out = (Piece){str_trim(str_slice(inner, 0, colon == SIZE_MAX ? inner.len : colon)), true};
    *rest = str_from_offset(*rest, close + 1);
    return NULL;
}

Error *template_each(Str text, const Value *place, Error *(*visit)(void *context, Str name),
                     void *context)
{
    for (Str rest = text; rest.len > 0;) {
        Piece piece = {0};
        TRY(next_piece(&rest, text, place, &piece));
        if (piece.is_placeholder) {
            TRY(visit(context, piece.text));
        }
    }
    return NULL;
}

Error *template_each_in(const Value *tree, Error *(*visit)(void *context, Str name), void *context)
{
    if (value_is(tree, VALUE_STRING)) {
        return template_each(tree->as.text, tree, visit, context);
    }
    if (value_is(tree, VALUE_LIST)) {
        for (VALUE_EACH(it, tree)) {
            TRY(template_each_in(it, visit, context));
        }
    }
    for (VALUE_EACH_ENTRY(it, tree)) {
        TRY(template_each_in(&it->key, visit, context));
        TRY(template_each_in(&it->value, visit, context));
    }
    return NULL;
}

/* ---- What placeholders stand for ---- */

Str template_text_of(Arena *arena, const Value *value)
{
    switch (value_kind(value)) {
    case VALUE_STRING:
    case VALUE_BIG_INT:
    case VALUE_DECIMAL:
    case VALUE_BYTES:
        return value->as.text;
    case VALUE_NULL:
        return STR("None");
    case VALUE_BOOL:
        return value->as.boolean ? STR("True") : STR("False");
    case VALUE_DATETIME: {
        char text[DATETIME_TEXT_BYTES];
        size_t len = datetime_format(value->as.time, ' ', text);
        return str_dup(arena, (Str){text, len});
    }
    case VALUE_DATE: {
        char text[DATETIME_TEXT_BYTES];
        size_t len = date_format(value->as.time, text);
        return str_dup(arena, (Str){text, len});
    }
    case VALUE_INT:
    case VALUE_FLOAT:
    case VALUE_TIME:
    case VALUE_LIST:
    case VALUE_MAP:
        break;
    }
    return json_text(arena, value, &json_style_python);
}

typedef struct Filler {
    Arena *arena;
    const TemplateScope *scope;
    const Value *place;
    int nesting;
} Filler;

static Error *parent_field(const Filler *filler, Str name, Str field, Value *out)
{
    const JsonPath *path = NULL;
    TRY(json_path_parse(filler->arena, field, &path));
    yyjson_val *found = json_path_first(path, filler->scope->row);
    if (found == NULL) {
        return error_hint(error_new(ERR_INPUT,
                                    "a row of resource '" STR_FMT "' has no field '" STR_FMT
                                    "', which '{" STR_FMT "}' asks for",
                                    STR_ARG(filler->scope->parent), STR_ARG(field), STR_ARG(name)),
                          "take a field that every row has, or drop the others with a filter in "
                          "'processing_steps' of the parent");
    }
    *out = json_value(filler->arena, found);
    return NULL;
}

static Error *fill_text(const Filler *filler, Str text, Value *out, TemplateTypes types);

static Error *value_of(const Filler *filler, Str name, Value *out)
{
    Str resource = STR("");
    Str field = STR("");
    if (filler->scope->row != NULL && template_parent_of(name, &resource, &field)) {
        return parent_field(filler, name, field, out);
    }
    Str prefix = STR("incremental.");
    if (filler->scope->incremental != NULL && str_starts_with(name, prefix)) {
        const Value *found =
            value_find(filler->scope->incremental, str_from_offset(name, prefix.len));
        if (found != NULL) {
            *out = *found;
            return NULL;
        }
    }
    const Value *bound = value_find(filler->scope->bound, name);
    if (value_is(bound, VALUE_STRING) && filler->nesting < MAX_NESTING) {
        Filler inner = *filler;
        inner.nesting++;
        return fill_text(&inner, bound->as.text, out, TEMPLATE_KEEPS_TYPES);
    }
    if (bound != NULL) {
        *out = *bound;
        return NULL;
    }
    return error_hint(
        value_error(ERR_CONFIG, filler->place, "'{" STR_FMT "}' stands for nothing", STR_ARG(name)),
        "give it in 'params', take a field of a parent as {resources.NAME.FIELD}, or "
        "write the braces twice if they are meant as such");
}

static bool is_one_placeholder(Str text)
{
    return text.len > 2 && text.data[0] == '{' && text.data[1] != '{' &&
           str_find_char(text, '}') == text.len - 1;
}

static Error *fill_text(const Filler *filler, Str text, Value *out, TemplateTypes types)
{
    if (str_find_char(text, '{') == SIZE_MAX && str_find_char(text, '}') == SIZE_MAX) {
        *out = value_string(text);
        return NULL;
    }
    StrBuf buf = strbuf_init(filler->arena, LIMIT_URL_BYTES);
    for (Str rest = text; rest.len > 0;) {
        Piece piece = {0};
        TRY(next_piece(&rest, text, filler->place, &piece));
        if (!piece.is_placeholder) {
            strbuf_add(&buf, piece.text);
            continue;
        }
        Value value = value_null();
        TRY(value_of(filler, piece.text, &value));
        if (types == TEMPLATE_KEEPS_TYPES && is_one_placeholder(text)) {
            *out = value;
            return NULL;
        }
        strbuf_add(&buf, template_text_of(filler->arena, &value));
    }
    *out = value_string(strbuf_str(&buf));
    return NULL;
}

Error *template_fill(Arena *arena, const TemplateScope *scope, Str text, const Value *place,
                     Str *out)
{
    const Filler filler = {.arena = arena, .scope = scope, .place = place};
    Value value = value_null();
    TRY(fill_text(&filler, text, &value, TEMPLATE_TEXTS));
    *out = template_text_of(arena, &value);
    return NULL;
}

static Error *fill_tree(const Filler *filler, const Value *tree, TemplateTypes types, Value *out)
{
    Filler inner = *filler;
    inner.place = tree;
    if (value_is(tree, VALUE_STRING)) {
        return fill_text(&inner, tree->as.text, out, types);
    }
    if (value_is(tree, VALUE_LIST)) {
        ValueVec items = {0};
        for (VALUE_EACH(it, tree)) {
            Value item = value_null();
            TRY(fill_tree(&inner, it, types, &item));
            VEC_PUSH(filler->arena, &items, item);
        }
        *out = value_list_of(&items);
        return NULL;
    }
    if (!value_is(tree, VALUE_MAP)) {
        *out = *tree;
        return NULL;
    }
    ValueMapBuilder map = value_map_begin(filler->arena);
    for (VALUE_EACH_ENTRY(it, tree)) {
        Value key = value_null();
        Value value = value_null();
        TRY(fill_tree(&inner, &it->key, TEMPLATE_TEXTS, &key));
        TRY(fill_tree(&inner, &it->value, types, &value));
        (void)value_map_put(&map, key, value);
    }
    *out = value_map_end(&map);
    return NULL;
}

Error *template_fill_tree(Arena *arena, const TemplateScope *scope, const Value *tree,
                          TemplateTypes types, Value *out)
{
    const Filler filler = {.arena = arena, .scope = scope};
    return fill_tree(&filler, tree, types, out);
}
