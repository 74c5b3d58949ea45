/* source/postgres/connection.h - for the files of this folder that talk to the client library. */
#ifndef SOURCE_POSTGRES_CONNECTION_H
#define SOURCE_POSTGRES_CONNECTION_H

#include <libpq-fe.h>

#include "source/database/client.h"

struct DatabaseConnection {
    PGconn *handle;
    const Cancel *cancel;
    bool in_snapshot; /* its transaction is begun */
    /* Of its snapshot: all transactions before `horizon` have ended, those from `end` on had not
     * begun to write. */
    int64_t horizon;
    int64_t end;
    /* Names of the transactions that ran before the snapshot was made, in the arena it was made
     * with; not known of a standby. */
    StrVec running;
    bool knows_running;
};

static inline void result_auto_free(PGresult **result)
{
    PQclear(*result);
}

/* Runs a statement with text parameters and waits, looking at the token; the caller clears *out.
 * ERR_AUTH, ERR_NETWORK, ERR_CANCELLED or ERR_SOURCE in the server's words. */
MUST_CHECK Error *postgres_query(DatabaseConnection *connection, const char *sql,
                                 const char *const *parameters, int count, PGresult **out);
/* A text of a result; borrowed from it. */
Str postgres_text(const PGresult *result, int row, int column);

/* A whole number that the server wrote; 0 for none. */
int64_t postgres_int(const PGresult *result, int row, int column);

/* window.c */
MUST_CHECK Error *postgres_list_running(DatabaseConnection *connection, Arena *arena);
MUST_CHECK Error *postgres_window(DatabaseConnection *connection, Arena *arena,
                                  const DatabaseSince *since, DatabaseWindow *out);

/* reflect.c */
MUST_CHECK Error *postgres_list_tables(DatabaseConnection *connection, Arena *arena, Str schema,
                                       DatabaseTableVec *out);
MUST_CHECK Error *postgres_reflect(DatabaseConnection *connection, Arena *arena,
                                   DatabaseTableVec *tables);

#endif
