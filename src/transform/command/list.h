/* transform/command/list.h - how ls writes a node. */
#ifndef TRANSFORM_COMMAND_LIST_H
#define TRANSFORM_COMMAND_LIST_H

#include "transform/graph/node.h"
#include "transform/transform.h"

/* One line without its end, in `arena`. `keys` (may be empty) are those of LIST_JSON, dotted into
 * maps. */
Str list_line(Arena *arena, const Node *node, ListOutput output, const StrVec *keys);

#endif
