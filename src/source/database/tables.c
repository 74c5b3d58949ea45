#include "base/fs.h"
#include "base/suggest.h"
#include "source/database/database_internal.h"
#include "source/database/hints.h"

/* ---- Which tables ---- */

static bool is_pattern(Str name)
{
    return str_find_char(name, '*') != SIZE_MAX || str_find_char(name, '?') != SIZE_MAX ||
           str_find_char(name, '[') != SIZE_MAX;
}

/* A name of odd letters stands for itself, too. */
static bool is_wanted(const DatabaseSource *source, const DatabaseTable *table)
{
    if (source->table_names.len == 0) {
        return !table->is_view || source->include_views == OPTION_ON;
    }
    for (VEC_EACH(const Str, it, &source->table_names)) {
        if (str_eq(*it, table->name) || fs_pattern_matches(*it, table->name)) {
            return true;
        }
    }
    return false;
}

static Error *unknown_table(const SourceContext *ctx, const DatabaseTableVec *all, Str name)
{
    Suggestion best = suggestion_init(name);
    for (VEC_EACH(const DatabaseTable, it, all)) {
        suggestion_try(&best, it->name);
    }
    const Value *place = value_find(ctx->config->block, STR("table_names"));
    Error *err = value_error(ERR_CONFIG, place,
                             "the database has no table '" STR_FMT "', or does not show it to this "
                             "user",
                             STR_ARG(name));
    return best.name.len == 0 ? err
                              : error_hint(err, "did you mean '" STR_FMT "'?", STR_ARG(best.name));
}

static Error *check_names(const SourceContext *ctx, const DatabaseSource *source,
                          const DatabaseTableVec *all)
{
    for (VEC_EACH(const Str, name, &source->table_names)) {
        bool known = is_pattern(*name);
        for (VEC_EACH(const DatabaseTable, it, all)) {
            known = known || str_eq(it->name, *name);
        }
        if (!known) {
            return unknown_table(ctx, all, *name);
        }
    }
    return NULL;
}

static Error *choose_tables(SourceContext *ctx, DatabaseSource *source)
{
    DatabaseTableVec all = {0};
    TRY(source->client->list_tables(source->connection, ctx->arena, source->schema, &all));
    TRY(check_names(ctx, source, &all));
    for (VEC_EACH(const DatabaseTable, it, &all)) {
        if (is_wanted(source, it)) {
            VEC_PUSH(ctx->arena, &source->tables, *it);
        }
    }
    return source->client->reflect(source->connection, ctx->arena, &source->tables);
}

/* ---- Which columns ---- */

static bool names_column(const Value *list, Str name)
{
    for (VALUE_EACH(it, list)) {
        if (str_eq(value_text_or(it, STR("")), name)) {
            return true;
        }
    }
    return false;
}

static void choose_columns(DatabaseTable *table, const Value *own)
{
    const Value *included = value_find(own, STR("included_columns"));
    const Value *excluded = value_find(own, STR("excluded_columns"));
    size_t kept = 0;
    for (size_t i = 0; i < table->columns.len; i++) {
        Str name = table->columns.data[i].name;
        if ((included == NULL || names_column(included, name)) && !names_column(excluded, name)) {
            table->columns.data[kept++] = table->columns.data[i];
        }
    }
    table->columns.len = kept;
    kept = 0;
    for (size_t i = 0; i < table->primary_key.len; i++) {
        Str name = table->primary_key.data[i];
        if ((included == NULL || names_column(included, name)) && !names_column(excluded, name)) {
            table->primary_key.data[kept++] = name;
        }
    }
    table->primary_key.len = kept;
}

/* ---- Streams ---- */

static bool has_column(const DatabaseTable *table, Str name)
{
    for (VEC_EACH(const DatabaseColumn, it, &table->columns)) {
        if (str_eq(it->name, name)) {
            return true;
        }
    }
    return false;
}

/* One cursor for all tables that have its column, or one for each table by its name. */
static const Value *incremental_of(const Value *incremental, const DatabaseTable *table)
{
    const Value *cursor = value_find(incremental, STR("cursor_column"));
    cursor = cursor != NULL ? cursor : value_find(incremental, STR("cursor_path"));
    if (value_is(cursor, VALUE_STRING)) {
        return has_column(table, cursor->as.text) ? incremental : NULL;
    }
    return value_find(incremental, table->name);
}

/* What choose_columns() took does not concern the engine. */
static const Value *engine_hints(Arena *arena, const Value *own)
{
    ValueMapBuilder hints = value_map_begin(arena);
    for (VALUE_EACH_ENTRY(it, own)) {
        Str name = value_text_or(&it->key, STR(""));
        if (!str_is(name, "included_columns") && !str_is(name, "excluded_columns")) {
            value_map_put(&hints, it->key, it->value);
        }
    }
    Value *made = ARENA_NEW(arena, Value);
    *made = value_map_end(&hints);
    return made;
}

static Error *add_stream(SourceContext *ctx, DatabaseSource *source, DatabaseTable *table)
{
    const Value *own = value_find(source->hints, table->name);
    SourceStream stream = {.name = table->name};
    choose_columns(table, own);
    TableHints options = {
        .reflection_level = source->reflection_level,
        .write_disposition = source->write_disposition,
        .incremental = incremental_of(source->incremental, table),
        .own = engine_hints(ctx->arena, own),
    };
    TRY(table_hints_make(ctx->arena, table, &options, &stream.hints));
    VEC_PUSH(ctx->arena, &source->streams, stream);
    return NULL;
}

Error *database_list_streams(SourceContext *ctx, void *state, SourceStreamVec *out)
{
    DatabaseSource *source = state;
    if (source->streams.len == 0) {
        TRY(database_connect(ctx, source));
        TRY(choose_tables(ctx, source));
        for (VEC_EACH(DatabaseTable, it, &source->tables)) {
            TRY_WRAP(add_stream(ctx, source, it), "table '" STR_FMT "'", STR_ARG(it->name));
        }
    }
    *out = source->streams;
    return NULL;
}
