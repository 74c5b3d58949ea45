/* source/database/database_internal.h - for the files of this folder: an open database source. */
#ifndef SOURCE_DATABASE_DATABASE_INTERNAL_H
#define SOURCE_DATABASE_DATABASE_INTERNAL_H

#include "source/database/address.h"
#include "source/source.h"

typedef struct DatabaseSource {
    /* Options. */
    Str connection_string;
    const Value *credentials;
    Str schema;
    StrVec table_names;
    OptionSwitch include_views;
    const Value *incremental;
    const Value *hints;
    Str write_disposition;
    Str reflection_level;
    int64_t chunk_size;
    int64_t parallel;

    const DatabaseDialect *dialect;
    const DatabaseClient *client;
    DatabaseAddress address;
    DatabaseConnection *connection; /* the first one; NULL until it is needed */
    DatabaseTableVec tables;        /* those that are streams, by their numbers */
    SourceStreamVec streams;
} DatabaseSource;

/* Opens the client library and the first connection, once. */
MUST_CHECK Error *database_connect(SourceContext *ctx, DatabaseSource *source);
/* read.c */
MUST_CHECK Error *database_read_streams(SourceContext *ctx, void *state,
                                        const StreamRequest *requests, size_t request_count,
                                        RowSink *sink);
/* tables.c: the tables that are wanted, reflected, and their hints. */
MUST_CHECK Error *database_list_streams(SourceContext *ctx, void *state, SourceStreamVec *out);

#endif
