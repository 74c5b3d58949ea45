/* source/database/database_source.h - databases as sources: their tables are the streams. */
#ifndef SOURCE_DATABASE_DATABASE_SOURCE_H
#define SOURCE_DATABASE_DATABASE_SOURCE_H

#include "source/source.h"

extern const SourceDriver source_postgres;
extern const SourceDriver source_sqlite;
/* Whichever database the connection string names. */
extern const SourceDriver source_sql_database;

#endif
