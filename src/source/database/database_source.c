#include "source/database/database_source.h"

#include "base/module.h"
#include "project/secret.h"
#include "source/database/database_internal.h"

static const char *const levels[] = {"minimal", "full", "full_with_precision", NULL};
static const char *const dispositions[] = {"append", "replace", "merge", NULL};

static const OptionDef database_options[] = {
    {"connection_string", OPTION_STRING, offsetof(DatabaseSource, connection_string), NULL,
     "where the database is: sqlite:///path or postgresql://user:password@host:5432/database",
     NULL},
    {"credentials", OPTION_VALUE, offsetof(DatabaseSource, credentials), NULL,
     "the same, or a map of drivername, host, port, username, password, database and query", NULL},
    {"schema", OPTION_STRING, offsetof(DatabaseSource, schema), NULL,
     "schema that is read, where the database has schemas", NULL},
    {"table_names", OPTION_STRINGS, offsetof(DatabaseSource, table_names), NULL,
     "tables and views that are read, * and ? stand for letters; all tables when not given", NULL},
    {"include_views", OPTION_SWITCH, offsetof(DatabaseSource, include_views), NULL,
     "whether views are read beside tables when table_names is not given", NULL},
    {"incremental", OPTION_VALUE, offsetof(DatabaseSource, incremental), NULL,
     "cursor_column and initial_value, for all tables that have the column, or such a map for each "
     "table",
     NULL},
    {"hints", OPTION_VALUE, offsetof(DatabaseSource, hints), NULL,
     "for each table what dlt's apply_hints takes, and included_columns, excluded_columns", NULL},
    {"write_disposition", OPTION_STRING, offsetof(DatabaseSource, write_disposition), NULL,
     "append, replace or merge; when not given replace, with incremental merge on the primary key, "
     "append without one",
     dispositions},
    {"reflection_level", OPTION_STRING, offsetof(DatabaseSource, reflection_level), "full",
     "what is taken over from the database's own types", levels},
    {"chunk_size", OPTION_INT, offsetof(DatabaseSource, chunk_size), "50000",
     "rows that are held in memory at once, at most", NULL},
    {"parallel", OPTION_INT, offsetof(DatabaseSource, parallel), "2",
     "tables that are read at once", NULL},
    {0},
};

/* ---- Opening ---- */

static const Value *place_of(const SourceContext *ctx, const char *key)
{
    const Value *value = value_find(ctx->config->block, str_from(key));
    return value != NULL ? value : ctx->config->entry;
}

static Error *check_number(const SourceContext *ctx, const char *key, int64_t number, int64_t most)
{
    if (number >= 1 && number <= most) {
        return NULL;
    }
    return value_error(ERR_CONFIG, place_of(ctx, key), "'%s' must be between 1 and %lld, not %lld",
                       key, (long long)most, (long long)number);
}

static Error *no_credentials(const SourceContext *ctx, const DatabaseDialect *own)
{
    Error *err = value_error(ERR_AUTH, ctx->config->entry,
                             "source '" STR_FMT "' does not say where its database is",
                             STR_ARG(ctx->config->name));
    return own != NULL && own->variable != NULL
               ? error_hint(err, "set '%s' in .env, or 'connection_string'", own->variable)
               : error_hint(err, "set 'connection_string', or 'credentials_env' to the name of a "
                                 "variable that holds it");
}

static Error *find_address(SourceContext *ctx, DatabaseSource *source, DatabaseKind kind)
{
    Secret found;
    Str url = source->connection_string;
    const Value *place = place_of(ctx, "connection_string");
    const DatabaseDialect *own = database_dialect(kind);
    if (value_is(source->credentials, VALUE_MAP)) {
        return database_address_read(ctx->arena, source->credentials, kind, &source->dialect,
                                     &source->address);
    }
    if (url.len == 0 && source->credentials != NULL) {
        place = source->credentials;
        TRY(value_get_string(place, STR("credentials"), &url));
    }
    if (url.len == 0 && own != NULL && own->variable != NULL &&
        project_find_variable(ctx->project, ctx->arena, str_from(own->variable), &found)) {
        url = secret_reveal(&found);
    }
    return url.len == 0 ? no_credentials(ctx, own)
                        : database_address_parse(ctx->arena, url, kind, place, &source->dialect,
                                                 &source->address);
}

static Error *open_source(SourceContext *ctx, void *state, DatabaseKind kind)
{
    enum { CHUNK_MOST = 10000000, PARALLEL_MOST = 32 };
    DatabaseSource *source = state;
    TRY(check_number(ctx, "chunk_size", source->chunk_size, CHUNK_MOST));
    TRY(check_number(ctx, "parallel", source->parallel, PARALLEL_MOST));
    TRY(find_address(ctx, source, kind));
    if (source->schema.len == 0 && source->dialect->schema != NULL) {
        source->schema = str_from(source->dialect->schema);
    }
    if (source->address.path.len > 0) {
        TRY(project_path(ctx->project, ctx->arena, source->address.path, PATH_ANYWHERE,
                         &source->address.path));
    }
    return NULL;
}

static Error *open_sqlite(SourceContext *ctx, void *state)
{
    return open_source(ctx, state, DATABASE_SQLITE);
}

static Error *open_postgres(SourceContext *ctx, void *state)
{
    return open_source(ctx, state, DATABASE_POSTGRES);
}

static Error *open_any(SourceContext *ctx, void *state)
{
    return open_source(ctx, state, DATABASE_ANY);
}

static Error *open_client(DatabaseSource *source)
{
    const void *symbol = NULL;
    const DatabaseDialect *dialect = source->dialect;
    TRY_WRAP(module_open(dialect->module, dialect->symbol, dialect->package, &symbol),
             "opening the client of %s", dialect->title);
    const DatabaseClient *client = symbol;
    if (client->version != DATABASE_CLIENT_VERSION) {
        return error_hint(error_new(ERR_UNSUPPORTED, "the client of %s is of version %u, not %d",
                                    dialect->title, client->version, DATABASE_CLIENT_VERSION),
                          "install the program again, with its lib/dango folder");
    }
    source->client = client;
    return NULL;
}

Error *database_connect(SourceContext *ctx, DatabaseSource *source)
{
    if (source->connection != NULL) {
        return NULL;
    }
    TRY(open_client(source));
    Error *err = source->client->connect(&source->address, ctx->cancel, &source->connection);
    return err != NULL && error_kind(err) == ERR_AUTH
               ? error_hint(err,
                            "check user and password where the source '" STR_FMT
                            "' has them: in 'connection_string', 'credentials' or the "
                            "variable that is named there",
                            STR_ARG(ctx->config->name))
               : err;
}

static void close_source(void *state)
{
    DatabaseSource *source = state;
    if (source->connection != NULL) {
        source->client->disconnect(source->connection);
    }
}

/* ---- Drivers ---- */

#define DATABASE_DRIVER(given_type, given_title, given_open) \
    { \
        .type = (given_type), .title = (given_title), .options = database_options, \
        .state_size = sizeof(DatabaseSource), .open = (given_open), \
        .list_streams = database_list_streams, .read_streams = database_read_streams, \
        .close = close_source, \
    }

const SourceDriver source_sqlite = DATABASE_DRIVER("sqlite", "SQLite", open_sqlite);
const SourceDriver source_postgres = DATABASE_DRIVER("postgres", "PostgreSQL", open_postgres);
const SourceDriver source_sql_database = DATABASE_DRIVER("sql_database", "a database", open_any);
