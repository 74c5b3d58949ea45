/* ingest/normalise/json_cell.h - parsed JSON (yyjson) as cells and as text. Texts that carry a mark
 * of typed_json.h are the values they stand for. Nothing is copied that can be borrowed: cells live
 * as long as the document, what must be made lives in `arena`. Thread-safe for different documents.
 */
#ifndef INGEST_NORMALISE_JSON_CELL_H
#define INGEST_NORMALISE_JSON_CELL_H

#include <yyjson.h>

#include "ingest/normalise/cell.h"

static inline Str json_val_str(yyjson_val *value)
{
    return (Str){yyjson_get_str(value), yyjson_get_len(value)};
}

/* A scalar; an object or a list becomes JSON text. ERR_INPUT for an integer beyond 64 bits. */
MUST_CHECK Error *json_cell(Arena *arena, yyjson_val *value, Cell *out);

/* How a value is written: as it is kept in json columns, or as it is hashed. */
typedef enum JsonForm {
    JSON_FORM_COLUMN, /* keys as they come, marked texts without their mark */
    JSON_FORM_HASH,   /* keys sorted by code point, texts as they are */
} JsonForm;
void json_add_text(StrBuf *buf, yyjson_val *value, JsonForm form);
/* Members of an object whose keys begin with _dlt are left out: what identifies a version of a row.
 */
void json_add_row(StrBuf *buf, yyjson_val *row);

#endif
