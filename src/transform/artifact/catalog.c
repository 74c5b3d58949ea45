#include "transform/artifact/catalog.h"

#include "base/fs.h"
#include "base/number.h"
#include "transform/artifact/artifacts.h"
#include "transform/run/macro_call.h"
#include "transform/run/run_node.h"

enum { RELATIONS_ASKED_ONE_BY_ONE = 100 }; /* more: whole schemas */

typedef struct CatalogEntry {
    const Node *node;
    Value value;
} CatalogEntry;
typedef VEC(CatalogEntry) CatalogEntryVec;

/* A relation that a node or source stands for, and what was found. */
typedef struct CatalogRelation {
    NodeVec nodes;
    RelationName name;
    bool is_found;
    Value metadata, stats;
    ValueMapBuilder columns;
} CatalogRelation;

/* What is asked for at once. */
typedef struct CatalogDatabase {
    Str name;
    JList *relations;
    JList *schemas; /* each once */
    StrMap known_schemas;
} CatalogDatabase;

typedef struct Catalog {
    const Session *session;
    Arena *arena;
    StrMap relations; /* "database.schema.name", lower case -> CatalogRelation */
    CatalogEntryVec entries;
} Catalog;

static void set(ValueMapBuilder *map, const char *key, Value value)
{
    value_map_set(map, str_from(key), value);
}

/* ---- Which nodes a relation belongs to ---- */

static Str relation_key(Arena *arena, Str database, Str schema, Str name)
{
    return str_lower_ascii(arena,
                           str_join(arena, (const Str[]){database, schema, name}, 3, STR(".")));
}

static void add_node(Catalog *catalog, Node *node)
{
    bool source = node->type == RESOURCE_SOURCE;
    if (!source && !node_is_relational(node)) {
        return;
    }
    RelationName name = context_node_relation(catalog->session, node);
    Str key = relation_key(catalog->arena, name.database, name.schema, name.identifier);
    CatalogRelation *relation = strmap_find(&catalog->relations, key);
    if (relation == NULL) {
        relation = ARENA_NEW(catalog->arena, CatalogRelation);
        *relation = (CatalogRelation){.name = name, .columns = value_map_begin(catalog->arena)};
        strmap_set(&catalog->relations, key, relation);
    }
    VEC_PUSH(catalog->arena, &relation->nodes, node);
}

static Catalog catalog_new(const Session *session, Arena *arena, const NodeSet *only)
{
    Catalog catalog = {.session = session, .arena = arena, .relations = strmap_init(arena)};
    for (VEC_EACH(const NodePtr, it, &session->manifest->nodes)) {
        if (only == NULL || node_set_has(only, (*it)->index)) {
            add_node(&catalog, *it);
        }
    }
    return catalog;
}

/* ---- What the macro's rows say ---- */

/* Cells by the names of their columns, one row after the other. */
typedef struct CatalogRow {
    JinjaState *s;
    Arena *arena;
    const TableParts *table;
    const JTuple *cells;
} CatalogRow;

static Value row_value(const CatalogRow *row, Str name)
{
    Value value = value_null();
    for (size_t i = 0; i < row->table->names->len; i++) {
        if (str_eq(jtext(row->table->names->items[i]), name)) {
            Error *err = convert_from_jinja(row->s, row->arena, row->cells->items[i], &value);
            error_discard(err, "a cell that is no plain value is as good as none");
            break;
        }
    }
    return value;
}

static Str row_text(const CatalogRow *row, const char *name)
{
    Value value = row_value(row, str_from(name));
    return value_text_or(&value, (Str){0});
}

/* {key: value of prefix + key} */
static ValueMapBuilder row_members(const CatalogRow *row, const char *prefix,
                                   const char *const *keys)
{
    ValueMapBuilder map = value_map_begin(row->arena);
    for (size_t i = 0; keys[i] != NULL; i++) {
        set(&map, keys[i], row_value(row, str_printf(row->arena, "%s%s", prefix, keys[i])));
    }
    return map;
}

static Value has_stats(Arena *arena, bool has_any)
{
    ValueMapBuilder entry = value_map_begin(arena);
    set(&entry, "id", value_string(STR("has_stats")));
    set(&entry, "label", value_string(STR("Has Stats?")));
    set(&entry, "value", value_bool(has_any));
    set(&entry, "include", value_bool(false));
    set(&entry, "description",
        value_string(STR("Indicates whether there are statistics for this table")));
    return value_map_end(&entry);
}

/* Of columns "stats:<id>:include" and their like: those that are to be shown. */
static Value row_stats(const CatalogRow *row)
{
    static const char *const keys[] = {"label", "value", "include", "description", NULL};
    ValueMapBuilder stats = value_map_begin(row->arena);
    bool has_any = false;
    for (size_t i = 0; i < row->table->names->len; i++) {
        Str name = jtext(row->table->names->items[i]), id, key, rest;
        if (!str_cut(name, ':', &key, &rest) || !str_is(key, "stats") ||
            !str_cut(rest, ':', &id, &key) || !str_is(key, "include") ||
            !jtruth(row->cells->items[i])) {
            continue;
        }
        Str prefix = str_printf(row->arena, "stats:" STR_FMT ":", STR_ARG(id));
        ValueMapBuilder entry = row_members(row, str_to_c(row->arena, prefix), keys);
        set(&entry, "id", value_string(id));
        value_map_set(&stats, id, value_map_end(&entry));
        has_any = true;
    }
    set(&stats, "has_stats", has_stats(row->arena, has_any));
    return value_map_end(&stats);
}

static void read_row(Catalog *catalog, const CatalogRow *row)
{
    static const char *const table_keys[] = {"type",    "schema", "name", "database",
                                             "comment", "owner",  NULL};
    static const char *const column_keys[] = {"type", "index", "name", "comment", NULL};
    Str key = relation_key(catalog->arena, row_text(row, "table_database"),
                           row_text(row, "table_schema"), row_text(row, "table_name"));
    CatalogRelation *relation = strmap_find(&catalog->relations, key);
    if (relation == NULL) {
        return;
    }
    if (!relation->is_found) {
        ValueMapBuilder metadata = row_members(row, "table_", table_keys);
        relation->is_found = true;
        relation->metadata = value_map_end(&metadata);
        relation->stats = row_stats(row);
    }
    ValueMapBuilder column = row_members(row, "column_", column_keys);
    value_map_set(&relation->columns, row_text(row, "column_name"), value_map_end(&column));
}

/* ---- Asking ---- */

static CatalogDatabase *database_of(Arena *arena, JHeap *heap, StrMap *databases, Str name)
{
    Str key = str_lower_ascii(arena, name);
    CatalogDatabase *database = strmap_find(databases, key);
    if (database == NULL) {
        database = ARENA_NEW(arena, CatalogDatabase);
        *database = (CatalogDatabase){.name = name,
                                      .relations = jlist_new(heap, 0),
                                      .schemas = jlist_new(heap, 0),
                                      .known_schemas = strmap_init(arena)};
        strmap_set(databases, key, database);
    }
    return database;
}

static StrMap databases_of(const Catalog *catalog, JHeap *heap)
{
    StrMap databases = strmap_init(catalog->arena);
    for (STRMAP_EACH(entry, &catalog->relations)) {
        const RelationName *name = &((const CatalogRelation *)entry->value)->name;
        CatalogDatabase *database = database_of(catalog->arena, heap, &databases, name->database);
        jlist_append(database->relations, relation_object(heap, name));
        if (!strmap_has(&database->known_schemas, name->schema)) {
            strmap_set(&database->known_schemas, name->schema, NULL);
            jlist_append(database->schemas, jstr_value(heap, name->schema));
        }
    }
    return databases;
}

static Error *read_database(Catalog *catalog, Worker *worker, const CatalogDatabase *database,
                            bool one_by_one)
{
    NodeRun run = run_begin(worker, NULL);
    Context ctx = compile_context(worker, NULL, &run);
    RelationName schema = relation_name(database->name, STR("information_schema"), (Str){0});
    schema.included = PART_DATABASE | PART_SCHEMA;
    const JValue args[] = {relation_object(jinja_heap(worker->state), &schema),
                           jlist_value(one_by_one ? database->relations : database->schemas)};
    TableParts table = {0};
    Error *err =
        macro_call_table(worker, &ctx, one_by_one ? "get_catalog_relations" : "get_catalog", args,
                         ARRAY_LEN(args), &table);
    node_run_rollback(&run);
    TRY(err);
    for (size_t i = 0; i < jlist_len(table.rows); i++) {
        CatalogRow row = {.s = worker->state,
                          .arena = catalog->arena,
                          .table = &table,
                          .cells = table_row_cells(table.rows->items[i])};
        read_row(catalog, &row);
    }
    return NULL;
}

static Error *read_catalog(Catalog *catalog, Worker *worker, bool by_relation)
{
    bool one_by_one = by_relation && catalog->relations.len <= RELATIONS_ASKED_ONE_BY_ONE;
    StrMap databases = databases_of(catalog, jinja_heap(worker->state));
    for (STRMAP_EACH(entry, &databases)) {
        TRY(read_database(catalog, worker, entry->value, one_by_one));
    }
    return NULL;
}

/* ---- Writing ---- */

static void add_entries(Catalog *catalog, CatalogRelation *relation)
{
    Value columns = value_map_end(&relation->columns);
    for (VEC_EACH(const NodePtr, it, &relation->nodes)) {
        ValueMapBuilder map = value_map_begin(catalog->arena);
        set(&map, "metadata", relation->metadata);
        set(&map, "columns", columns);
        set(&map, "stats", relation->stats);
        set(&map, "unique_id", value_string((*it)->unique_id));
        CatalogEntry entry = {.node = *it, .value = value_map_end(&map)};
        VEC_PUSH(catalog->arena, &catalog->entries, entry);
    }
}

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

Error *catalog_write(const Session *session, Worker *worker, const NodeSet *only, bool by_relation,
                     Str *out_path)
{
    AUTO_FREE(arena) Arena *arena = arena_new("catalog.json");
    AUTO_FREE(json_file) JsonFile *file = NULL;
    Catalog catalog = catalog_new(session, arena, only);
    if (worker != NULL) {
        TRY_WRAP(read_catalog(&catalog, worker, by_relation), "reading the catalog");
    }
    for (STRMAP_EACH(entry, &catalog.relations)) {
        CatalogRelation *relation = entry->value;
        if (relation->is_found) {
            add_entries(&catalog, relation);
        }
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
