/* transform/graph/node_value.h - nodes and macros as documents, with the keys and their order of
 * dbt's manifest: what `graph` shows, what ls --output json and manifest.json write. */
#ifndef TRANSFORM_GRAPH_NODE_VALUE_H
#define TRANSFORM_GRAPH_NODE_VALUE_H

#include "transform/graph/node.h"

/* A map in `arena`, sharing what it can with the node. */
Value node_value(Arena *arena, const Node *node);
/* The same as `model` shows it: without the fields that are null. */
Value node_model_value(Arena *arena, const Node *node);
/* One key of the whole, without making the rest. False when such a node has none of that name. */
bool node_value_field(Arena *arena, const Node *node, Str key, Value *out);
Value group_value(Arena *arena, const Group *group);
Value macro_value(Arena *arena, const Macro *macro);

#endif
