#include "transform/graph/ref_list.h"

enum { LONG_LIST = 16 }; /* from here on names are looked up and not compared one by one */

static Str key_of(Arena *arena, const RefCall *ref)
{
    return str_printf(arena, STR_FMT "\n" STR_FMT "\n" STR_FMT, STR_ARG(ref->package),
                      STR_ARG(ref->name), STR_ARG(ref->version));
}

static bool has_it(const RefCallVec *list, const RefCall *ref)
{
    for (VEC_EACH(const RefCall, it, list)) {
        if (str_eq(it->name, ref->name) && str_eq(it->package, ref->package) &&
            str_eq(it->version, ref->version)) {
            return true;
        }
    }
    return false;
}

/* Notes the key; false when it was known. */
static bool note(Arena *arena, StrMap *known, const RefCall *ref)
{
    ArenaMark mark = arena_mark(arena);
    Str key = key_of(arena, ref);
    if (strmap_has(known, key)) {
        arena_rewind(arena, mark);
        return false;
    }
    strmap_set(known, key, NULL);
    return true;
}

bool ref_list_add(Arena *arena, RefCallVec *list, StrMap *known, const RefCall *ref)
{
    if (list->len < LONG_LIST) {
        if (has_it(list, ref)) {
            return false;
        }
    } else {
        if (known->len == 0) {
            *known = strmap_init(arena);
            for (VEC_EACH(const RefCall, it, list)) {
                (void)note(arena, known, it);
            }
        }
        if (!note(arena, known, ref)) {
            return false;
        }
    }
    VEC_PUSH(arena, list, *ref);
    return true;
}
