/* transform/parse/shape.h - entries of property files brought into the shape that artifacts have:
 * the keys of a table in its order, with their defaults, everything else refused. What describes an
 * entry is data: a Shape per kind of map. */
#ifndef TRANSFORM_PARSE_SHAPE_H
#define TRANSFORM_PARSE_SHAPE_H

#include "base/error.h"
#include "base/str.h"
#include "value/value.h"

/* What a key takes, and what becomes of it. */
typedef enum ShapeKind {
    SHAPE_TEXT,
    SHAPE_BOOL,
    SHAPE_INT,
    SHAPE_NUMBER,
    SHAPE_MAP,         /* any map, as it is */
    SHAPE_ANY,         /* anything, as it is */
    SHAPE_SCALAR,      /* a text, true, false or a whole number; in the result a text */
    SHAPE_TEXTS,       /* a list of texts */
    SHAPE_WORD,        /* one of `of`, a ShapeWords; in the result in lower case */
    SHAPE_PART,        /* a map of the Shape `of` */
    SHAPE_NAMED_PART,  /* the same, or a text: its `name` alone */
    SHAPE_PARTS,       /* a list of them */
    SHAPE_NAMED_PARTS, /* a list of them */
    SHAPE_WINDOW,      /* "7 days"; in the result {count, granularity} */
    SHAPE_FILTER,      /* a text or a list of texts; in the result {where_filters} */
    SHAPE_META,        /* a `config`; in the result its `meta` over that of the whole entry */
    SHAPE_SWITCH,      /* true or false; in the result always false, as dbt has it */
    SHAPE_MADE,        /* nothing; the result has it for others to fill in */
} ShapeKind;

typedef struct ShapeWords {
    const char *name; /* as messages call the choice */
    const char *const *words;
} ShapeWords;

typedef struct ShapeField {
    const char *key; /* NULL ends the table */
    ShapeKind kind;
    const char *preset; /* "null", "false", "[]", "{}" or a text; NULL = the key must be there */
    const void *of;     /* Shape or ShapeWords, for the kinds that say so */
} ShapeField;

typedef struct Shape {
    const ShapeField *fields;
} Shape;

/* What reading an entry needs beside it. */
typedef struct ShapeInput {
    Arena *arena;      /* for the result */
    const Value *meta; /* what SHAPE_META starts from; may be NULL */
    Str file;          /* for messages */
} ShapeInput;

/* Puts the entry's map into *out. ERR_CONFIG "at path ['label']: ..." in the words of a JSON
 * schema; other mistakes in those of dbt, as an error of class "dbt". */
MUST_CHECK Error *shape_read(const ShapeInput *input, const Shape *shape, const Value *entry,
                             Value *out);

/* The words of a granularity of time, "nanosecond" to "year", ending with NULL. */
extern const char *const shape_granularities[];
/* Whether the list, which ends with NULL, has the word in any case. */
bool shape_has_word(const char *const *words, Str word);

#endif
