/* transform/parse/generic_test.h - tests that property files ask for: how an entry such as
 *     - accepted_values: {arguments: {values: [a, b]}, config: {severity: warn}}
 * is read, and the names and ids dbt makes for it, on which stored failures and state depend. */
#ifndef TRANSFORM_PARSE_GENERIC_TEST_H
#define TRANSFORM_PARSE_GENERIC_TEST_H

#include "base/error.h"
#include "transform/graph/node.h"

/* What the entry stands at. */
typedef struct TestTarget {
    Str yaml_path;  /* "models/schema.yml", for messages */
    Str name;       /* model name, or "source_table" for a source */
    Str model_text; /* "{{ get_where_subquery(ref('orders')) }}" */
    bool is_source;
    Str column;      /* as it goes into SQL; empty for a test of the whole relation */
    Str column_name; /* as named in the property file */
    bool flat;       /* arguments stand beside the other keys, and `arguments` is one of them */
} TestTarget;

/* How an entry is written, as far as that is deprecated. */
typedef struct TestHabits {
    Str test;                   /* as the entry names it */
    StrVec moved;               /* keys that belong into `config` */
    bool bare_arguments;        /* beside the other keys, not below `arguments` */
    const Value *own_arguments; /* an argument called `arguments`, which may be more by now */
} TestHabits;

/* An entry, understood. */
typedef struct TestSpec {
    Str name;       /* of the test: the custom one, or the full synthesised one */
    Str short_name; /* at most 63 characters: of the file, and the alias */
    Str macro_name;
    Str macro_package;   /* "dbt_utils" of "dbt_utils.expression_is_true"; may be empty */
    const Value *kwargs; /* map: the arguments, then "column_name" on a column, then "model" */
    const Value *config; /* map; `alias` is in it when the name was shortened */
    Str description;
    Str id_hash; /* the 10 digits at the end of the unique_id */
    Str raw_code;
    TestHabits habits;
} TestSpec;

/* ERR_CONFIG with the entry's place for what is no test. */
MUST_CHECK Error *generic_test_read(Arena *arena, const Value *entry, const TestTarget *target,
                                    TestSpec *out_spec);
/* Gives the test another configuration. */
void generic_test_configure(Arena *arena, TestSpec *spec, const Value *config);

#endif
