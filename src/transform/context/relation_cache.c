#include "transform/context/relation_cache.h"

#include <stdlib.h>

#include "base/map.h"

struct RelationCache {
    Mutex mu;
    Arena *arena;
    StrMap schemas;   /* lower-cased "db.schema"; guarded by mu */
    StrMap relations; /* lower-cased "db.schema.name" -> RelationName; guarded by mu */
};

RelationCache *relation_cache_new(void)
{
    RelationCache *cache = memory_alloc(sizeof(*cache));
    *cache = (RelationCache){.arena = arena_new("relation cache")};
    mutex_init(&cache->mu);
    cache->schemas = strmap_init(cache->arena);
    cache->relations = strmap_init(cache->arena);
    return cache;
}

void relation_cache_free(RelationCache *cache)
{
    if (cache == NULL) {
        return;
    }
    mutex_done(&cache->mu);
    arena_free(cache->arena);
    free(cache);
}

static Str schema_key(Arena *arena, Str database, Str schema)
{
    Str key = str_printf(arena, STR_FMT "." STR_FMT, STR_ARG(database), STR_ARG(schema));
    return str_lower_ascii(arena, key);
}

static Str relation_key(Arena *arena, const RelationName *relation)
{
    Str schema = schema_key(arena, relation->database, relation->schema);
    Str name = str_lower_ascii(arena, relation->identifier);
    return str_printf(arena, STR_FMT "." STR_FMT, STR_ARG(schema), STR_ARG(name));
}

static RelationName copy_relation(Arena *arena, const RelationName *relation)
{
    RelationName copy = *relation;
    copy.database = str_dup(arena, relation->database);
    copy.schema = str_dup(arena, relation->schema);
    copy.identifier = str_dup(arena, relation->identifier);
    return copy;
}

/* The caller holds the lock. */
static void add_locked(RelationCache *cache, const RelationName *relation)
{
    RelationName *copy = ARENA_NEW(cache->arena, RelationName);
    *copy = copy_relation(cache->arena, relation);
    strmap_set(&cache->relations, relation_key(cache->arena, relation), copy);
}

Error *relation_cache_fill(RelationCache *cache, Connection *connection, Str database, Str schema)
{
    AUTO_FREE(arena) Arena *scratch = arena_new("relations");
    Str key = schema_key(scratch, database, schema);
    {
        AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&cache->mu);
        if (strmap_has(&cache->schemas, key)) {
            return NULL;
        }
    }
    RelationVec relations = {0};
    TRY(connection_list_relations_of(connection, scratch, database, schema, &relations));
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&cache->mu);
    strmap_set_copy(&cache->schemas, key, NULL);
    for (VEC_EACH(Relation, it, &relations)) {
        RelationName relation = relation_name(database, it->schema, it->name);
        relation.type = it->kind == RELATION_VIEW ? RELATION_TYPE_VIEW : RELATION_TYPE_TABLE;
        add_locked(cache, &relation);
    }
    return NULL;
}

bool relation_cache_find(RelationCache *cache, const RelationName *wanted, Arena *arena,
                         RelationName *out)
{
    Str key = relation_key(arena, wanted);
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&cache->mu);
    const RelationName *found = strmap_find(&cache->relations, key);
    if (found != NULL) {
        *out = copy_relation(arena, found);
    }
    return found != NULL;
}

void relation_cache_add(RelationCache *cache, const RelationName *relation)
{
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&cache->mu);
    add_locked(cache, relation);
}

void relation_cache_drop(RelationCache *cache, const RelationName *relation)
{
    AUTO_FREE(arena) Arena *scratch = arena_new("relation key");
    Str key = relation_key(scratch, relation);
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&cache->mu);
    strmap_remove(&cache->relations, key);
}

void relation_cache_rename(RelationCache *cache, const RelationName *from, const RelationName *to)
{
    AUTO_FREE(arena) Arena *scratch = arena_new("relation key");
    Str key = relation_key(scratch, from);
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&cache->mu);
    const RelationName *found = strmap_find(&cache->relations, key);
    RelationName renamed = *to;
    renamed.type = found != NULL ? found->type : to->type;
    strmap_remove(&cache->relations, key);
    add_locked(cache, &renamed);
}

void relation_cache_list(RelationCache *cache, Str database, Str schema, Arena *arena,
                         RelationNameVec *out)
{
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&cache->mu);
    for (STRMAP_EACH(it, &cache->relations)) {
        const RelationName *relation = it->value;
        if (str_eq_nocase(relation->database, database) &&
            str_eq_nocase(relation->schema, schema)) {
            VEC_PUSH(arena, out, copy_relation(arena, relation));
        }
    }
}

void relation_cache_drop_schema(RelationCache *cache, Str database, Str schema)
{
    AUTO_FREE(arena) Arena *scratch = arena_new("schema key");
    RelationNameVec dropped = {0};
    relation_cache_list(cache, database, schema, scratch, &dropped);
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&cache->mu);
    strmap_remove(&cache->schemas, schema_key(scratch, database, schema));
    for (VEC_EACH(RelationName, it, &dropped)) {
        strmap_remove(&cache->relations, relation_key(scratch, it));
    }
}
