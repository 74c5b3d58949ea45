#include "source/rest/keys.h"

#include "base/suggest.h"

static bool is_allowed(Str key, const char *const *keys, size_t count)
{
    for (size_t i = 0; i < count && keys[i] != NULL; i++) {
        if (str_is(key, keys[i])) {
            return true;
        }
    }
    return str_is(key, "type");
}

Error *rest_check_keys(const Value *map, const char *const *keys, size_t count, const char *what)
{
    for (VALUE_EACH_ENTRY(it, map)) {
        Str key = value_text_or(&it->key, STR(""));
        if (is_allowed(key, keys, count)) {
            continue;
        }
        Suggestion best = suggestion_init(key);
        AUTO_FREE(arena) Arena *arena = arena_new("keys");
        StrVec names = {0};
        for (size_t i = 0; i < count && keys[i] != NULL; i++) {
            suggestion_try(&best, str_from(keys[i]));
            VEC_PUSH(arena, &names, str_from(keys[i]));
        }
        Str all = str_join(arena, names.data, names.len, STR(", "));
        Error *err =
            value_error(ERR_CONFIG, &it->key, "%s has no key '" STR_FMT "'", what, STR_ARG(key));
        return best.name.len > 0
                   ? error_hint(err, "did you mean '" STR_FMT "'?", STR_ARG(best.name))
                   : error_hint(err, "it may have " STR_FMT, STR_ARG(all));
    }
    return NULL;
}
