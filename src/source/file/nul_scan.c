#include "source/file/nul_scan.h"

#include <errno.h>
#include <stdio.h>

#include "base/limits.h"

#define PIECE_BYTES MIB

static void close_file(void *file)
{
    (void)fclose(file);
}

static size_t count_lines(const char *piece, size_t len)
{
    size_t lines = 0;
    for (size_t i = 0; i < len; i++) {
        lines += piece[i] == '\n';
    }
    return lines;
}

/* Reads pieces up to the first NUL byte at or behind `from`. `out_lines`, which may be NULL, gets
 * the line breaks before it. */
static Error *scan(const SourceFile *file, uint64_t from, const Cancel *cancel, uint64_t *out_at,
                   size_t *out_lines)
{
    AUTO_FREE(arena) Arena *arena = arena_new("nul scan");
    const char *shown = str_to_c(arena, file->shown);
    FILE *opened = fopen(str_to_c(arena, file->path), "rbe");
    if (opened == NULL) {
        return error_from_errno("read", shown, errno);
    }
    arena_on_free(arena, close_file, opened);
    char *piece = arena_alloc_raw(arena, PIECE_BYTES);
    uint64_t at = out_lines != NULL ? 0 : from;
    if (fseeko(opened, (off_t)at, SEEK_SET) != 0) {
        return error_from_errno("read", shown, errno);
    }
    for (size_t len; (len = fread(piece, 1, PIECE_BYTES, opened)) > 0; at += len) {
        TRY(cancel_check(cancel));
        size_t skip = at >= from ? 0 : from - at < len ? (size_t)(from - at) : len;
        const char *nul = memchr(piece + skip, '\0', len - skip);
        size_t seen = nul != NULL ? (size_t)(nul - piece) : len;
        if (out_lines != NULL) {
            *out_lines += count_lines(piece, seen);
        }
        if (nul != NULL) {
            *out_at = at + seen;
            return NULL;
        }
    }
    return ferror(opened) ? error_from_errno("read", shown, errno) : NULL;
}

Error *nul_scan(const SourceFile *file, uint64_t from, const Cancel *cancel, size_t *out_line)
{
    uint64_t at = UINT64_MAX;
    size_t lines = 0;
    TRY(scan(file, from, cancel, &at, NULL));
    if (at == UINT64_MAX) {
        *out_line = 0;
        return NULL;
    }
    TRY(scan(file, from, cancel, &at, &lines)); /* lines are counted only when they are told */
    *out_line = lines + 1;
    return NULL;
}
