#include "value/json_path.h"

#include "base/number.h"
#include "value/json_filter.h"

typedef enum StepKind {
    STEP_MEMBER,
    STEP_INDEX,
    STEP_ALL,         /* members of an object, items of a list */
    STEP_DESCENDANTS, /* the value and all below it */
    STEP_FILTER,      /* items of a list, members of an object, that a condition fits */
} StepKind;

typedef struct Step {
    StepKind kind;
    Str key;
    int64_t index; /* negative: from the end */
    const JsonFilter *filter;
} Step;

struct JsonPath {
    VEC(Step) steps;
};

/* ---- Reading ---- */

typedef struct PathReader {
    Arena *arena;
    Str text;
    size_t at;
    JsonPath *path;
} PathReader;

static Error *wrong(const PathReader *reader, const char *why)
{
    return error_new(ERR_CONFIG, "the path '" STR_FMT "' is wrong at character %zu: %s",
                     STR_ARG(reader->text), reader->at + 1, why);
}

static char peek(const PathReader *reader)
{
    return reader->at < reader->text.len ? reader->text.data[reader->at] : '\0';
}

static void push(PathReader *reader, Step step)
{
    VEC_PUSH(reader->arena, &reader->path->steps, step);
}

static bool ends_name(char c)
{
    return c == '.' || c == '[' || c == ']';
}

static Error *read_name(PathReader *reader)
{
    size_t from = reader->at;
    while (reader->at < reader->text.len && !ends_name(peek(reader))) {
        reader->at++;
    }
    Str name = str_slice(reader->text, from, reader->at);
    if (name.len == 0) {
        return wrong(reader, "a name is missing");
    }
    Step step = {.kind = STEP_ALL};
    if (!str_is(name, "*")) {
        step = (Step){.kind = STEP_MEMBER, .key = str_dup(reader->arena, name)};
    }
    push(reader, step);
    return NULL;
}

static Error *read_quoted(PathReader *reader)
{
    char quote = peek(reader);
    size_t from = ++reader->at;
    while (reader->at < reader->text.len && peek(reader) != quote) {
        reader->at++;
    }
    if (reader->at == reader->text.len) {
        return wrong(reader, "the quote is not closed");
    }
    Str key = str_slice(reader->text, from, reader->at++);
    push(reader, (Step){.kind = STEP_MEMBER, .key = str_dup(reader->arena, key)});
    return NULL;
}

/* "?(@.k > 1)" or "?k > 1" up to the bracket that ends it. */
static Error *read_filter(PathReader *reader)
{
    size_t from = ++reader->at;
    char quote = '\0';
    size_t open = 0;
    for (char c; (c = peek(reader)) != '\0' && (quote != '\0' || c != ']' || open > 0);
         reader->at++) {
        if (quote != '\0') {
            quote = c == quote ? '\0' : quote;
        } else if (c == '\'' || c == '"') {
            quote = c;
        } else {
            open += c == '[';
            open -= c == ']';
        }
    }
    Str condition = str_trim(str_slice(reader->text, from, reader->at));
    if (condition.len > 1 && condition.data[0] == '(' && condition.data[condition.len - 1] == ')') {
        condition = str_slice(condition, 1, condition.len - 1);
    }
    Step step = {.kind = STEP_FILTER};
    TRY(json_filter_parse(reader->arena, condition, &step.filter));
    push(reader, step);
    return NULL;
}

static Error *read_brackets(PathReader *reader)
{
    reader->at++;
    if (peek(reader) == '\'' || peek(reader) == '"') {
        TRY(read_quoted(reader));
    } else if (peek(reader) == '?') {
        TRY(read_filter(reader));
    } else {
        size_t from = reader->at;
        while (reader->at < reader->text.len && peek(reader) != ']') {
            reader->at++;
        }
        Str inner = str_trim(str_slice(reader->text, from, reader->at));
        Step step = {.kind = STEP_INDEX};
        if (str_is(inner, "*")) {
            step.kind = STEP_ALL;
        } else if (!number_parse_int64(inner, &step.index)) {
            reader->at = from;
            return wrong(reader, "expected a number, *, a name in quotes or ?(condition)");
        }
        push(reader, step);
    }
    if (peek(reader) != ']') {
        return wrong(reader, "expected ]");
    }
    reader->at++;
    return NULL;
}

static Error *read_dots(PathReader *reader)
{
    reader->at++;
    if (peek(reader) == '.') {
        reader->at++;
        push(reader, (Step){.kind = STEP_DESCENDANTS});
    }
    return peek(reader) == '[' ? NULL : read_name(reader);
}

static Error *read_path(PathReader *reader)
{
    if (peek(reader) == '$') {
        reader->at++;
    } else if (peek(reader) != '[') {
        TRY(peek(reader) == '\'' || peek(reader) == '"' ? read_quoted(reader) : read_name(reader));
    }
    while (reader->at < reader->text.len) {
        char c = peek(reader);
        if (c != '.' && c != '[') {
            return wrong(reader, "expected . or [");
        }
        TRY(c == '.' ? read_dots(reader) : read_brackets(reader));
    }
    return NULL;
}

Error *json_path_parse(Arena *arena, Str text, const JsonPath **out)
{
    JsonPath *path = ARENA_NEW(arena, JsonPath);
    PathReader reader = {.arena = arena, .text = str_trim(text), .path = path};
    if (reader.text.len == 0) {
        return wrong(&reader, "it is empty");
    }
    TRY(read_path(&reader));
    *out = path;
    return NULL;
}

/* ---- Finding ---- */

yyjson_val *json_path_member(yyjson_val *object, Str key)
{
    return yyjson_obj_getn(object, key.data, key.len);
}

typedef struct Search {
    const JsonPath *path;
    Arena *arena; /* NULL: the first match is enough */
    JsonMatches *out;
    yyjson_val *first;
} Search;

static void search_from(Search *search, size_t step, yyjson_val *value);

static bool is_done(const Search *search)
{
    return search->arena == NULL && search->first != NULL;
}

static void search_children(Search *search, size_t step, yyjson_val *value)
{
    yyjson_arr_iter items = yyjson_arr_iter_with(value);
    for (yyjson_val *item; !is_done(search) && (item = yyjson_arr_iter_next(&items)) != NULL;) {
        search_from(search, step, item);
    }
    yyjson_obj_iter members = yyjson_obj_iter_with(value);
    for (yyjson_val *key; !is_done(search) && (key = yyjson_obj_iter_next(&members)) != NULL;) {
        search_from(search, step, yyjson_obj_iter_get_val(key));
    }
}

static void search_if(Search *search, size_t step, const JsonFilter *filter, yyjson_val *value)
{
    if (json_filter_matches(filter, value)) {
        search_from(search, step, value);
    }
}

static void search_filtered(Search *search, size_t step, yyjson_val *value)
{
    const JsonFilter *filter = search->path->steps.data[step].filter;
    yyjson_arr_iter items = yyjson_arr_iter_with(value);
    for (yyjson_val *item; !is_done(search) && (item = yyjson_arr_iter_next(&items)) != NULL;) {
        search_if(search, step + 1, filter, item);
    }
    yyjson_obj_iter members = yyjson_obj_iter_with(value);
    for (yyjson_val *key; !is_done(search) && (key = yyjson_obj_iter_next(&members)) != NULL;) {
        search_if(search, step + 1, filter, yyjson_obj_iter_get_val(key));
    }
}

static yyjson_val *item_at(yyjson_val *list, int64_t index)
{
    int64_t size = (int64_t)yyjson_arr_size(list);
    int64_t place = index < 0 ? index + size : index;
    return place >= 0 && place < size ? yyjson_arr_get(list, (size_t)place) : NULL;
}

/* As deep as the path and the document are. */
static void search_from(Search *search, size_t step, yyjson_val *value)
{
    if (value == NULL || is_done(search)) {
        return;
    }
    if (step == search->path->steps.len) {
        search->first = search->first != NULL ? search->first : value;
        if (search->arena != NULL) {
            VEC_PUSH(search->arena, search->out, value);
        }
        return;
    }
    const Step *it = &search->path->steps.data[step];
    switch (it->kind) {
    case STEP_MEMBER:
        search_from(search, step + 1, json_path_member(value, it->key));
        return;
    case STEP_INDEX:
        search_from(search, step + 1, item_at(value, it->index));
        return;
    case STEP_ALL:
        search_children(search, step + 1, value);
        return;
    case STEP_DESCENDANTS:
        search_from(search, step + 1, value);
        search_children(search, step, value);
        return;
    case STEP_FILTER:
        search_filtered(search, step, value);
        return;
    }
}

void json_path_find(const JsonPath *path, yyjson_val *root, Arena *arena, JsonMatches *out)
{
    Search search = {.path = path, .arena = arena, .out = out};
    search_from(&search, 0, root);
}

yyjson_val *json_path_first(const JsonPath *path, yyjson_val *root)
{
    Search search = {.path = path};
    search_from(&search, 0, root);
    return search.first;
}
