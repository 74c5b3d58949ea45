/* transform/artifact/json_file.h - a large JSON document written member by member, so that it never
 * stands in memory whole: Python's separators, one line. The file takes its place when all is
 * written.
 *
 *     json_file_begin(file, STR("nodes"));
 *     json_file_member(file, id, &value);
 *     json_file_end(file);
 *
 * The first error is kept and given back by json_file_finish(). One thread. */
#ifndef TRANSFORM_ARTIFACT_JSON_FILE_H
#define TRANSFORM_ARTIFACT_JSON_FILE_H

#include "base/fs.h"
#include "value/value.h"

typedef struct JsonFile JsonFile;

/* The root is an object, begun already. */
MUST_CHECK Error *json_file_open(const char *path, JsonFile **out);
/* Frees the file without finishing it; after json_file_finish() too. */
void json_file_free(JsonFile *file);
DEFINE_AUTO_FREE(json_file, JsonFile)

/* For values of members; emptied after each of them. */
Arena *json_file_arena(JsonFile *file);
void json_file_member(JsonFile *file, Str key, const Value *value);
/* An object as a member, and its end. */
void json_file_begin(JsonFile *file, Str key);
void json_file_end(JsonFile *file);
MUST_CHECK Error *json_file_finish(JsonFile *file);

#endif
