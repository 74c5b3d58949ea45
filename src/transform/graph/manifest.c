#include "transform/graph/manifest.h"

Manifest *manifest_new(Arena *arena, Str root_package)
{
    Manifest *manifest = ARENA_NEW(arena, Manifest);
    manifest->arena = arena;
    manifest->root_package = root_package;
    StrMap *const maps[] = {&manifest->by_id,          &manifest->refables,
                            &manifest->source_names,   &manifest->disabled_names,
                            &manifest->metric_names,   &manifest->disabled_metrics,
                            &manifest->macros_by_id,   &manifest->docs,
                            &manifest->function_names, &manifest->disabled_functions};
    for (size_t i = 0; i < ARRAY_LEN(maps); i++) {
        *maps[i] = strmap_init(arena);
    }
    return manifest;
}

const NameEntry *manifest_names(const StrMap *names, Str name)
{
    return strmap_find(names, name);
}

const Node *manifest_legacy_time_spine(const Manifest *manifest)
{
    const NameEntry *found = manifest_names(&manifest->refables, STR("metricflow_time_spine"));
    return found != NULL ? found->node : NULL;
}

Str manifest_source_key(Arena *arena, Str source, Str table)
{
    return str_printf(arena, STR_FMT "." STR_FMT, STR_ARG(source), STR_ARG(table));
}

Node *manifest_find(const Manifest *manifest, Str unique_id)
{
    return strmap_find(&manifest->by_id, unique_id);
}

const Macro *manifest_find_macro(const Manifest *manifest, Str unique_id)
{
    return strmap_find(&manifest->macros_by_id, unique_id);
}

static void add_name(Manifest *manifest, StrMap *names, Str name, Node *node)
{
    NameEntry *entry = ARENA_NEW(manifest->arena, NameEntry);
    entry->node = node;
    NameEntry *last = strmap_find(names, name);
    if (last == NULL) {
        strmap_set(names, name, entry);
        return;
    }
    while (last->next != NULL) {
        last = last->next;
    }
    last->next = entry;
}

/* ---- Names that may be given only once ---- */

static Error *two_nodes_error(Arena *arena, const Node *a, const Node *b)
{
    bool test = a->type == RESOURCE_TEST;
    bool semantic = resource_type_is_semantic(a->type) || a->type == RESOURCE_UNIT_TEST;
    Str plural = test                 ? STR("data_tests")
                 : a->type != b->type ? STR("resources")
                 : semantic           ? resource_type_member(a->type)
                                      : resource_type_plural(a->type);
    Str use = test       ? STR("running tests.")
              : semantic ? str_printf(arena, "looking for " STR_FMT ".", STR_ARG(a->name))
                         : str_printf(arena, "looking for ref(\"" STR_FMT "\").", STR_ARG(a->name));
    Str where = {0};
    if (test && a->test != NULL && a->test->column_name.len > 0) {
        where = str_printf(arena, "defined on column \"" STR_FMT "\" in \"" STR_FMT "\"",
                           STR_ARG(a->test->column_name), STR_ARG(a->test->file_key_name));
    }
    return error_new(ERR_TEMPLATE,
                     "dbt found two " STR_FMT " with the name \"" STR_FMT "\"%s" STR_FMT ".\n\n"
                     "Since these resources have the same name, dbt will be unable to find the "
                     "correct resource\n"
                     "when " STR_FMT "\n\nTo fix this, change the name of one of these resources:\n"
                     "- " STR_FMT " (" STR_FMT ")\n- " STR_FMT " (" STR_FMT ")",
                     STR_ARG(plural), STR_ARG(a->name), where.len > 0 ? " " : "", STR_ARG(where),
                     STR_ARG(use), STR_ARG(a->unique_id), STR_ARG(a->original_path),
                     STR_ARG(b->unique_id), STR_ARG(b->original_path));
}

static Error *mixed_versions_error(const Node *a, const Node *b)
{
    const Node *versioned = node_is_versioned(a) ? a : b, *plain = versioned == a ? b : a;
    return error_as(
        error_new(ERR_CONFIG,
                  "dbt found versioned and unversioned models with the name \"" STR_FMT
                  "\".\n\nSince these resources have the same name, dbt will be unable "
                  "to find the correct resource\nwhen looking for ref('" STR_FMT
                  "').\n\nTo fix this, change the name of the unversioned resource\n" STR_FMT
                  " (" STR_FMT ")\nor add the unversioned model to the versions "
                  "in " STR_FMT,
                  STR_ARG(plain->name), STR_ARG(plain->name), STR_ARG(plain->unique_id),
                  STR_ARG(plain->original_path), STR_ARG(versioned->patch_path)),
        "ParsingError");
}

static Error *check_name(const Manifest *manifest, const Node *node)
{
    const Node *same = strmap_find(&manifest->by_id, node->unique_id);
    for (const NameEntry *it = manifest_names(&manifest->refables, node->name);
         same == NULL && it != NULL && resource_type_is_refable(node->type); it = it->next) {
        bool versions = node_is_versioned(node) && node_is_versioned(it->node);
        bool apart = it->node->type != node->type && !manifest->unique_names;
        same = str_eq(it->node->package, node->package) && !versions && !apart ? it->node : NULL;
    }
    if (same != NULL && node_is_versioned(node) != node_is_versioned(same)) {
        return mixed_versions_error(same, node);
    }
    return same != NULL ? two_nodes_error(manifest->arena, same, node) : NULL;
}

/* Of the nodes of a package that share the name the last one is meant. */
static void add_plain_name(Manifest *manifest, Node *node)
{
    NameEntry *entry = strmap_find(&manifest->refables, node->name);
    while (entry != NULL &&
           (entry->node->type == node->type || !str_eq(entry->node->package, node->package))) {
        entry = entry->next;
    }
    if (entry == NULL) {
        add_name(manifest, &manifest->refables, node->name, node);
        return;
    }
    VEC_PUSH(manifest->arena, &manifest->same_names, (SameName){entry->node, node});
    entry->node = node;
}

/* Of the versions of a model the latest one also has the plain name. */
static void add_refable(Manifest *manifest, Node *node)
{
    if (!node_is_versioned(node) || node_is_latest(node)) {
        add_plain_name(manifest, node);
    }
    if (node_is_versioned(node)) {
        add_name(manifest, &manifest->refables, node_reference_name(manifest->arena, node), node);
    }
}

/* Where names of its type are looked up; NULL for what is never named alone. */
static StrMap *names_of(Manifest *manifest, ResourceType type, bool enabled)
{
    if (type == RESOURCE_METRIC) {
        return enabled ? &manifest->metric_names : &manifest->disabled_metrics;
    }
    if (type == RESOURCE_FUNCTION) {
        return enabled ? &manifest->function_names : &manifest->disabled_functions;
    }
    if (type != RESOURCE_SOURCE && !resource_type_is_refable(type)) {
        return NULL;
    }
    return !enabled                  ? &manifest->disabled_names
           : type == RESOURCE_SOURCE ? &manifest->source_names
                                     : &manifest->refables;
}

Error *manifest_add_node(Manifest *manifest, Node *node)
{
    Str name = node->name;
    if (node->type == RESOURCE_SOURCE) {
        name = manifest_source_key(manifest->arena, node->source->source_name, node->name);
    }
    StrMap *names = names_of(manifest, node->type, node->enabled);
    if (!node->enabled) {
        VEC_PUSH(manifest->arena, &manifest->disabled, node);
    } else {
        TRY(check_name(manifest, node));
        VEC_PUSH(manifest->arena, &manifest->nodes, node);
        strmap_set(&manifest->by_id, node->unique_id, node);
    }
    if (names == &manifest->refables) {
        add_refable(manifest, node);
    } else if (names != NULL) {
        add_name(manifest, names, name, node);
    }
    return NULL;
}

Error *manifest_add_macro(Manifest *manifest, Macro *macro)
{
    const Macro *same = strmap_find(&manifest->macros_by_id, macro->unique_id);
    if (same != NULL) {
        bool one_file = str_eq(same->path, macro->path);
        return error_new(ERR_TEMPLATE,
                         "dbt found multiple macros named \"" STR_FMT "\" in the project \"" STR_FMT
                         "\".\n All macros require unique names, to fix this error rename or "
                         "remove any\nduplicates. They can be found in these files:\n    - " STR_FMT
                         "%s" STR_FMT,
                         STR_ARG(macro->name), STR_ARG(macro->package), STR_ARG(macro->path),
                         one_file ? "" : "\n    - ", STR_ARG(one_file ? STR("") : same->path));
    }
    macro->index = manifest->macros.len;
    VEC_PUSH(manifest->arena, &manifest->macros, macro);
    strmap_set(&manifest->macros_by_id, macro->unique_id, macro);
    return NULL;
}

/* ---- Relations ---- */

static Error *check_relations(Manifest *manifest)
{
    StrMap relations = strmap_init(manifest->arena);
    for (VEC_EACH(NodePtr, it, &manifest->nodes)) {
        Node *node = *it;
        if (!node_is_relational(node)) {
            continue;
        }
        const Node *same = strmap_set(&relations, node->relation_name, node);
        if (same != NULL) {
            return error_new(
                ERR_TEMPLATE,
                "dbt found two resources with the database representation \"" STR_FMT "\".\n"
                "dbt cannot create two resources with identical database representations. To fix "
                "this,\nchange the configuration of one of these resources:\n"
                "- " STR_FMT " (" STR_FMT ")\n- " STR_FMT " (" STR_FMT ")",
                STR_ARG(node->relation_name), STR_ARG(same->unique_id),
                STR_ARG(same->original_path), STR_ARG(node->unique_id),
                STR_ARG(node->original_path));
        }
    }
    return NULL;
}

Error *manifest_finish(Manifest *manifest)
{
    TRY(check_relations(manifest));
    for (size_t i = 0; i < manifest->nodes.len; i++) {
        manifest->nodes.data[i]->index = i;
    }
    return NULL;
}
