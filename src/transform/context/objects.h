/* transform/context/objects.h - what templates hold besides plain values: relations, columns,
 * tables of results, and objects that are nothing but their methods (adapter, exceptions). Each
 * owns what it refers to, so it may outlive the render it was made in. */
#ifndef TRANSFORM_CONTEXT_OBJECTS_H
#define TRANSFORM_CONTEXT_OBJECTS_H

#include "jinja/jinja.h"
#include "jinja/ops.h"
#include "transform/graph/node.h"
#include "transform/graph/relation.h"

/* ---- Objects of methods ---- */

/* Attributes are functions: rows whose args[0] is the object. `find` (may be NULL) gives those that
 * are not functions, MISSING when there is none; `call` (may be NULL) makes the object itself
 * callable. */
typedef struct ObjectClass {
    const char *name;
    const JBuiltin *methods; /* ends with a row without a name */
    MUST_CHECK Error *(*find)(JinjaState *s, JStr *name, JValue *out);
    MUST_CHECK Error *(*call)(JinjaState *s, const JCall *call, JValue *out);
} ObjectClass;

JValue object_new(JHeap *heap, const ObjectClass *object_class);
/* The row of this name in a table; NULL when there is none. */
const JBuiltin *object_method(const JBuiltin *methods, Str name);

/* The text of an argument. TypeError when it is no str. */
MUST_CHECK Error *object_text_arg(const JCall *call, size_t index, Str *out);

/* ---- Nodes ---- */

/* A node while it is parsed, as macros get it that name its relation: the keys of node_value() as
 * attributes and items. Refers to `node`, which must outlive it. */
JValue node_object(JHeap *heap, Node *node);

/* ---- Relations ---- */

JValue relation_object(JHeap *heap, const RelationName *relation);
/* Its database, schema and identifier as a dict. */
JValue relation_path(JHeap *heap, const RelationName *relation);
/* NULL when the value is no relation. Borrowed from it. */
const RelationName *relation_of(JValue value);
/* TypeError when the argument is no relation. */
MUST_CHECK Error *relation_arg(const JCall *call, size_t index, const RelationName **out);
/* `api.Relation` itself: create() and the names of types. `quoting` are the parts a project quotes.
 */
extern const ObjectClass relation_class_object;

/* ---- Columns ---- */

typedef struct ColumnName {
    Str name;
    Str type; /* as the database writes it */
} ColumnName;

JValue column_object(JHeap *heap, const ColumnName *column);
/* `api.Column`: callable, with its class methods. */
extern const ObjectClass column_class_object;

/* ---- Tables of results ---- */

/* `names`: a tuple of texts; `rows`: a list of tuples of the same length; `types`: the SQL types of
 * the columns as a tuple of texts, NULL where nobody will ask for them. */
JValue table_object(JHeap *heap, JTuple *names, JList *rows, JTuple *types);
/* Rows that are read when a template looks at them: most only want to know how many there are. */
typedef struct TableSource TableSource;
struct TableSource {
    /* Adds the rows, tuples as long as `names`, to `out`. */
    MUST_CHECK Error *(*load)(JinjaState *s, const TableSource *source, JTuple *names, JList *out);
    const void *of; /* what `load` reads; lives as long as the table */
    size_t row_count;
};
JValue table_object_later(JHeap *heap, JTuple *names, JTuple *types, const TableSource *source);
/* A table whose rows nobody looked at yet. */
bool table_is_later(JValue value);
/* The SQL type of a column. TypeError when the value is no table, IndexError when it has no such
 * column; text where the table has no types. */
MUST_CHECK Error *table_column_type(JinjaState *s, JValue table, int64_t index, JValue *out);

#endif
