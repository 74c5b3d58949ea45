#include "base/limits.h"
#include "jinja/ops.h"
#include "transform/python/modules.h"

/* `modules.itertools`: what ends by itself. Iterators of Python are lists here, for templates only
 * walk them; count() and cycle(), which have no end, are left out. */

/* The arguments behind the object itself, each as a list. */
typedef struct Iterables {
    JList **lists;
    size_t count;
} Iterables;

static Error *read_iterables(JinjaState *s, const JCall *call, size_t repeat, Iterables *out)
{
    size_t given = call->argc - 1;
    if (given > 0 && repeat > LIMIT_LIST_ITEMS / given) {
        return jraise("OverflowError", "too many iterables");
    }
    out->count = given * repeat;
    out->lists = ARENA_ARRAY(jinja_scratch(s), JList *, out->count + 1);
    for (size_t i = 0; i < given; i++) {
        TRY(jcollect(s, call->args[i + 1], &out->lists[i]));
    }
    for (size_t i = given; i < out->count; i++) {
        out->lists[i] = out->lists[i - given];
    }
    return NULL;
}

enum { MOST_ITEMS = 1000000 };

static Error *add_item(JList *list, JValue item)
{
    if (jlist_len(list) >= MOST_ITEMS) {
        return jraise("OverflowError", "more than %d items", MOST_ITEMS);
    }
    jlist_append(list, item);
    return NULL;
}

static JValue keyword(const JCall *call, Str name, JValue fallback)
{
    JValue found = call->kwargs != NULL ? jdict_get_text(call->kwargs, name) : JMISSING;
    return jis_absent(found) ? fallback : found;
}

static Error *it_chain(JinjaState *s, const JCall *call, JValue *out)
{
    Iterables all;
    JList *items = jlist_new(jinja_heap(s), 0);
    TRY(read_iterables(s, call, 1, &all));
    for (size_t i = 0; i < all.count; i++) {
        for (size_t k = 0; k < jlist_len(all.lists[i]); k++) {
            TRY(add_item(items, jlist_at(all.lists[i], k)));
        }
    }
    *out = jlist_value(items);
    return NULL;
}

static Error *it_zip_longest(JinjaState *s, const JCall *call, JValue *out)
{
    Iterables all;
    size_t longest = 0;
    JList *items = jlist_new(jinja_heap(s), 0);
    JValue fill = keyword(call, STR("fillvalue"), JNONE);
    TRY(read_iterables(s, call, 1, &all));
    for (size_t i = 0; i < all.count; i++) {
        longest = jlist_len(all.lists[i]) > longest ? jlist_len(all.lists[i]) : longest;
    }
    for (size_t row = 0; row < longest; row++) {
        JTuple *tuple = jtuple_new(jinja_heap(s), all.count);
        for (size_t i = 0; i < all.count; i++) {
            tuple->items[i] = row < jlist_len(all.lists[i]) ? jlist_at(all.lists[i], row) : fill;
        }
        TRY(add_item(items, jtuple_value(tuple)));
    }
    *out = jlist_value(items);
    return NULL;
}

static Error *it_product(JinjaState *s, const JCall *call, JValue *out)
{
    Iterables all;
    int64_t repeat = 1;
    JList *items = jlist_new(jinja_heap(s), 0);
    if (!jto_int64(keyword(call, STR("repeat"), jint(1)), &repeat) || repeat < 0) {
        return jraise("ValueError", "repeat argument cannot be negative");
    }
    TRY(read_iterables(s, call, (size_t)repeat, &all));
    size_t *at = ARENA_ARRAY(jinja_scratch(s), size_t, all.count + 1);
    bool more = true;
    for (size_t i = 0; i < all.count; i++) {
        more = more && jlist_len(all.lists[i]) > 0;
    }
    while (more) {
        JTuple *tuple = jtuple_new(jinja_heap(s), all.count);
        for (size_t i = 0; i < all.count; i++) {
            tuple->items[i] = jlist_at(all.lists[i], at[i]);
        }
        TRY(add_item(items, jtuple_value(tuple)));
        more = false;
        for (size_t i = all.count; i > 0 && !more; i--) { /* the last one turns fastest */
            more = ++at[i - 1] < jlist_len(all.lists[i - 1]);
            at[i - 1] = more ? at[i - 1] : 0;
        }
    }
    *out = jlist_value(items);
    return NULL;
}

/* ---- Choosing r of n, by number of the item ---- */

typedef struct Choice {
    size_t *at; /* r numbers below n */
    size_t r;
    size_t n;
} Choice;

/* How the next choice is found. */
typedef bool (*NextChoice)(Choice *choice);

static bool next_combination(Choice *choice)
{
    for (size_t i = choice->r; i > 0; i--) {
        if (choice->at[i - 1] < choice->n - (choice->r - i) - 1) {
            choice->at[i - 1]++;
            for (size_t k = i; k < choice->r; k++) {
                choice->at[k] = choice->at[k - 1] + 1;
            }
            return true;
        }
    }
    return false;
}

static bool next_with_replacement(Choice *choice)
{
    for (size_t i = choice->r; i > 0; i--) {
        if (choice->at[i - 1] + 1 < choice->n) {
            size_t next = choice->at[i - 1] + 1;
            for (size_t k = i - 1; k < choice->r; k++) {
                choice->at[k] = next;
            }
            return true;
        }
    }
    return false;
}

static bool is_taken(const Choice *choice, size_t before, size_t number)
{
    for (size_t i = 0; i < before; i++) {
        if (choice->at[i] == number) {
            return true;
        }
    }
    return false;
}

/* The smallest free number from `from` on; n when there is none. */
static size_t next_free(const Choice *choice, size_t before, size_t from)
{
    while (from < choice->n && is_taken(choice, before, from)) {
        from++;
    }
    return from;
}

static bool next_permutation(Choice *choice)
{
    for (size_t i = choice->r; i > 0; i--) {
        size_t next = next_free(choice, i - 1, choice->at[i - 1] + 1);
        if (next < choice->n) {
            choice->at[i - 1] = next;
            for (size_t k = i; k < choice->r; k++) {
                choice->at[k] = next_free(choice, k, 0);
            }
            return true;
        }
    }
    return false;
}

static Error *choose(JinjaState *s, const JCall *call, NextChoice next, JValue *out)
{
    JList *from = NULL;
    JList *items = jlist_new(jinja_heap(s), 0);
    int64_t r = 0;
    TRY(jcollect(s, call->args[1], &from));
    TRY(jarg_int(call, 2, (int64_t)jlist_len(from), &r));
    if (r < 0) {
        return jraise("ValueError", "r must be non-negative");
    }
    Choice choice = {.r = (size_t)r, .n = jlist_len(from)};
    bool repeats = next == next_with_replacement;
    bool some = repeats ? choice.n > 0 || r == 0 : choice.r <= choice.n;
    if (some && choice.r > LIMIT_RANGE_ITEMS) {
        return jraise("OverflowError", "more than %d items", LIMIT_RANGE_ITEMS);
    }
    choice.at = ARENA_ARRAY(jinja_scratch(s), size_t, (some ? choice.r : 0) + 1);
    for (size_t i = 0; some && !repeats && i < choice.r; i++) {
        choice.at[i] = i;
    }
    for (bool more = some; more; more = next(&choice)) {
        JTuple *tuple = jtuple_new(jinja_heap(s), choice.r);
        for (size_t i = 0; i < choice.r; i++) {
            tuple->items[i] = jlist_at(from, choice.at[i]);
        }
        TRY(add_item(items, jtuple_value(tuple)));
    }
    *out = jlist_value(items);
    return NULL;
}

static Error *it_combinations(JinjaState *s, const JCall *call, JValue *out)
{
    return choose(s, call, next_combination, out);
}

static Error *it_with_replacement(JinjaState *s, const JCall *call, JValue *out)
{
    return choose(s, call, next_with_replacement, out);
}

static Error *it_permutations(JinjaState *s, const JCall *call, JValue *out)
{
    return choose(s, call, next_permutation, out);
}

/* ---- Of one iterable ---- */

static Error *it_accumulate(JinjaState *s, const JCall *call, JValue *out)
{
    JList *from = NULL;
    JList *items = jlist_new(jinja_heap(s), 0);
    JValue sum = JMISSING;
    TRY(jcollect(s, call->args[1], &from));
    for (size_t i = 0; i < jlist_len(from); i++) {
        JValue item = jlist_at(from, i);
        if (jis_absent(sum)) {
            sum = item;
        } else {
            TRY(jbinary(s, JBIN_ADD, sum, item, &sum));
        }
        TRY(add_item(items, sum));
    }
    *out = jlist_value(items);
    return NULL;
}

static Error *it_compress(JinjaState *s, const JCall *call, JValue *out)
{
    JList *from = NULL;
    JList *chosen = NULL;
    JList *items = jlist_new(jinja_heap(s), 0);
    TRY(jcollect(s, call->args[1], &from));
    TRY(jcollect(s, call->args[2], &chosen));
    for (size_t i = 0; i < jlist_len(from) && i < jlist_len(chosen); i++) {
        if (jtruth(jlist_at(chosen, i))) {
            TRY(add_item(items, jlist_at(from, i)));
        }
    }
    *out = jlist_value(items);
    return NULL;
}

/* islice(iterable, stop) or (iterable, start, stop, step), nothing of it negative. */
static Error *it_islice(JinjaState *s, const JCall *call, JValue *out)
{
    JList *from = NULL;
    JList *items = jlist_new(jinja_heap(s), 0);
    bool is_range = jarg_given(call, 3);
    size_t stop_at = is_range ? 3 : 2;
    int64_t start = 0, stop = INT64_MAX, step = 1;
    TRY(jcollect(s, call->args[1], &from));
    if (is_range && call->args[2].type != J_NONE) {
        TRY(jarg_int(call, 2, 0, &start));
    }
    if (call->args[stop_at].type != J_NONE) {
        TRY(jarg_int(call, stop_at, 0, &stop));
    }
    if (jarg_given(call, 4) && call->args[4].type != J_NONE) {
        TRY(jarg_int(call, 4, 1, &step));
    }
    if (start < 0 || stop < 0 || step < 1) {
        return jraise("ValueError", "Indices for islice() must be None or an integer: 0 <= x <= "
                                    "sys.maxsize.");
    }
    int64_t end = stop < (int64_t)jlist_len(from) ? stop : (int64_t)jlist_len(from);
    for (int64_t i = start; i < end; i += step < end - i ? step : end - i) {
        TRY(add_item(items, jlist_at(from, (size_t)i)));
    }
    *out = jlist_value(items);
    return NULL;
}

static Error *it_repeat(JinjaState *s, const JCall *call, JValue *out)
{
    int64_t times = 0;
    JList *items = jlist_new(jinja_heap(s), 0);
    TRY(jarg_int(call, 2, 0, &times));
    for (int64_t i = 0; i < times; i++) {
        TRY(add_item(items, call->args[1]));
    }
    *out = jlist_value(items);
    return NULL;
}

static const JBuiltin it_functions[] = {
    {"chain", it_chain, 1, JARGS_ANY, NULL, JB_CONTEXT, NULL},
    {"zip_longest", it_zip_longest, 1, JARGS_ANY, NULL, JB_CONTEXT | JB_KWARGS, NULL},
    {"product", it_product, 1, JARGS_ANY, NULL, JB_CONTEXT | JB_KWARGS, NULL},
    {"combinations", it_combinations, 3, 3, "self iterable r", JB_CONTEXT, NULL},
    {"combinations_with_replacement", it_with_replacement, 3, 3, "self iterable r", JB_CONTEXT,
     NULL},
    {"permutations", it_permutations, 2, 3, "self iterable r", JB_CONTEXT, NULL},
    {"accumulate", it_accumulate, 2, 2, "self iterable", JB_CONTEXT, NULL},
    {"compress", it_compress, 3, 3, "self data selectors", JB_CONTEXT, NULL},
    {"islice", it_islice, 3, 5, "self iterable start stop step", JB_CONTEXT, NULL},
    {"repeat", it_repeat, 3, 3, "self object times", JB_CONTEXT, NULL},
    {0},
};

const ObjectClass python_itertools_module = {.name = "itertools", .methods = it_functions};
