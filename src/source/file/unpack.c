#include "source/file/unpack.h"

#include <errno.h>
#include <stdio.h>
#include <zlib.h>
#include <zstd.h>

#include "base/limits.h"

enum { PIECE_BYTES = 1 << 20 };

/* Where unpacked bytes go, in pieces of an even length but for the last. */
typedef struct Sink {
    FILE *out;
    const char *path;
    bool swap_bytes;
} Sink;

static void file_auto_free(FILE **file)
{
    if (*file != NULL) {
        (void)fclose(*file);
    }
}

static void swap_pairs(char *bytes, size_t len)
{
    for (size_t i = 0; i + 1 < len; i += 2) {
        char first = bytes[i];
        bytes[i] = bytes[i + 1];
        bytes[i + 1] = first;
    }
}

static Error *sink_write(const Sink *sink, char *bytes, size_t len)
{
    if (sink->swap_bytes) {
        swap_pairs(bytes, len);
    }
    if (fwrite(bytes, 1, len, sink->out) != len) {
        return error_from_errno("write", sink->path, errno);
    }
    return NULL;
}

/* zlib reads files that are not packed as they are, so this serves both. */
static Error *copy_gzip(Arena *arena, const SourceFile *file, const Sink *sink,
                        const Cancel *cancel)
{
    gzFile in = gzopen(str_to_c(arena, file->path), "rbe");
    if (in == NULL) {
        return error_from_errno("read", str_to_c(arena, file->shown), errno);
    }
    char *piece = arena_alloc_raw(arena, PIECE_BYTES);
    Error *err = NULL;
    int len = 0;
    while (err == NULL && (len = gzread(in, piece, PIECE_BYTES)) > 0) {
        err = error_first(sink_write(sink, piece, (size_t)len), cancel_check(cancel));
    }
    int code = Z_OK;
    const char *reason = gzerror(in, &code);
    if (err == NULL && (len < 0 || code == Z_BUF_ERROR)) {
        err = error_new(ERR_INPUT, STR_FMT ": the gzip data is damaged or cut off: %s",
                        STR_ARG(file->shown), reason);
    }
    (void)gzclose_r(in);
    return err;
}

static Error *copy_zstd(Arena *arena, const SourceFile *file, const Sink *sink,
                        const Cancel *cancel)
{
    AUTO_FREE(file) FILE *in = fopen(str_to_c(arena, file->path), "rbe");
    if (in == NULL) {
        return error_from_errno("read", str_to_c(arena, file->shown), errno);
    }
    char *packed = arena_alloc_raw(arena, PIECE_BYTES);
    char *piece = arena_alloc_raw(arena, PIECE_BYTES);
    ZSTD_DStream *stream = ZSTD_createDStream();
    CHECK(stream != NULL);
    Error *err = NULL;
    ZSTD_outBuffer output = {piece, PIECE_BYTES, 0};
    for (size_t len; err == NULL && (len = fread(packed, 1, PIECE_BYTES, in)) > 0;) {
        ZSTD_inBuffer input = {packed, len, 0};
        bool was_full = false;
        do {
            size_t code = ZSTD_decompressStream(stream, &output, &input);
            if (ZSTD_isError(code)) {
                err = error_new(ERR_INPUT, STR_FMT ": the zstd data is damaged: %s",
                                STR_ARG(file->shown), ZSTD_getErrorName(code));
                break;
            }
            was_full = output.pos == output.size;
            if (was_full) { /* pieces are full but for the last, so their length is even */
                err = error_first(sink_write(sink, piece, output.pos), cancel_check(cancel));
                output.pos = 0;
            }
        } while (err == NULL && (input.pos < input.size || was_full));
    }
    ZSTD_freeDStream(stream);
    return err != NULL ? err : sink_write(sink, piece, output.pos);
}

Error *file_unpack(const SourceFile *file, bool swap_bytes, const char *to, const Cancel *cancel)
{
    AUTO_FREE(arena) Arena *arena = arena_new("unpack");
    AUTO_FREE(file) FILE *out = fopen(to, "wbe");
    if (out == NULL) {
        return error_from_errno("write", to, errno);
    }
    Sink sink = {out, to, swap_bytes};
    TRY(file->compression == FILE_ZSTD ? copy_zstd(arena, file, &sink, cancel)
                                       : copy_gzip(arena, file, &sink, cancel));
    if (fflush(out) != 0) {
        return error_from_errno("write", to, errno);
    }
    return NULL;
}
