#include "warehouse/row_source.h"

#include <stdlib.h>

#include "base/thread.h"

typedef struct Offer {
    struct Offer *next;
    Arena *arena;
    Str name;
    const RowSource *source;
} Offer;

static Mutex mu = MUTEX_INIT;
static Offer *offers; /* guarded by mu */

void row_source_offer(Str name, const RowSource *source)
{
    Arena *arena = arena_new("row source");
    Offer *offer = ARENA_NEW(arena, Offer);
    *offer = (Offer){.arena = arena, .name = str_dup(arena, name), .source = source};
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&mu);
    offer->next = offers;
    offers = offer;
}

void row_source_withdraw(Str name)
{
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&mu);
    for (Offer **at = &offers; *at != NULL; at = &(*at)->next) {
        if (str_eq((*at)->name, name)) {
            Offer *gone = *at;
            *at = gone->next;
            arena_free(gone->arena);
            return;
        }
    }
}

const RowSource *row_source_find(Str name)
{
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&mu);
    for (const Offer *it = offers; it != NULL; it = it->next) {
        if (str_eq(it->name, name)) {
            return it->source;
        }
    }
    return NULL;
}

void row_source_add_sql(Str name, SqlBuilder *sql)
{
    SQL_ADD(sql, "dango_rows({})", SQL_TEXT(name));
}
