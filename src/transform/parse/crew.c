#include "transform/parse/internal.h"

/* Items per thread below which another one costs more than it does. */
enum { ITEMS_PER_THREAD = 32 };

/* Parsers for the threads beside this one, as far as they are worth it. */
static void ensure_helpers(Parser *parser, size_t count)
{
    size_t wanted = thread_processor_count() - 1;
    if (count / ITEMS_PER_THREAD <= 1 || parser->helper_count >= wanted) {
        return;
    }
    parser->helpers = ARENA_ARRAY(parser->arena, Parser, wanted);
    parser->helper_count = wanted;
    for (size_t i = 0; i < wanted; i++) {
        Arena *arena = session_new_arena(parser->session, "parsed by a helper");
        parser_init(parser->session, arena, &parser->helpers[i]);
    }
}

/* ---- Work on many items ---- */

typedef struct EachItem {
    Parser *parser;
    ParseWork work;
    void *items;
    Error **errors;             /* by item */
    atomic_size_t first_failed; /* or the number of items; later ones need not be done */
} EachItem;

static void note_failure(EachItem *each, size_t index, TAKES Error *err)
{
    each->errors[index] = err;
    size_t first = atomic_load(&each->first_failed);
    while (index < first && !atomic_compare_exchange_weak(&each->first_failed, &first, index)) {
    }
}

static void each_item(void *context, size_t index, size_t worker)
{
    EachItem *each = context;
    if (index > atomic_load(&each->first_failed)) {
        return;
    }
    Parser *parser = worker == 0 ? each->parser : &each->parser->helpers[worker - 1];
    Error *err = each->work(parser, each->items, index);
    arena_reset(parser->scratch);
    if (err != NULL) {
        note_failure(each, index, err);
    }
}

/* The first error; the rest would not have come up, one after the other. */
static Error *take_first(EachItem *each, size_t count)
{
    Error *first = NULL;
    for (size_t i = 0; i < count; i++) {
        if (first == NULL) {
            first = each->errors[i];
        } else if (each->errors[i] != NULL) {
            error_discard(each->errors[i], "an earlier one is told");
        }
    }
    return first;
}

Error *parse_each(Parser *parser, size_t count, ParseWork work, void *items)
{
    ensure_helpers(parser, count);
    for (size_t i = 0; i < parser->helper_count; i++) {
        parser->helpers[i].project = parser->project;
    }
    AUTO_FREE(arena) Arena *arena = arena_new("parse errors");
    EachItem each = {.parser = parser,
                     .work = work,
                     .items = items,
                     .errors = ARENA_ARRAY(arena, Error *, count)};
    atomic_init(&each.first_failed, count);
    thread_for_each(count, parser->helper_count + 1, each_item, &each);
    return take_first(&each, count);
}
