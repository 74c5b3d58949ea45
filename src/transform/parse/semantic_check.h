/* transform/parse/semantic_check.h - mistakes in metrics and semantic models that only show when
 * all are read, told one after the other in the words of dbt. */
#ifndef TRANSFORM_PARSE_SEMANTIC_CHECK_H
#define TRANSFORM_PARSE_SEMANTIC_CHECK_H

#include "transform/session.h"

typedef struct SemanticCheck {
    const Session *session;
    const Manifest *manifest;
    Arena *arena; /* of the check */
    size_t errors;
} SemanticCheck;

/* Tells of a mistake and counts it; one that only warns is not counted. */
void semantic_fail(SemanticCheck *check, const char *format, ...) PRINTF_LIKE(2, 3);
void semantic_warn(SemanticCheck *check, const char *format, ...) PRINTF_LIKE(2, 3);

/* The text of a key of a map; empty without one. */
Str semantic_text(const Value *map, const char *key);
/* The part of that name in a list of the semantic model ("measures"), or NULL. */
const Value *semantic_part(const Node *model, const char *list, Str name);
/* What a name may be. */
void semantic_check_name(SemanticCheck *check, Str name);

/* metric_check.c: the same of one metric and of one saved query. */
void semantic_check_metric(SemanticCheck *check, const Node *metric);
void semantic_check_query(SemanticCheck *check, const Node *query);

#endif
