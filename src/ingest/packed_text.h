/* ingest/packed_text.h - text as dlt keeps it in a column when it is long: deflated (zlib, level 9)
 * and in base64. Thread-safe. */
#ifndef INGEST_PACKED_TEXT_H
#define INGEST_PACKED_TEXT_H

#include "base/error.h"
#include "base/str.h"

Str pack_text(Arena *arena, Str text);
/* The text of a column, packed or plain: what is not base64 of a zlib stream is given as it is.
 * ERR_LIMIT when more than `limit` bytes come out. */
MUST_CHECK Error *unpack_text(Arena *arena, Str packed, size_t limit, Str *out_text);

#endif
