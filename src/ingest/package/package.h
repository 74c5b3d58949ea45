/* ingest/package/package.h - the rows of a load between fetching and committing, on disk: so that
 * nothing that was fetched is lost when the process dies, and the warehouse is open only while it
 * is written to. A package is a directory; threads write files of frames into it, and at last, when
 * all of them are on the disk for good, package.json says that it counts:
 *
 *     .dango/state/packages/<load_id>/rows-0.frames, rows-1.frames, package.json
 *
 * A directory without package.json is what a process that died left of an unfinished fetch. */
#ifndef INGEST_PACKAGE_PACKAGE_H
#define INGEST_PACKAGE_PACKAGE_H

#include "ingest/normalise/normaliser.h"
#include "ingest/package/frame.h"

/* ---- Writing ---- */

/* One thread's file. */
typedef struct PackageWriter PackageWriter;

/* Makes the directory if it is missing. Closing without package_writer_finish() leaves a file that
 * does not count. */
MUST_CHECK Error *package_writer_open(Str directory, unsigned number, PackageWriter **out);
void package_writer_free(PackageWriter *writer);
DEFINE_AUTO_FREE(package_writer, PackageWriter)
/* Writes all rows the normaliser holds, also those it rejected; clear it afterwards. */
MUST_CHECK Error *package_writer_add(PackageWriter *writer, const Normaliser *normaliser);
/* Brings the file to the disk for good. */
MUST_CHECK Error *package_writer_finish(PackageWriter *writer);

/* ---- Reading ---- */

/* The rows of one table. */
typedef struct PackageTable {
    Str name;
    VEC(Frame) frames;
    uint64_t row_count;
} PackageTable;

/* All files of a package, mapped. */
typedef struct Package {
    Arena *arena;
    StrMap tables;          /* to PackageTable * */
    PackageTable *rejected; /* normalise/rejected.h; NULL: there are none */
    uint64_t byte_count;
} Package;

/* Unmapped with the arena. ERR_INPUT when a file is damaged. */
MUST_CHECK Error *package_open(Arena *arena, Str directory, Package *out);
/* NULL when no row of that table came. */
const PackageTable *package_table(const Package *package, Str name);

#endif
