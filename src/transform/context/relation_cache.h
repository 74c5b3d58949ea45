/* transform/context/relation_cache.h - which tables and views there are, so that asking for one
 * costs no query. Filled per schema, kept up to date by what builds and drops. Letter case does not
 * count in lookups. All functions may be called from any thread. */
#ifndef TRANSFORM_CONTEXT_RELATION_CACHE_H
#define TRANSFORM_CONTEXT_RELATION_CACHE_H

#include "base/error.h"
#include "base/vec.h"
#include "transform/graph/relation.h"
#include "warehouse/warehouse.h"

typedef struct RelationCache RelationCache;
typedef VEC(RelationName) RelationNameVec;

void relation_cache_free(RelationCache *cache);
OWNED_UNTIL(relation_cache_free) RelationCache *relation_cache_new(void);
DEFINE_AUTO_FREE(relation_cache, RelationCache)

/* Lists the schema unless it was listed before. */
MUST_CHECK Error *relation_cache_fill(RelationCache *cache, Connection *connection, Str database,
                                      Str schema);
/* False when there is none; else the names as the database writes them, in `arena`. */
bool relation_cache_find(RelationCache *cache, const RelationName *wanted, Arena *arena,
                         RelationName *out);
void relation_cache_add(RelationCache *cache, const RelationName *relation);
void relation_cache_drop(RelationCache *cache, const RelationName *relation);
void relation_cache_rename(RelationCache *cache, const RelationName *from, const RelationName *to);
/* Those of one schema. */
void relation_cache_list(RelationCache *cache, Str database, Str schema, Arena *arena,
                         RelationNameVec *out);
/* Forgets a schema and what is in it. */
void relation_cache_drop_schema(RelationCache *cache, Str database, Str schema);

#endif
