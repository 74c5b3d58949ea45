/* transform/context/table_methods.h - tables of results made from others: what agate's Table offers
 * besides its rows and columns. Shared by table_object.c, which knows the layout, and
 * table_methods.c. */
#ifndef TRANSFORM_CONTEXT_TABLE_METHODS_H
#define TRANSFORM_CONTEXT_TABLE_METHODS_H

#include "jinja/jinja.h"

/* args[0] is the table. Ends with a row without a name. */
extern const JBuiltin table_methods[];

/* What a table consists of; borrowed from it. */
typedef struct TableParts {
    JTuple *names;
    const JList *rows; /* of row objects */
    JTuple *types;     /* NULL: nobody asked for them */
} TableParts;

bool table_is(JValue value);
/* The value must be a table; rows that were left for later are read now. */
MUST_CHECK Error *table_parts(JinjaState *s, JValue table, TableParts *out);
/* The cells of a row object. */
JTuple *table_row_cells(JValue row);

#endif
