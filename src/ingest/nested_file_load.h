/* ingest/nested_file_load.h - files whose lists and objects become tables and columns as dlt makes
 * them ("nested: tables", dango.md 5.8): the way of streams (load/run.h) for rows, that of files
 * (file_load.h) for what is new, changed and gone. Each root row says which file it is of, in
 * columns of its own. */
#ifndef INGEST_NESTED_FILE_LOAD_H
#define INGEST_NESTED_FILE_LOAD_H

#include "ingest/file_load.h"

/* As file_load_run(). `package_directory` is of this load alone. */
MUST_CHECK Error *nested_file_load_run(const FileLoad *load, Str package_directory,
                                       FileLoadResult *out);

#endif
