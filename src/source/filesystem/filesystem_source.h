/* source/filesystem/filesystem_source.h - files read as dlt's `filesystem` reads them, for who has
 * tables made by it: a table per pattern, rows of CSV as pandas types them and of JSON lines, or
 * the list of the files itself. The short way for files of all kinds is file/file_source.h. */
#ifndef SOURCE_FILESYSTEM_FILESYSTEM_SOURCE_H
#define SOURCE_FILESYSTEM_FILESYSTEM_SOURCE_H

#include "source/source.h"

extern const SourceDriver source_filesystem;

#endif
