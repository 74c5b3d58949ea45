/* source/file/file_head.h - the beginning of a file, unpacked, for looking into it. */
#ifndef SOURCE_FILE_FILE_HEAD_H
#define SOURCE_FILE_FILE_HEAD_H

#include "source/source.h"

typedef struct FileHead {
    Str bytes;
    bool is_whole; /* the file has nothing beyond them */
} FileHead;

/* Reads at most `limit` bytes, after unpacking. ERR_INPUT when the file is not packed as its name
 * says. */
MUST_CHECK Error *file_head_read(Arena *arena, const SourceFile *file, size_t limit, FileHead *out);

#endif
