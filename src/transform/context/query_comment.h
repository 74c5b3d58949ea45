/* transform/context/query_comment.h - the comment that tells in the database's own logs where a
 * statement comes from: `query-comment` of the root project, or what dbt writes without one. */
#ifndef TRANSFORM_CONTEXT_QUERY_COMMENT_H
#define TRANSFORM_CONTEXT_QUERY_COMMENT_H

#include "base/arena.h"
#include "base/error.h"

typedef struct QueryComment {
    Str text;  /* with its marks; empty for none */
    bool last; /* behind the statement */
} QueryComment;

typedef struct Worker Worker;
typedef struct Node Node;

/* For the statements of a node, or of the run where it is NULL; the text lies in the worker's
 * scratch arena. ERR_CONFIG for a comment that would end itself. */
MUST_CHECK Error *query_comment_make(Worker *worker, const Node *node, QueryComment *out);
/* The statement with the comment, in `arena`. */
Str query_comment_add(Arena *arena, const QueryComment *comment, Str sql);

#endif
