/* transform/run/cte.h - ephemeral models inside the queries that use them, as common table
 * expressions.
 */
#ifndef TRANSFORM_RUN_CTE_H
#define TRANSFORM_RUN_CTE_H

#include "base/error.h"
#include "base/str.h"
#include "base/vec.h"

typedef struct Cte {
    Str id;   /* unique_id of the ephemeral model */
    Str name; /* "__dbt__cte__users" */
    Str sql;
} Cte;
typedef VEC(Cte) CteVec;

/* "__dbt__cte__users"; between quotes where the name would not be one without. */
Str cte_name(Arena *arena, Str model);
/* The expression as it stands in the list of WITH. */
Str cte_text(Arena *arena, const Cte *cte);
/* `sql` with the expressions in front, inside its own WITH clause if it begins with one. ERR_LIMIT
 * beyond LIMIT_RENDER_BYTES. */
MUST_CHECK Error *cte_inject(Arena *arena, Str sql, const CteVec *ctes, Str *out);

#endif
