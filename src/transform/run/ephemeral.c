#include "transform/run/ephemeral.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/map.h"
#include "transform/context/failure.h"

typedef enum EphemeralState {
    EPHEMERAL_FREE,    /* to be rendered by whoever comes */
    EPHEMERAL_CLAIMED, /* somebody renders it */
    EPHEMERAL_READY,   /* from now on it does not change */
} EphemeralState;

typedef struct Ephemeral {
    EphemeralState state; /* guarded by the cache's lock */
    Str sql;
    CteVec reads; /* without their texts */
} Ephemeral;

struct EphemeralCache {
    Mutex mu;
    Condition changed; /* of any entry's state */
    Arena *arena;      /* guarded by mu */
    StrMap entries;    /* unique id -> Ephemeral; guarded by mu */
};

/* ---- The cache ---- */

EphemeralCache *ephemeral_cache_new(void)
{
    EphemeralCache *cache = memory_alloc(sizeof(*cache));
    *cache = (EphemeralCache){.arena = arena_new("ephemeral models")};
    mutex_init(&cache->mu);
    condition_init(&cache->changed);
    cache->entries = strmap_init(cache->arena);
    return cache;
}

void ephemeral_cache_free(EphemeralCache *cache)
{
    if (cache == NULL) {
        return;
    }
    condition_done(&cache->changed);
    mutex_done(&cache->mu);
    arena_free(cache->arena);
    free(cache);
}

/* The entry, ready or claimed for the caller, who then publishes or withdraws. Nobody waits for
 * another while it has claimed one. */
static Ephemeral *claim(EphemeralCache *cache, Str id, bool *out_ready)
{
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&cache->mu);
    Ephemeral *entry = strmap_find(&cache->entries, id);
    if (entry == NULL) {
        entry = ARENA_NEW(cache->arena, Ephemeral);
        strmap_set_copy(&cache->entries, id, entry);
    }
    while (entry->state == EPHEMERAL_CLAIMED) {
        condition_wait(&cache->changed, &cache->mu);
    }
    *out_ready = entry->state == EPHEMERAL_READY;
    if (!*out_ready) {
        entry->state = EPHEMERAL_CLAIMED;
    }
    return entry;
}

static void publish(EphemeralCache *cache, Ephemeral *entry, Str sql, const CteVec *reads)
{
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&cache->mu);
    entry->sql = str_dup(cache->arena, sql);
    for (VEC_EACH(const Cte, it, reads)) {
        VEC_PUSH(cache->arena, &entry->reads,
                 (Cte){.id = it->id, .name = str_dup(cache->arena, it->name)});
    }
    entry->state = EPHEMERAL_READY;
    condition_wake_all(&cache->changed);
}

/* Whoever waited tries itself, and gets an error of its own. */
static void withdraw(EphemeralCache *cache, Ephemeral *entry)
{
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&cache->mu);
    entry->state = EPHEMERAL_FREE;
    condition_wake_all(&cache->changed);
}

/* ---- One model ---- */

/* `out_fresh`: it was rendered by this call. */
static Error *get(Worker *worker, Context *ctx, const Ephemeral **out, bool *out_fresh)
{
    bool ready = false;
    Ephemeral *entry = claim(worker->ephemerals, ctx->node->unique_id, &ready);
    *out = entry;
    *out_fresh = !ready;
    if (ready) {
        return NULL;
    }
    CteVec reads = {0};
    Str sql;
    ctx->ctes = &reads; // cppcheck-suppress autoVariables; taken away below
    Error *err = compile_render(worker, ctx, &sql);
    ctx->ctes = NULL;
    if (err != NULL) {
        withdraw(worker->ephemerals, entry);
        return err;
    }
    publish(worker->ephemerals, entry, sql, &reads);
    return NULL;
}

Error *ephemeral_render(Worker *worker, Context *ctx, Str *out_sql, CteVec *out_reads)
{
    const Ephemeral *entry = NULL;
    bool fresh = false;
    TRY(get(worker, ctx, &entry, &fresh));
    *out_sql = entry->sql;
    *out_reads = entry->reads;
    return NULL;
}

/* ---- All that a node reads ---- */

/* One model on the way down, or the node itself at the bottom. */
typedef struct Step {
    const Node *node;
    const CteVec *reads;
    size_t next; /* of `reads` */
    Cte cte;     /* what the model becomes when all that it reads is done */
    bool fresh;
} Step;

typedef struct Walk {
    Worker *worker;
    Context *root;
    Arena *scratch;
    StrMap seen;
    VEC(Step) steps;
    Arena *arena;
    CteVec *done;
} Walk;

/* An ephemeral model has a file below compiled/ like any other. */
static Error *write_file(const Walk *walk, const Step *step)
{
    AUTO_FREE(arena) Arena *scratch = arena_new("ephemeral file");
    Worker *worker = walk->worker;
    CteVec all = {0};
    TRY(ephemeral_expand(worker, walk->root, step->reads, scratch, &all));
    Str text;
    TRY(cte_inject(scratch, step->cte.sql, &all, &text));
    Str path = compile_path(worker->session, scratch, "compiled", step->node);
    return compile_write(worker->session, scratch, path, text);
}

static Error *end_step(Walk *walk, const Step *step)
{
    if (step->fresh) {
        TRY(write_file(walk, step));
    }
    if (step->cte.name.len > 0) {
        VEC_PUSH(walk->arena, walk->done, step->cte);
    }
    return NULL;
}

static Error *begin_step(Walk *walk, const Cte *cte)
{
    Worker *worker = walk->worker;
    const Node *node = manifest_find(worker->session->manifest, cte->id);
    if (walk->steps.len > LIMIT_EPHEMERAL_DEPTH) {
        return jraise("CompilationError",
                      "it reads through more than %d ephemeral models, one behind the other, down "
                      "to '" STR_FMT "': make one of them a view or a table",
                      LIMIT_EPHEMERAL_DEPTH, STR_ARG(cte->id));
    }
    const Ephemeral *entry = NULL;
    bool fresh = false;
    Context ctx = compile_context(worker, node, walk->root->run);
    Error *err = get(worker, &ctx, &entry, &fresh);
    if (err != NULL) {
        failure_blame(walk->root, &ctx, node);
        return error_wrap(err, "ephemeral model " STR_FMT, STR_ARG(node->unique_id));
    }
    Cte whole = {.id = node->unique_id, .name = str_dup(walk->arena, cte->name), .sql = entry->sql};
    VEC_PUSH(walk->scratch, &walk->steps,
             (Step){.node = node, .reads = &entry->reads, .cte = whole, .fresh = fresh});
    return NULL;
}

Error *ephemeral_expand(Worker *worker, Context *root, const CteVec *reads, Arena *arena,
                        CteVec *out)
{
    AUTO_FREE(arena) Arena *scratch = arena_new("ephemeral models of a node");
    Walk walk = {.worker = worker,
                 .root = root,
                 .scratch = scratch,
                 .seen = strmap_init(scratch),
                 .arena = arena,
                 .done = out};
    VEC_PUSH(scratch, &walk.steps, (Step){.reads = reads});
    while (walk.steps.len > 0) {
        Step *last = &VEC_LAST(&walk.steps);
        if (last->next == last->reads->len) {
            Step ended = *last;
            walk.steps.len--;
            TRY(end_step(&walk, &ended));
            continue;
        }
        const Cte *cte = &last->reads->data[last->next++];
        if (!strmap_has(&walk.seen, cte->id)) {
            strmap_set(&walk.seen, cte->id, NULL);
            TRY(begin_step(&walk, cte));
        }
    }
    return NULL;
}
