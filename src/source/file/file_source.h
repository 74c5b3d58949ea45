/* source/file/file_source.h - files on disk: one file, a directory, or what matches a pattern. Two
 * types of sources.yml are served by the same code: `csv`, and `local_files`, which takes every
 * format. */
#ifndef SOURCE_FILE_FILE_SOURCE_H
#define SOURCE_FILE_FILE_SOURCE_H

#include "source/source.h"

extern const SourceDriver source_csv;
extern const SourceDriver source_local_files;

/* "CSV", "JSON", "Parquet": for "Reading CSV: data/x.csv". */
const char *file_format_title(FileFormat format);

#endif
