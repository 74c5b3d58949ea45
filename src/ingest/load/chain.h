/* ingest/load/chain.h - a root table with all tables of lists below it, as a load writes them: what
 * comes in (staged rows, a RowSource per table), where it goes, and by which columns rows are
 * matched. Lives in the arena it was made in. */
#ifndef INGEST_LOAD_CHAIN_H
#define INGEST_LOAD_CHAIN_H

#include "ingest/schema.h"
#include "warehouse/sql_builder.h"

typedef struct ChainTable {
    const SchemaTable *table;
    Str staged;     /* name of its RowSource */
    StrVec columns; /* with a type, in order */
    bool has_rows;  /* in this load */
    bool has_root_id;
} ChainTable;

typedef struct Chain {
    Str dataset;
    VEC(ChainTable) tables; /* the root first, parents before children */
    StrVec primary_key;
    StrVec merge_key;
    Str hard_delete; /* column, or empty */
    bool hard_delete_is_bool;
    Str dedup_sort; /* column, or empty */
    bool dedup_descending;
    Str boundary_us_text; /* the load's time as the text of a timestamp, for scd2 */
} Chain;

/* A member of the root table, such as "x-merge-strategy", as text; or `otherwise`. */
Str chain_option(const Chain *chain, const char *member, Str otherwise);
bool chain_flag(const Chain *chain, const char *member);
/* The column of the root table that has the hint; empty when there is none. */
Str chain_column_with(const Chain *chain, const char *hint);

static inline const ChainTable *chain_root(const Chain *chain)
{
    return &chain->tables.data[0];
}

#endif
