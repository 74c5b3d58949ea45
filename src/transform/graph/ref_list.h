/* transform/graph/ref_list.h - references in the order they were met, each once; fast also where a
 * node has thousands. One thread at a time. */
#ifndef TRANSFORM_GRAPH_REF_LIST_H
#define TRANSFORM_GRAPH_REF_LIST_H

#include "base/map.h"
#include "transform/graph/node.h"

/* Adds the reference unless the list has it; true when it was added. `known` belongs to the list:
 * zeroes at first, filled when the list is long; it and the list live in `arena`, the texts of the
 * reference are borrowed. */
bool ref_list_add(Arena *arena, RefCallVec *list, StrMap *known, const RefCall *ref);

#endif
