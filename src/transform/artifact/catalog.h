/* transform/artifact/catalog.h - catalog.json: what the database says of the relations of nodes and
 * sources.
 */
#ifndef TRANSFORM_ARTIFACT_CATALOG_H
#define TRANSFORM_ARTIFACT_CATALOG_H

#include "transform/graph/node_set.h"
#include "transform/run/compile.h"

/* Asks the warehouse of the worker and writes the file. `only` (NULL: all) are the nodes it may
 * tell of. With `by_relation` few relations are asked for one by one (the macro
 * get_catalog_relations), else their schemas (get_catalog). Without a worker the file has no
 * entries. */
MUST_CHECK Error *catalog_write(const Session *session, Worker *worker, const NodeSet *only,
                                bool by_relation, Str *out_path);

#endif
