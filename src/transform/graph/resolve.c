#include "transform/graph/resolve.h"

#include "base/suggest.h"

/* ---- Finding ---- */

static Node *find_in_package(const NameEntry *entries, Str package)
{
    for (const NameEntry *it = entries; it != NULL; it = it->next) {
        if (str_eq(it->node->package, package)) {
            return it->node;
        }
    }
    return NULL;
}

/* The order of 4.6: the package named, or root, own package, any. */
static Node *find_by_name(const Manifest *manifest, const NameEntry *entries, Str own_package,
                          Str wanted_package, bool *out_ambiguous)
{
    *out_ambiguous = false;
    if (wanted_package.len > 0) {
        return find_in_package(entries, wanted_package);
    }
    Node *found = find_in_package(entries, manifest->root_package);
    if (found == NULL) {
        found = find_in_package(entries, own_package);
    }
    if (found == NULL && entries != NULL) {
        *out_ambiguous = entries->next != NULL;
        found = entries->node;
    }
    return found;
}

Error *resolve_ref(const Manifest *manifest, Str package, const RefCall *ref, Node **out_node,
                   bool *out_disabled)
{
    bool ambiguous = false;
    *out_disabled = false;
    AUTO_FREE(arena) Arena *scratch = arena_new("reference");
    Str name = ref->name;
    if (ref->version.len > 0) {
        name = str_printf(scratch, STR_FMT ".v" STR_FMT, STR_ARG(name), STR_ARG(ref->version));
    }
    const NameEntry *entries = manifest_names(&manifest->refables, name);
    Node *found = find_by_name(manifest, entries, package, ref->package, &ambiguous);
    if (ambiguous) {
        const Node *other = entries->next->node;
        return error_new(ERR_TEMPLATE,
                         "When referencing '" STR_FMT "', dbt found nodes in multiple packages: "
                         "'" STR_FMT "', '" STR_FMT "'\nTo fix this, use two-argument 'ref', with "
                         "the package name first: ref('" STR_FMT "', '" STR_FMT "')",
                         STR_ARG(ref->name), STR_ARG(found->unique_id), STR_ARG(other->unique_id),
                         STR_ARG(found->package), STR_ARG(ref->name));
    }
    if (found == NULL) {
        const NameEntry *disabled = manifest_names(&manifest->disabled_names, ref->name);
        *out_disabled = find_by_name(manifest, disabled, package, ref->package, &ambiguous) != NULL;
    }
    *out_node = found;
    return NULL;
}

void resolve_source(const Manifest *manifest, Str package, const SourceCall *call, Node **out_node,
                    bool *out_disabled)
{
    AUTO_FREE(arena) Arena *scratch = arena_new("source name");
    Str key = manifest_source_key(scratch, call->source, call->table);
    bool ambiguous = false;
    const NameEntry *entries = manifest_names(&manifest->source_names, key);
    *out_node = find_by_name(manifest, entries, package, (Str){0}, &ambiguous);
    *out_disabled = *out_node == NULL && manifest_names(&manifest->disabled_names, key) != NULL;
}

/* Names of enabled nodes, then those of disabled ones. */
static void resolve_named(const Manifest *manifest, const StrMap *const names[2], Str package,
                          const NamedCall *call, Node **out_node, bool *out_disabled)
{
    bool ambiguous = false;
    const NameEntry *entries = manifest_names(names[0], call->name);
    const NameEntry *disabled = manifest_names(names[1], call->name);
    *out_node = find_by_name(manifest, entries, package, call->package, &ambiguous);
    *out_disabled = *out_node == NULL &&
                    find_by_name(manifest, disabled, package, call->package, &ambiguous) != NULL;
}

void resolve_metric_call(const Manifest *manifest, Str package, const NamedCall *call,
                         Node **out_node, bool *out_disabled)
{
    const StrMap *const names[] = {&manifest->metric_names, &manifest->disabled_metrics};
    resolve_named(manifest, names, package, call, out_node, out_disabled);
}

void resolve_function_call(const Manifest *manifest, Str package, const NamedCall *call,
                           Node **out_node, bool *out_disabled)
{
    const StrMap *const names[] = {&manifest->function_names, &manifest->disabled_functions};
    resolve_named(manifest, names, package, call, out_node, out_disabled);
}

/* ---- Telling what is missing ---- */

/* "Saved_Query" */
static Str capitalized(Arena *arena, Str word)
{
    char *copy = str_to_c(arena, word);
    for (size_t i = 0; i < word.len; i++) {
        bool first = i == 0 || copy[i - 1] == '_';
        copy[i] =
            first && copy[i] >= 'a' && copy[i] <= 'z' ? (char)(copy[i] - ('a' - 'A')) : copy[i];
    }
    return (Str){copy, word.len};
}

static Str missing_text(Arena *arena, const Node *node, Str kind, Str name, Str extra,
                        bool disabled)
{
    Str type = capitalized(arena, node_type_word(node));
    return str_printf(arena,
                      STR_FMT " '" STR_FMT "' (" STR_FMT ") depends on a " STR_FMT
                              " named '" STR_FMT "'" STR_FMT " which %s",
                      STR_ARG(type), STR_ARG(node->unique_id), STR_ARG(node->original_path),
                      STR_ARG(kind), STR_ARG(name), STR_ARG(extra),
                      disabled ? "is disabled" : "was not found");
}

Str resolve_missing_ref_text(Arena *arena, const Node *node, const RefCall *ref, bool disabled)
{
    StrBuf extra = strbuf_init(arena, 1024);
    if (ref->version.len > 0 && !node_is_test(node)) {
        strbuf_printf(&extra, " with version '" STR_FMT "'", STR_ARG(ref->version));
    }
    /* Tests always say the package, even when none was given: so does dbt. */
    if (ref->package.len > 0 || node_is_test(node)) {
        strbuf_printf(&extra, " in package%s '" STR_FMT "'",
                      node_is_test(node) ? "" : " or project", STR_ARG(ref->package));
    }
    return missing_text(arena, node, STR("node"), ref->name, strbuf_str(&extra), disabled);
}

Str resolve_missing_source_text(Arena *arena, const Node *node, const SourceCall *call,
                                bool disabled)
{
    Str name = manifest_source_key(arena, call->source, call->table);
    return missing_text(arena, node, STR("source"), name, (Str){0}, disabled);
}

Str resolve_missing_function_text(Arena *arena, const Node *node, const NamedCall *call,
                                  bool disabled)
{
    Str extra = {0};
    if (call->package.len > 0 || node_is_test(node)) {
        extra = str_printf(arena, " in package%s '" STR_FMT "'",
                           node_is_test(node) ? "" : " or project", STR_ARG(call->package));
    }
    return missing_text(arena, node, STR("function"), call->name, extra, disabled);
}

static Error *with_nearest(const Node *node, Error *err, const StrMap *names, Str wanted)
{
    Suggestion nearest = suggestion_init(wanted);
    for (STRMAP_EACH(it, names)) {
        suggestion_try(&nearest, it->key);
    }
    if (nearest.name.len == 0) {
        return error_hint(err, "correct the name in " STR_FMT ", or add what it names",
                          STR_ARG(node->original_path));
    }
    return error_hint(err, "did you mean '" STR_FMT "'?", STR_ARG(nearest.name));
}

/* ---- The whole manifest ---- */

typedef struct Resolver {
    Manifest *manifest;
    Arena *arena;
    ResolveWarning warn;
    void *context;
} Resolver;

static bool is_among(const StrVec *ids, Str id)
{
    for (VEC_EACH(const Str, it, ids)) {
        if (str_eq(*it, id)) {
            return true;
        }
    }
    return false;
}

/* True when it is known, else it is noted. Of a node with many parents they are looked up. */
static bool depends_on(Manifest *manifest, const Node *node, Str id)
{
    enum { MANY = 16 };
    ParentSet *parents = &manifest->parents;
    if (node->depends_on.len < MANY) {
        return is_among(&node->depends_on, id);
    }
    if (parents->node != node) {
        *parents = (ParentSet){.node = node, .ids = strmap_init(manifest->arena)};
        for (VEC_EACH(const Str, it, &node->depends_on)) {
            strmap_set(&parents->ids, *it, NULL);
        }
    }
    if (strmap_has(&parents->ids, id)) {
        return true;
    }
    strmap_set(&parents->ids, id, NULL);
    return false;
}

void resolve_add_dependency(Manifest *manifest, Node *node, const Node *parent)
{
    if (!depends_on(manifest, node, parent->unique_id)) {
        VEC_PUSH(manifest->arena, &node->depends_on, parent->unique_id);
    }
}

/* Tests lose what they cannot find and are left out; everything else fails. */
static Error *report_missing(Resolver *resolver, Node *node, Str text, bool disabled,
                             const StrMap *names, Str wanted)
{
    if (!node_is_test(node)) {
        Error *err = error_new(ERR_TEMPLATE, STR_FMT, STR_ARG(text));
        return disabled ? err : with_nearest(node, err, names, wanted);
    }
    if (!disabled) {
        resolver->warn(resolver->context, text);
    }
    node->enabled = false;
    return NULL;
}

static Error *resolve_node(Resolver *resolver, Node *node)
{
    Manifest *manifest = resolver->manifest;
    Node *parent = NULL;
    bool disabled = false;
    for (VEC_EACH(SourceCall, call, &node->sources)) {
        resolve_source(manifest, node->package, call, &parent, &disabled);
        if (parent != NULL) {
            resolve_add_dependency(manifest, node, parent);
            continue;
        }
        Str name = manifest_source_key(resolver->arena, call->source, call->table);
        Str text = resolve_missing_source_text(resolver->arena, node, call, disabled);
        TRY(report_missing(resolver, node, text, disabled, &manifest->source_names, name));
    }
    for (VEC_EACH(RefCall, ref, &node->refs)) {
        TRY(resolve_ref(manifest, node->package, ref, &parent, &disabled));
        if (parent != NULL) {
            resolve_add_dependency(manifest, node, parent);
            continue;
        }
        Str text = resolve_missing_ref_text(resolver->arena, node, ref, disabled);
        TRY(report_missing(resolver, node, text, disabled, &manifest->refables, ref->name));
    }
    return NULL;
}

static Error *resolve_metric_calls(Resolver *resolver, Node *node)
{
    Manifest *manifest = resolver->manifest;
    for (VEC_EACH(const NamedCall, call, &node->metrics)) {
        Node *parent = NULL;
        bool disabled = false;
        resolve_metric_call(manifest, node->package, call, &parent, &disabled);
        if (parent != NULL) {
            resolve_add_dependency(manifest, node, parent);
            continue;
        }
        Str text =
            missing_text(resolver->arena, node, STR("metric"), call->name, (Str){0}, disabled);
        TRY(report_missing(resolver, node, text, disabled, &manifest->metric_names, call->name));
    }
    return NULL;
}

static Error *resolve_function_calls(Resolver *resolver, Node *node)
{
    Manifest *manifest = resolver->manifest;
    for (VEC_EACH(const NamedCall, call, &node->functions)) {
        Node *parent = NULL;
        bool disabled = false;
        resolve_function_call(manifest, node->package, call, &parent, &disabled);
        if (parent != NULL) {
            resolve_add_dependency(manifest, node, parent);
            continue;
        }
        Str text = resolve_missing_function_text(resolver->arena, node, call, disabled);
        TRY(report_missing(resolver, node, text, disabled, &manifest->function_names, call->name));
    }
    return NULL;
}

/* Moves the tests that were switched off meanwhile out of the graph. */
static void drop_disabled(Manifest *manifest)
{
    size_t kept = 0;
    for (size_t i = 0; i < manifest->nodes.len; i++) {
        Node *node = manifest->nodes.data[i];
        if (node->enabled) {
            manifest->nodes.data[kept++] = node;
        } else {
            strmap_remove(&manifest->by_id, node->unique_id);
            VEC_PUSH(manifest->arena, &manifest->disabled, node);
        }
    }
    manifest->nodes.len = kept;
}

Error *manifest_resolve(Manifest *manifest, ResolveWarning warn, void *context)
{
    Resolver resolver = {
        .manifest = manifest, .arena = manifest->arena, .warn = warn, .context = context};
    for (VEC_EACH(NodePtr, it, &manifest->nodes)) {
        TRY(resolve_node(&resolver, *it));
    }
    for (VEC_EACH(NodePtr, it, &manifest->nodes)) {
        if ((*it)->type != RESOURCE_SAVED_QUERY) {
            TRY(resolve_metric_calls(&resolver, *it));
        }
        TRY(resolve_function_calls(&resolver, *it));
    }
    drop_disabled(manifest);
    return NULL;
}

Error *manifest_resolve_queries(Manifest *manifest, ResolveWarning warn, void *context)
{
    Resolver resolver = {
        .manifest = manifest, .arena = manifest->arena, .warn = warn, .context = context};
    for (VEC_EACH(NodePtr, it, &manifest->nodes)) {
        if ((*it)->type == RESOURCE_SAVED_QUERY) {
            TRY(resolve_metric_calls(&resolver, *it));
        }
    }
    return NULL;
}
