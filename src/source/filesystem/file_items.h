/* source/filesystem/file_items.h - the files of a folder as rows, as dlt's `filesystem` lists them:
 *
 *     file_name, relative_path, file_url, mime_type, modification_date, size_in_bytes, encoding */
#ifndef SOURCE_FILESYSTEM_FILE_ITEMS_H
#define SOURCE_FILESYSTEM_FILE_ITEMS_H

#include "base/error.h"
#include "base/fs.h"
#include "value/column.h"

typedef struct FileItems {
    FsEntryVec files; /* sorted by path; hidden ones are left out */
    Chunk chunk;      /* a row for each */
} FileItems;

/* Those below `root` whose path from there matches `glob`. In `arena`. */
MUST_CHECK Error *file_items_list(Arena *arena, Str root, Str glob, FileItems *out);
/* "gzip" or "zstd" by the name; empty for what is not packed. */
Str file_encoding(Str name);

#endif
