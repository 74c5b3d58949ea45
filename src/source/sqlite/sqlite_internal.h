/* source/sqlite/sqlite_internal.h - for the files of this folder. */
#ifndef SOURCE_SQLITE_SQLITE_INTERNAL_H
#define SOURCE_SQLITE_SQLITE_INTERNAL_H

#include <sqlite3.h>

#include "source/database/batch.h"

struct DatabaseConnection {
    sqlite3 *handle;
    const Cancel *cancel;
};

static inline void statement_auto_free(sqlite3_stmt **statement)
{
    (void)sqlite3_finalize(*statement); /* tells the failure of the last step again */
}

/* The failure of the last call, in SQLite's words. */
Error *sqlite_failure(const DatabaseConnection *connection);
MUST_CHECK Error *sqlite_prepare(DatabaseConnection *connection, Str sql, sqlite3_stmt **out);
/* *out_row is false at the end. */
MUST_CHECK Error *sqlite_row(DatabaseConnection *connection, sqlite3_stmt *statement,
                             bool *out_row);
/* A text of the row; borrowed until the next one. NULL is empty. */
Str sqlite_text(sqlite3_stmt *statement, int column);

/* reflect.c */
MUST_CHECK Error *sqlite_list_tables(DatabaseConnection *connection, Arena *arena, Str schema,
                                     DatabaseTableVec *out);
MUST_CHECK Error *sqlite_reflect(DatabaseConnection *connection, Arena *arena,
                                 DatabaseTableVec *tables);
/* values.c: sets the columns of the row that the batch has begun. */
MUST_CHECK Error *sqlite_take_row(Batch *batch, const DatabaseTable *table,
                                  sqlite3_stmt *statement);

#endif
