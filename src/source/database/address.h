/* source/database/address.h - where a database is, from what users write: a connection string as
 * SQLAlchemy has it ("sqlite:///shop.db", "postgresql+psycopg2://ann:secret@host:5432/shop"), or
 * its parts one by one. */
#ifndef SOURCE_DATABASE_ADDRESS_H
#define SOURCE_DATABASE_ADDRESS_H

#include "source/database/client.h"
#include "value/value.h"

typedef enum DatabaseKind { DATABASE_ANY, DATABASE_SQLITE, DATABASE_POSTGRES } DatabaseKind;

/* What there is to say of a kind of database. */
typedef struct DatabaseDialect {
    DatabaseKind kind;
    const char *title;
    const char *scheme;  /* of connection strings */
    const char *scheme2; /* another one, or NULL */
    const char *example; /* of a connection string */
    const char *module;
    const char *symbol;
    const char *package;  /* of its client library */
    const char *schema;   /* that is read when none is named; NULL: there are none */
    const char *variable; /* that holds the connection string when nothing is given; or NULL */
    bool is_file;
} DatabaseDialect;
/* Ends with a NULL title. */
extern const DatabaseDialect database_dialects[];

/* The dialect of a connection string and where its database is. `kind` is what the source says it
 * is, or DATABASE_ANY. ERR_CONFIG at `place` for one that is not understood; the text itself may
 * hold a password, and no part of it is shown that could be one. */
MUST_CHECK Error *database_address_parse(Arena *arena, Str url, DatabaseKind kind,
                                         const Value *place, const DatabaseDialect **out_dialect,
                                         DatabaseAddress *out);
const DatabaseDialect *database_dialect(DatabaseKind kind);
/* A map of parts: drivername, host, port, username, password, database, query (a map). */
MUST_CHECK Error *database_address_read(Arena *arena, const Value *parts, DatabaseKind kind,
                                        const DatabaseDialect **out_dialect, DatabaseAddress *out);

#endif
