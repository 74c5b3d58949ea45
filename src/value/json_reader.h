/* value/json_reader.h - JSON to a Value (yyjson does the reading). Integers of any size are exact:
 * what does not fit int64_t becomes a BIG_INT. Of a key given twice the later value counts. */
#ifndef VALUE_JSON_READER_H
#define VALUE_JSON_READER_H

#include "value/reading.h"

/* Reads one document. The tree lives in `arena` and keeps `text` by reference, for showing lines in
 * messages. ERR_CONFIG "path:line:column: ..." for what is not JSON, ERR_LIMIT beyond a ceiling. */
MUST_CHECK Error *json_read(Arena *arena, Str text, const ReadOptions *options, const Value **out);

/* JSON lines: a document per line, blank lines do not count. */
typedef struct JsonLines {
    Str rest;
    unsigned line; /* number of the line read last */
    ReadOptions options;
} JsonLines;

JsonLines json_lines(Str text, const ReadOptions *options);
/* The next document, or NULL at the end. After an error the next call goes on with the next line.
 */
MUST_CHECK Error *json_lines_next(JsonLines *lines, Arena *arena, const Value **out);

#endif
