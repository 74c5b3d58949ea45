/* base/embed.h - files that are part of the program. app_embed() in cmake/app.cmake makes, for a
 * folder such as macros/, a table sorted by the bytes of the path, and its length: extern const
 * EmbedFile dango_macros_files[]; extern const size_t dango_macros_count; Everything in it lives as
 * long as the program. */
#ifndef BASE_EMBED_H
#define BASE_EMBED_H

#include <stddef.h>

typedef struct EmbedFile {
    const char *path; /* from that folder on, "snapshots/snapshot.sql" */
    const char *data; /* a NUL follows, which size does not count */
    size_t size;
} EmbedFile;

#endif
