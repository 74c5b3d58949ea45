/* transform/context/failure.h - how what goes wrong in a template is told: in dbt's words, with the
 * macros it came through.
 *
 * dbt knows three kinds. Faults of the language (a wrong type, something undefined) are caught in
 * the innermost macro, which is then not named itself; other faults of Python pass all macros
 * without a trace; what dbt raises itself names every macro on its way. */
#ifndef TRANSFORM_CONTEXT_FAILURE_H
#define TRANSFORM_CONTEXT_FAILURE_H

#include "transform/context/context.h"

/* Notes that `err` came out of the macro, innermost first; NULL is nothing. */
void failure_left_macro(Context *ctx, const Macro *macro, const Error *err);
/* What failed in `inner` is the failure of `ctx`, and of this node. */
void failure_blame(Context *ctx, const Context *inner, const Node *node);

/* "Compilation Error in model b (models/b.sql)" and the indented text of `err`, with the macros it
 * came through. */
Str failure_text(const Context *ctx, Arena *arena, const Error *err);

#endif
