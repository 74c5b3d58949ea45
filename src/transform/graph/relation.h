/* transform/graph/relation.h - the name of a table or view as models see it: database, schema,
 * identifier, which of them are written and which are quoted. Plain data; its texts are borrowed.
 */
#ifndef TRANSFORM_GRAPH_RELATION_H
#define TRANSFORM_GRAPH_RELATION_H

#include <stdint.h>

#include "base/str.h"

/* Type, what templates call it. */
#define RELATION_TYPES(X) \
    X(UNKNOWN, "") \
    X(TABLE, "table") \
    X(VIEW, "view") \
    X(CTE, "cte") \
    X(MATERIALIZED_VIEW, "materialized_view") \
    X(EXTERNAL, "external") \
    X(FUNCTION, "function")

typedef enum RelationType {
#define X(name, text) RELATION_TYPE_##name,
    RELATION_TYPES(X)
#undef X
        RELATION_TYPE_COUNT
} RelationType;

typedef enum RelationPart {
    PART_DATABASE = 1 << 0,
    PART_SCHEMA = 1 << 1,
    PART_IDENTIFIER = 1 << 2,
    PARTS_ALL = PART_DATABASE | PART_SCHEMA | PART_IDENTIFIER,
} RelationPart;

/* Rows of a part of time: from `start_us` on, before `end_us`, both since 1970 UTC. */
typedef struct EventTimeFilter {
    Str column; /* as it is written in SQL; empty: all rows */
    int64_t start_us, end_us;
} EventTimeFilter;

typedef struct RelationName {
    Str database; /* data NULL = none */
    Str schema;
    Str identifier;
    RelationType type;
    unsigned included; /* RelationPart flags */
    unsigned quoted;
    Str external; /* stands in queries in place of the names: "read_csv('a.csv')"; may be empty */
    bool limited; /* --empty: stands for a query without rows */
    EventTimeFilter event_time; /* stands for a query of these rows */
} RelationName;

static inline RelationName relation_name(Str database, Str schema, Str identifier)
{
    return (RelationName){.database = database,
                          .schema = schema,
                          .identifier = identifier,
                          .included = PARTS_ALL,
                          .quoted = PARTS_ALL};
}

Str relation_type_text(RelationType type);
/* RELATION_TYPE_UNKNOWN for other texts. */
RelationType relation_type_parse(Str text);

/* The name between double quotes. Quotes in it are doubled, unless all of them are already: dbt
 * puts names between quotes as they are, and some write them so that this works. */
void relation_add_quoted(StrBuf *out, Str name);
Str relation_quoted(Arena *arena, Str name);

/* "db"."schema"."name" */
void relation_render(const RelationName *relation, StrBuf *out);
Str relation_text(const RelationName *relation, Arena *arena);
/* Same names, letter case aside. */
bool relation_same(const RelationName *a, const RelationName *b);

#endif
