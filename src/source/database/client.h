/* source/database/client.h - what a database's client library is asked for. Each is a
 * module of its own (source/sqlite/) that exports one DatabaseClient. All that databases have in
 * common (options, hints, queries, threads) is on this side of it. */
#ifndef SOURCE_DATABASE_CLIENT_H
#define SOURCE_DATABASE_CLIENT_H

#include "base/thread.h"
#include "base/vec.h"
#include "value/column.h"
#include "value/value.h"

/* Bumped whenever this header changes. */
#define DATABASE_CLIENT_VERSION 3

/* A setting of the client library's own, such as "sslmode". */
typedef struct DatabaseParameter {
    Str name;
    Str value;
} DatabaseParameter;
typedef VEC(DatabaseParameter) DatabaseParameterVec;

/* Where a database is. Empty or 0: the client library's own default. */
typedef struct DatabaseAddress {
    Str path; /* of a database that is a file; it has nothing else */
    Str host;
    int64_t port;
    Str user;
    Str password; /* never printed */
    Str database;
    DatabaseParameterVec parameters;
} DatabaseAddress;

typedef struct DatabaseColumn DatabaseColumn;
struct DatabaseColumn {
    Str name;
    Str expression; /* what is selected; empty: the column itself */
    /* dlt's data type; empty where it has none for it: then values tell. */
    Str data_type;
    ColumnType type; /* of the chunks; COLUMN_NULL: it shows with the first value */
    bool nullable;
    bool is_small;                 /* an integer of 16 bits */
    bool has_timezone;             /* of timestamps */
    bool is_array;                 /* of documents: the database has it as an array */
    int64_t precision;             /* of decimals; 0: unknown */
    int64_t scale;                 /* of decimals with precision */
    int64_t length;                /* of texts and binaries; 0: unbounded */
    const DatabaseColumn *members; /* of a struct */
    size_t member_count;
};
typedef VEC(DatabaseColumn) DatabaseColumnVec;

typedef struct DatabaseTable {
    Str schema; /* empty where the database has none */
    Str name;
    bool is_view;
    DatabaseColumnVec columns;
    StrVec primary_key;
} DatabaseTable;
typedef VEC(DatabaseTable) DatabaseTableVec;

/* Takes the chunks of a table; borrowed during the call. */
typedef struct ChunkTaker ChunkTaker;
struct ChunkTaker {
    MUST_CHECK Error *(*take)(ChunkTaker *taker, const Chunk *chunk, bool *out_enough);
};

typedef struct DatabaseRead {
    const DatabaseTable *table;
    Str select;  /* the statement; its columns are those of the table */
    size_t rows; /* of a chunk, at most */
} DatabaseRead;

/* What a window is made from. */
typedef struct DatabaseSince {
    const DatabaseTable *table;
    const Value *mark; /* of the read before; NULL: none */
    Str last;          /* the furthest value of the cursor so far, as text; empty: none */
} DatabaseSince;

/* Which rows are new since the read before, as the database knows by its transactions. */
typedef struct DatabaseWindow {
    Str condition;    /* in SQL, on the table's rows; empty: all */
    Value mark;       /* for the next read; null: the database cannot tell */
    bool is_complete; /* the rows within are those and only those that are new */
    Str floor;        /* no new row's cursor is before this text; empty: unknown */
} DatabaseWindow;

/* An open connection; each client has its own. One thread at a time. */
typedef struct DatabaseConnection DatabaseConnection;

typedef struct DatabaseClient {
    unsigned version;
    char quote; /* around names */

    /* ERR_AUTH, ERR_NETWORK or ERR_SOURCE in the database's words, never with the password. The
     * token is looked at while the connection works. */
    MUST_CHECK Error *(*connect)(const DatabaseAddress *address, const Cancel *cancel,
                                 DatabaseConnection **out);
    void (*disconnect)(DatabaseConnection *connection);
    /* Names of all tables and views, sorted; columns are not filled in. */
    MUST_CHECK Error *(*list_tables)(DatabaseConnection *connection, Arena *arena, Str schema,
                                     DatabaseTableVec *out);
    /* Columns and primary key of tables. */
    MUST_CHECK Error *(*reflect)(DatabaseConnection *connection, Arena *arena,
                                 DatabaseTableVec *tables);
    /* All connections of a read see one state of the database: the first one makes it and gives its
     * name, the others enter it. Where names are empty, one connection does all the work. */
    MUST_CHECK Error *(*snapshot)(DatabaseConnection *connection, Arena *arena, Str *out_name);
    MUST_CHECK Error *(*enter)(DatabaseConnection *connection, Str snapshot);
    /* On the connection that made the snapshot, of tables whose cursor rises. NULL: only the cursor
     * tells what is new. */
    MUST_CHECK Error *(*window)(DatabaseConnection *connection, Arena *arena,
                                const DatabaseSince *since, DatabaseWindow *out);
    MUST_CHECK Error *(*read)(DatabaseConnection *connection, const DatabaseRead *read,
                              ChunkTaker *taker);
} DatabaseClient;

#endif
