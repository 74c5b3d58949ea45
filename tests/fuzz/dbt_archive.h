/* tests/fuzz/dbt_archive.h - bytes as a small directory of files: "=== name" stands in front of
 * each one's text. The directory is in memory where the system has such a place. */
#ifndef TESTS_FUZZ_DBT_ARCHIVE_H
#define TESTS_FUZZ_DBT_ARCHIVE_H

#include "transform/transform.h"

typedef struct Archive {
    Str directory;
    StrVec names;
    StrVec texts;
} Archive;

/* Writes the files; names that would leave the directory are passed over. False for what is not
 * worth trying: text that is not UTF-8 is, paths of a project that lead elsewhere are not. */
bool archive_unpack(Arena *arena, Str text, Archive *out);
void archive_remove(const Archive *archive);
/* Empty when there is no such file. */
Str archive_text(const Archive *archive, const char *name);

/* All output is thrown away; a deadline stops templates that do not end. */
TransformOptions archive_options(Arena *arena, const Archive *archive, Cancel *cancel);
Reporter archive_reporter(void);

#endif
