#include "unit/transform/small_manifest.h"

#include "base/fs.h"

static void add_parents(Arena *arena, Node *node, const char *parents)
{
    Str word;
    for (Str rest = str_from(parents); str_next_piece(&rest, ' ', &word);) {
        if (word.len > 0) {
            VEC_PUSH(arena, &node->depends_on, word);
        }
    }
}

static void set_fqn(Arena *arena, Node *node, Str path)
{
    Str piece;
    VEC_PUSH(arena, &node->fqn, STR("x"));
    for (Str rest = path; str_next_piece(&rest, '/', &piece);) {
        VEC_PUSH(arena, &node->fqn, piece);
    }
}

static const Value *config_of(Arena *arena, const char *materialized)
{
    ValueMapBuilder builder = value_map_begin(arena);
    value_map_set(&builder, STR("materialized"), value_string(str_from(materialized)));
    Value *config = ARENA_NEW(arena, Value);
    *config = value_map_end(&builder);
    return config;
}

static Node *add(Arena *arena, ResourceType type, const char *id, const char *path,
                 const char *parents, const char *materialized)
{
    Node *node = ARENA_NEW(arena, Node);
    node->type = type;
    node->unique_id = str_from(id);
    node->package = STR("x");
    node->name = fs_base_name(str_from(path));
    node->enabled = true;
    node->config = config_of(arena, materialized);
    node->original_path = str_printf(arena, "models/%s.sql", path);
    node->relation_name = node->unique_id;
    set_fqn(arena, node, str_from(path));
    add_parents(arena, node, parents);
    return node;
}

Node *small_model(Arena *arena, Manifest *manifest, const char *path, const char *parents)
{
    Str name = fs_base_name(str_from(path));
    Str id = str_printf(arena, "model.x." STR_FMT, STR_ARG(name));
    Node *node = add(arena, RESOURCE_MODEL, str_to_c(arena, id), path, parents, "view");
    CHECK(manifest_add_node(manifest, node) == NULL);
    return node;
}

static void add_source(Arena *arena, Manifest *manifest)
{
    Node *source = add(arena, RESOURCE_SOURCE, "source.x.raw.events", "staging/raw/events", "", "");
    SourceInfo *info = ARENA_NEW(arena, SourceInfo);
    info->source_name = STR("raw");
    info->identifier = STR("events");
    source->source = info;
    CHECK(manifest_add_node(manifest, source) == NULL);
}

static void add_test(Arena *arena, Manifest *manifest, const char *name, const char *id,
                     const char *parents)
{
    Str path = str_printf(arena, "staging/%s", name);
    Node *test = add(arena, RESOURCE_TEST, id, str_to_c(arena, path), parents, "test");
    TestInfo *info = ARENA_NEW(arena, TestInfo);
    info->macro_name = str_slice(str_from(name), 0, str_find(str_from(name), STR("_stg"), 0));
    test->test = info;
    CHECK(manifest_add_node(manifest, test) == NULL);
}

Manifest *small_manifest(Arena *arena)
{
    Manifest *manifest = manifest_new(arena, STR("x"));
    Node *events = small_model(arena, manifest, "staging/stg_events", "source.x.raw.events");
    VEC_PUSH(arena, &events->tags, STR("nightly"));
    small_model(arena, manifest, "staging/stg_users", "");
    Node *revenue = small_model(arena, manifest, "marts/finance/revenue",
                                "model.x.stg_events model.x.stg_users");
    revenue->config = config_of(arena, "table");
    small_model(arena, manifest, "marts/finance/report", "model.x.revenue");
    small_model(arena, manifest, "marts/marketing/leads", "model.x.stg_users");
    Node *old = add(arena, RESOURCE_MODEL, "model.x.old", "old", "", "view");
    old->enabled = false;
    CHECK(manifest_add_node(manifest, old) == NULL);
    add_source(arena, manifest);
    add_test(arena, manifest, "not_null_stg_events_id", "test.x.nn", "model.x.stg_events");
    add_test(arena, manifest, "relationships_stg_events_user", "test.x.rel",
             "model.x.stg_events model.x.stg_users");
    CHECK(manifest_finish(manifest) == NULL);
    return manifest;
}
