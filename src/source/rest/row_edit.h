/* source/rest/row_edit.h - rows changed before they are handed on: fields of the parent's row added
 * (include_from_parent), and `processing_steps` as far as YAML can say them:
 *
 *     - filter: "state == 'open' & @.comments > 0"     # a condition of value/json_filter.h
 *     - map: {author: user.login, user: null}          # key: a path in the row, or null: left out
 *
 * A changed row is made of the values of the old one; nothing is parsed or copied twice. */
#ifndef SOURCE_REST_ROW_EDIT_H
#define SOURCE_REST_ROW_EDIT_H

#include <yyjson.h>

#include "value/json_path.h"
#include "value/value.h"

typedef struct RowSteps RowSteps;

/* NULL config: no steps, *out is NULL. ERR_CONFIG, with what to do for a step that is Python. */
MUST_CHECK Error *row_steps_read(Arena *arena, const Value *config, const RowSteps **out);
/* Applies all steps to the rows, in place. */
MUST_CHECK Error *row_steps_apply(const RowSteps *steps, Arena *arena, JsonMatches *rows);

/* A field that is set; a NULL value takes the key away. */
typedef struct RowField {
    Str key;
    yyjson_val *value;
} RowField;
typedef VEC(RowField) RowFieldVec;

/* `row`, an object, with these fields: replaced where they stand, others at the end. Texts are
 * shared with what they were made from. ERR_LIMIT. */
MUST_CHECK Error *row_with_fields(Arena *arena, yyjson_val *row, const RowFieldVec *fields,
                                  yyjson_val **out);
/* A copy of a value with its texts. */
MUST_CHECK Error *row_copy_value(Arena *arena, yyjson_val *value, yyjson_val **out);

#endif
