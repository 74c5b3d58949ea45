/* source/file/nul_scan.h - NUL bytes in text. A database would load them as characters that most
 * programs take for the end of the text; they come from damaged and half-written files. */
#ifndef SOURCE_FILE_NUL_SCAN_H
#define SOURCE_FILE_NUL_SCAN_H

#include <stdint.h>

#include "base/thread.h"
#include "source/source.h"

/* The line, from 1, of the first NUL byte at or behind `from`; 0 when there is none. At memory
 * speed; the file must not be packed. */
MUST_CHECK Error *nul_scan(const SourceFile *file, uint64_t from, const Cancel *cancel,
                           size_t *out_line);

#endif
