#include "source/file/file_head.h"

#include <errno.h>
#include <stdio.h>
#include <zlib.h>
#include <zstd.h>

static void close_gzip(void *file)
{
    (void)gzclose_r(file);
}

static void close_plain(void *file)
{
    (void)fclose(file);
}

static Error *open_plain(Arena *arena, const SourceFile *file, FILE **out)
{
    const char *path = str_to_c(arena, file->path);
    FILE *opened = fopen(path, "rbe");
    if (opened == NULL) {
        return error_from_errno("read", str_to_c(arena, file->shown), errno);
    }
    arena_on_free(arena, close_plain, opened);
    *out = opened;
    return NULL;
}

static Error *read_plain(Arena *arena, const SourceFile *file, char *buffer, size_t limit,
                         size_t *out_len)
{
    FILE *opened = NULL;
    TRY(open_plain(arena, file, &opened));
    *out_len = fread(buffer, 1, limit, opened);
    if (ferror(opened)) {
        return error_from_errno("read", str_to_c(arena, file->shown), errno);
    }
    return NULL;
}

static Error *damaged(const SourceFile *file, const char *kind, const char *reason)
{
    return error_new(ERR_INPUT,
                     STR_FMT ": expected %s data, but it is damaged or of another kind: %s",
                     STR_ARG(file->shown), kind, reason);
}

static Error *read_gzip(Arena *arena, const SourceFile *file, char *buffer, size_t limit,
                        size_t *out_len)
{
    gzFile opened = gzopen(str_to_c(arena, file->path), "rbe");
    if (opened == NULL) {
        return error_from_errno("read", str_to_c(arena, file->shown), errno);
    }
    arena_on_free(arena, close_gzip, opened);
    int len = gzread(opened, buffer, (unsigned)limit);
    if (len < 0 || gzdirect(opened) != 0) { /* zlib passes through what is not packed at all */
        int code = 0;
        return len == 0
                   ? NULL
                   : damaged(file, "gzip", len < 0 ? gzerror(opened, &code) : "no gzip header");
    }
    *out_len = (size_t)len;
    return NULL;
}

static void free_stream(void *stream)
{
    (void)ZSTD_freeDStream(stream);
}

static Error *read_zstd(Arena *arena, const SourceFile *file, char *buffer, size_t limit,
                        size_t *out_len)
{
    FILE *opened = NULL;
    TRY(open_plain(arena, file, &opened));
    ZSTD_DStream *stream = ZSTD_createDStream();
    CHECK(stream != NULL);
    arena_on_free(arena, free_stream, stream);
    size_t packed_size = ZSTD_DStreamInSize();
    char *packed = arena_alloc_raw(arena, packed_size);
    ZSTD_outBuffer output = {.size = limit};
    output.dst = buffer;
    while (output.pos < limit) {
        ZSTD_inBuffer input = {packed, fread(packed, 1, packed_size, opened), 0};
        if (input.size == 0) {
            break;
        }
        while (input.pos < input.size && output.pos < limit) {
            size_t code = ZSTD_decompressStream(stream, &output, &input);
            if (ZSTD_isError(code)) {
                return damaged(file, "zstd", ZSTD_getErrorName(code));
            }
        }
    }
    *out_len = output.pos;
    return NULL;
}

Error *file_head_read(Arena *arena, const SourceFile *file, size_t limit, FileHead *out)
{
    AUTO_FREE(arena) Arena *scratch = arena_new("file head");
    char *buffer = arena_alloc_raw(arena, limit + 1); /* one more tells whether that was all */
    size_t len = 0;
    switch (file->compression) {
    case FILE_PLAIN:
        TRY(read_plain(scratch, file, buffer, limit + 1, &len));
        break;
    case FILE_GZIP:
        TRY(read_gzip(scratch, file, buffer, limit + 1, &len));
        break;
    case FILE_ZSTD:
        TRY(read_zstd(scratch, file, buffer, limit + 1, &len));
        break;
    }
    *out = (FileHead){.bytes = {buffer, len < limit ? len : limit}, .is_whole = len <= limit};
    return NULL;
}
