#include "source/rest/select.h"

enum { MAX_DEPTH = 3 }; /* keys on the way to a list */

static const char *const row_names[] = {"data",    "items",   "results",  "entries",
                                        "records", "rows",    "entities", "payload",
                                        "content", "objects", "values"};

Str rest_join_path(Arena *arena, Str path, Str key)
{
    bool is_plain = key.len > 0 && !str_is(key, "*") && key.data[0] != '$';
    for (size_t i = 0; i < key.len && is_plain; i++) {
        is_plain = strchr(".[]'\" ", key.data[i]) == NULL || key.data[i] == '\0';
    }
    char quote = str_find_char(key, '\'') == SIZE_MAX ? '\'' : '"';
    Str step = is_plain ? str_dup(arena, key)
                        : str_printf(arena, "[%c" STR_FMT "%c]", quote, STR_ARG(key), quote);
    return path.len == 0 ? step
                         : str_printf(arena, STR_FMT "%s" STR_FMT, STR_ARG(path),
                                      is_plain ? "." : "", STR_ARG(step));
}

void rest_select(const JsonPath *path, yyjson_val *root, Arena *arena, PageRows *out)
{
    JsonMatches matches = {0};
    *out = (PageRows){0};
    json_path_find(path, root, arena, &matches);
    if (matches.len == 1) {
        yyjson_val *only = matches.data[0];
        out->is_list = yyjson_is_arr(only);
        matches.len = yyjson_is_null(only) || out->is_list ? 0 : 1;
        yyjson_arr_iter items = yyjson_arr_iter_with(only);
        for (yyjson_val *item; (item = yyjson_arr_iter_next(&items)) != NULL;) {
            VEC_PUSH(arena, &matches, item);
        }
    } else {
        out->is_list = matches.len > 1;
    }
    out->rows = matches;
}

/* A list that was found on the walk. */
typedef struct Walk {
    Arena *arena;
    Str first; /* data NULL: none yet */
    Str named;
} Walk;

static bool is_row_name(Str key)
{
    for (size_t i = 0; i < ARRAY_LEN(row_names); i++) {
        if (str_is(key, row_names[i])) {
            return true;
        }
    }
    return false;
}

static void walk(Walk *state, yyjson_val *object, Str path, int depth)
{
    yyjson_obj_iter members = yyjson_obj_iter_with(object);
    for (yyjson_val *key; (key = yyjson_obj_iter_next(&members)) != NULL;) {
        Str name = {yyjson_get_str(key), yyjson_get_len(key)};
        yyjson_val *value = yyjson_obj_iter_get_val(key);
        Str here = rest_join_path(state->arena, path, name);
        if (yyjson_is_arr(value)) {
            state->first = state->first.data == NULL ? here : state->first;
            bool fits = state->named.data == NULL && is_row_name(name);
            state->named = fits ? here : state->named;
        } else if (yyjson_is_obj(value) && depth < MAX_DEPTH) {
            walk(state, value, here, depth + 1);
        }
    }
}

Error *rest_detect_rows(Arena *arena, yyjson_val *root, const JsonPath **out)
{
    Walk state = {.arena = arena};
    walk(&state, root, STR(""), 1);
    Str path = state.named.data != NULL ? state.named : state.first;
    return json_path_parse(arena, path.data != NULL ? path : STR("$"), out);
}
