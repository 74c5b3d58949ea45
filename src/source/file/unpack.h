/* source/file/unpack.h - a readable copy of a file that the warehouse cannot read as it is:
 * unpacked, or with the two bytes of UTF-16 in the order it expects. */
#ifndef SOURCE_FILE_UNPACK_H
#define SOURCE_FILE_UNPACK_H

#include "source/source.h"

/* Writes the unpacked content to `to`; with `swap_bytes` each pair of bytes is exchanged. */
MUST_CHECK Error *file_unpack(const SourceFile *file, bool swap_bytes, const char *to,
                              const Cancel *cancel);

#endif
