/* ingest/bookkeeping.h - the three tables by which a dataset tells what it holds and how to go on:
 * _dlt_version (schema documents), _dlt_pipeline_state (states), _dlt_loads (finished loads). They
 * are those of dlt, which can therefore continue a warehouse that we wrote, and the reverse.
 *
 * Everything runs on the given connection, in the caller's transaction, so that rows, schema, state
 * and the note that the load is done appear together or not at all. One load:
 *
 *     TRY(connection_begin(connection));
 *     TRY(bookkeeping_prepare(connection, arena, dataset));       // schema and tables, if missing
 *     TRY(bookkeeping_read_schema(connection, arena, dataset, name, &schema)); // NULL:
 * schema_new() TRY(bookkeeping_read_state(connection, arena, dataset, pipeline, &state)); // NULL:
 * state_new() TRY(bookkeeping_read_last_load(connection, arena, dataset, &last));
 *     load_id_seen(&clock, last);
 *     LoadPackage package = {.load_id = load_id_next(&clock, arena), .dataset = dataset,
 *                            .schema = schema, .state = state};
 *     ... schema_root_table(), schema_column(), table_ddl_apply(), insert; for each table:
 *     VEC_PUSH(arena, &package.tables, (LoadedTable){.name = table, .rows = rows});
 *     TRY(bookkeeping_write(connection, arena, &package));
 *     TRY(connection_commit(connection)); */
#ifndef INGEST_BOOKKEEPING_H
#define INGEST_BOOKKEEPING_H

#include "ingest/schema.h"
#include "ingest/state.h"
#include "warehouse/warehouse.h"

typedef struct LoadedTable {
    Str name;
    int64_t rows;
} LoadedTable;
typedef VEC(LoadedTable) LoadedTableVec;

/* One load: what came in, and what the schema and the state are now. */
typedef struct LoadPackage {
    Str load_id;
    Str dataset; /* the warehouse's schema: "raw_shop" */
    Schema *schema;
    State *state; /* NULL: this load keeps none */
    LoadedTableVec tables;
    bool resends_state; /* also one that the dataset has already */
    /* Set by bookkeeping_write(). */
    bool wrote_schema; /* a version that this dataset did not have */
    bool wrote_state;
} LoadPackage;

/* Makes the dataset and the three tables where they are missing. */
MUST_CHECK Error *bookkeeping_prepare(Connection *connection, Arena *arena, Str dataset);

/* The newest document of a schema, in `arena`; NULL when the dataset has none. */
MUST_CHECK Error *bookkeeping_read_schema(Connection *connection, Arena *arena, Str dataset,
                                          Str schema_name, Schema **out_schema);
/* The newest state of a pipeline whose load was finished; NULL when there is none. */
MUST_CHECK Error *bookkeeping_read_state(Connection *connection, Arena *arena, Str dataset,
                                         Str pipeline_name, State **out_state);
/* The greatest load id of the dataset; empty when nothing was loaded. */
MUST_CHECK Error *bookkeeping_read_last_load(Connection *connection, Arena *arena, Str dataset,
                                             Str *out_load_id);

/* Marks the tables that got rows, counts schema and state up where they changed, brings all tables
 * of the schema up to date, and writes the rows of the three tables in dlt's order: the schema
 * unless the dataset knows its hash, the state unless it is the one stored last, and at last the
 * load. */
MUST_CHECK Error *bookkeeping_write(Connection *connection, Arena *arena, LoadPackage *package);

/* Removes all documents of a schema, for a full refresh: the next load writes its own again. */
MUST_CHECK Error *bookkeeping_forget_schema(Connection *connection, Arena *arena, Str dataset,
                                            Str schema_name);

#endif
