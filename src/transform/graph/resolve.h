/* transform/graph/resolve.h - what ref(), source(), metric() and function() mean: from the names a
 * node gives to the nodes they stand for. Reads the manifest only. */
#ifndef TRANSFORM_GRAPH_RESOLVE_H
#define TRANSFORM_GRAPH_RESOLVE_H

#include "transform/graph/manifest.h"

/* The node a reference from a node of `package` stands for. *out_node is NULL when none is found;
 * *out_disabled then says that there is one, but disabled. ERR_TEMPLATE when two packages offer the
 * name. */
MUST_CHECK Error *resolve_ref(const Manifest *manifest, Str package, const RefCall *ref,
                              Node **out_node, bool *out_disabled);
void resolve_source(const Manifest *manifest, Str package, const SourceCall *call, Node **out_node,
                    bool *out_disabled);

void resolve_metric_call(const Manifest *manifest, Str package, const NamedCall *call,
                         Node **out_node, bool *out_disabled);
void resolve_function_call(const Manifest *manifest, Str package, const NamedCall *call,
                           Node **out_node, bool *out_disabled);
/* Unless the node depends on it already. */
void resolve_add_dependency(Manifest *manifest, Node *node, const Node *parent);

/* A warning about a test that refers to what is not there. */
typedef void (*ResolveWarning)(void *context, Str message);

/* Fills depends_on of all enabled nodes from their refs and sources. A model that refers to nothing
 * is ERR_TEMPLATE with the nearest known name as hint; a test that does is reported and disabled.
 */
MUST_CHECK Error *manifest_resolve(Manifest *manifest, ResolveWarning warn, void *context);

/* The same for the metrics of saved queries, after those are resolved themselves. */
MUST_CHECK Error *manifest_resolve_queries(Manifest *manifest, ResolveWarning warn, void *context);

/* "Model 'model.x.b' (models/b.sql) depends on a node named 'zz' which was not found" */
Str resolve_missing_ref_text(Arena *arena, const Node *node, const RefCall *ref, bool disabled);
Str resolve_missing_source_text(Arena *arena, const Node *node, const SourceCall *call,
                                bool disabled);
Str resolve_missing_function_text(Arena *arena, const Node *node, const NamedCall *call,
                                  bool disabled);

#endif
