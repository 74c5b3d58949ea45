#include "transform/artifact/catalog.h"

#include "base/fs.h"
#include "transform/artifact/artifacts.h"
#include "transform/run/run_node.h"

/* Columns of the query, see get_catalog_sql. */
enum { AT_SCHEMA, AT_TABLE, AT_TYPE, AT_COMMENT, AT_COLUMN, AT_INDEX, AT_DATA_TYPE, AT_NOTE };

typedef struct CatalogEntry {
    const Node *node;
    Value value;
} CatalogEntry;
typedef VEC(CatalogEntry) CatalogEntryVec;

typedef struct Catalog {
    const Session *session;
    Arena *arena;
    StrMap nodes; /* "schema.name", lower case -> NodeVec */
    CatalogEntryVec entries;

    /* The relation whose columns are being read. */
    Str schema, table;
    Value metadata;
    ValueMapBuilder columns;
} Catalog;

static void set(ValueMapBuilder *map, const char *key, Value value)
{
    value_map_set(map, str_from(key), value);
}

/* ---- Which nodes a relation belongs to ---- */

static Str relation_key(Arena *arena, Str schema, Str name)
{
    Str key = str_printf(arena, STR_FMT "." STR_FMT, STR_ARG(schema), STR_ARG(name));
    return str_lower_ascii(arena, key);
}

static void add_node(Catalog *catalog, Node *node)
{
    bool source = node->type == RESOURCE_SOURCE;
    Str database = catalog->session->profile->database;
    if ((!source && !node_is_relational(node)) || !str_eq_nocase(node->database, database)) {
        return;
    }
    Str name = source ? node->source->identifier : node->alias;
    Str key = relation_key(catalog->arena, node->schema, name);
    NodeVec *nodes = strmap_find(&catalog->nodes, key);
    if (nodes == NULL) {
        nodes = ARENA_NEW(catalog->arena, NodeVec);
        strmap_set(&catalog->nodes, key, nodes);
    }
    VEC_PUSH(catalog->arena, nodes, node);
}

static Catalog catalog_new(const Session *session, Arena *arena, const NodeSet *only)
{
    Catalog catalog = {.session = session, .arena = arena, .nodes = strmap_init(arena)};
    for (VEC_EACH(const NodePtr, it, &session->manifest->nodes)) {
        if (only == NULL || node_set_has(only, (*it)->index)) {
            add_node(&catalog, *it);
        }
    }
    return catalog;
}

/* ---- Reading ---- */

static Value stats_value(Arena *arena)
{
    ValueMapBuilder entry = value_map_begin(arena), map = value_map_begin(arena);
    set(&entry, "id", value_string(STR("has_stats")));
    set(&entry, "label", value_string(STR("Has Stats?")));
    set(&entry, "value", value_bool(false));
    set(&entry, "include", value_bool(false));
    set(&entry, "description",
        value_string(STR("Indicates whether there are statistics for this table")));
    set(&map, "has_stats", value_map_end(&entry));
    return value_map_end(&map);
}

/* The relation read so far becomes an entry of each of its nodes. */
static void end_relation(Catalog *catalog)
{
    Arena *arena = catalog->arena;
    Str key = relation_key(arena, catalog->schema, catalog->table);
    const NodeVec *nodes = catalog->table.len > 0 ? strmap_find(&catalog->nodes, key) : NULL;
    if (nodes == NULL) {
        return;
    }
    Value columns = value_map_end(&catalog->columns);
    for (VEC_EACH(const NodePtr, it, nodes)) {
        ValueMapBuilder map = value_map_begin(arena);
        set(&map, "metadata", catalog->metadata);
        set(&map, "columns", columns);
        set(&map, "stats", stats_value(arena));
        set(&map, "unique_id", value_string((*it)->unique_id));
        CatalogEntry entry = {.node = *it, .value = value_map_end(&map)};
        VEC_PUSH(arena, &catalog->entries, entry);
    }
}

static Value cell_or_null(Arena *arena, const Chunk *chunk, size_t column, size_t row)
{
    const Column *cells = &chunk->columns[column];
    return column_is_null(cells, row) ? value_null() : value_string(column_text(cells, row, arena));
}

static void begin_relation(Catalog *catalog, const Chunk *chunk, size_t row)
{
    Arena *arena = catalog->arena;
    catalog->schema = cell_or_null(arena, chunk, AT_SCHEMA, row).as.text;
    catalog->table = cell_or_null(arena, chunk, AT_TABLE, row).as.text;
    catalog->columns = value_map_begin(arena);
    ValueMapBuilder map = value_map_begin(arena);
    set(&map, "type", cell_or_null(arena, chunk, AT_TYPE, row));
    set(&map, "schema", value_string(catalog->schema));
    set(&map, "name", value_string(catalog->table));
    set(&map, "database", value_string(catalog->session->profile->database));
    set(&map, "comment", cell_or_null(arena, chunk, AT_COMMENT, row));
    set(&map, "owner", value_null());
    catalog->metadata = value_map_end(&map);
}

static void read_row(Catalog *catalog, const Chunk *chunk, size_t row)
{
    Arena *arena = catalog->arena;
    bool same = str_eq(column_str(&chunk->columns[AT_SCHEMA], row), catalog->schema) &&
                str_eq(column_str(&chunk->columns[AT_TABLE], row), catalog->table);
    if (!same) {
        end_relation(catalog);
        begin_relation(catalog, chunk, row);
    }
    Value name = cell_or_null(arena, chunk, AT_COLUMN, row);
    ValueMapBuilder map = value_map_begin(arena);
    set(&map, "type", cell_or_null(arena, chunk, AT_DATA_TYPE, row));
    set(&map, "index", value_int(column_int(&chunk->columns[AT_INDEX], row)));
    set(&map, "name", name);
    set(&map, "comment", cell_or_null(arena, chunk, AT_NOTE, row));
    value_map_set(&catalog->columns, name.as.text, value_map_end(&map));
}

static Error *catalog_sql(Worker *worker, Context *ctx, Str *out)
{
    const Session *session = worker->session;
    const Macro *macro = macro_find(session->macros, ctx->package, STR("get_catalog_sql"));
    if (macro == NULL) {
        return error_new(ERR_BUG, "there is no macro 'get_catalog_sql'");
    }
    JValue database = jstr_value(jinja_heap(worker->state), session->profile->database);
    JCall call = {.args = &database, .argc = 1};
    JValue text = JNONE;
    context_enter(worker->state, ctx);
    JinjaScope scope = context_scope(ctx);
    TRY(jinja_call_macro(worker->state, macro->tpl, macro->tpl_index, &scope, &call, &text));
    return convert_to_text(worker->state, worker->scratch, text, out);
}

static Error *read_catalog(Catalog *catalog, Worker *worker)
{
    AUTO_FREE(result) Result *result = NULL;
    NodeRun run = run_begin(worker, NULL);
    Context ctx = compile_context(worker, NULL, &run);
    Str sql;
    TRY(catalog_sql(worker, &ctx, &sql));
    TRY(connection_query(run.connection, sql, NULL, 0, &result));
    for (const Chunk *chunk = NULL;;) {
        TRY(result_next(result, &chunk));
        if (chunk == NULL) {
            end_relation(catalog);
            return NULL;
        }
        for (size_t row = 0; row < chunk->row_count; row++) {
            read_row(catalog, chunk, row);
        }
    }
}

/* ---- Writing ---- */

static void write_section(JsonFile *file, const char *key, const Catalog *catalog, bool sources)
{
    json_file_begin(file, str_from(key));
    for (VEC_EACH(const CatalogEntry, it, &catalog->entries)) {
        if ((it->node->type == RESOURCE_SOURCE) == sources) {
            json_file_member(file, it->node->unique_id, &it->value);
        }
    }
    json_file_end(file);
}

Error *catalog_write(const Session *session, Worker *worker, const NodeSet *only, Str *out_path)
{
    AUTO_FREE(arena) Arena *arena = arena_new("catalog.json");
    AUTO_FREE(json_file) JsonFile *file = NULL;
    Catalog catalog = catalog_new(session, arena, only);
    if (worker != NULL) {
        TRY_WRAP(read_catalog(&catalog, worker), "reading the catalog");
    }
    TRY(artifact_open(session, arena, "catalog.json", &file));
    ValueMapBuilder about = artifact_metadata(session, arena, "catalog/v1");
    Value metadata = value_map_end(&about), none = value_null();
    json_file_member(file, STR("metadata"), &metadata);
    write_section(file, "nodes", &catalog, false);
    write_section(file, "sources", &catalog, true);
    json_file_member(file, STR("errors"), &none);
    Str directory = fs_join(session->arena, session->projects.data[0].root, session->target_path);
    *out_path = fs_join(session->arena, directory, STR("catalog.json"));
    return json_file_finish(file);
}
