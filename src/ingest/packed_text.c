#include "ingest/packed_text.h"

#define ZLIB_CONST /* input is read only */
#include <zlib.h>

#include "base/limits.h"
#include "value/base64.h"

enum { FIRST_BUFFER_BYTES = 4096 };

Str pack_text(Arena *arena, Str text)
{
    uLongf len = compressBound((uLong)text.len);
    Bytef *deflated = arena_alloc_raw(arena, len);
    int status =
        compress2(deflated, &len, (const Bytef *)text.data, (uLong)text.len, Z_BEST_COMPRESSION);
    CHECK(status == Z_OK); /* the buffer is large enough, and memory never runs out softly */
    StrBuf packed = strbuf_init(arena, 2 * (size_t)len + 4);
    base64_add(&packed, (Str){(const char *)deflated, (size_t)len});
    return strbuf_str(&packed);
}

typedef enum Inflated { INFLATED, NOT_DEFLATED, INFLATED_TOO_LONG } Inflated;

/* Until the stream ends, the input is used up or the limit is reached. */
static Inflated inflate_all(z_stream *stream, size_t limit, StrBuf *out)
{
    while (out->len < limit) {
        size_t room = out->len + FIRST_BUFFER_BYTES; /* doubles */
        room = room < limit - out->len ? room : limit - out->len;
        stream->next_out = (Bytef *)strbuf_reserve(out, room);
        stream->avail_out = (uInt)room;
        int status = inflate(stream, Z_NO_FLUSH);
        out->len += room - stream->avail_out;
        if (status == Z_STREAM_END) {
            return INFLATED;
        }
        if (status != Z_OK || stream->avail_out > 0) {
            return NOT_DEFLATED; /* broken, or ends too early */
        }
    }
    return INFLATED_TOO_LONG;
}

static Inflated inflate_text(Arena *arena, Str deflated, size_t limit, Str *out_text)
{
    if (deflated.len == 0 || deflated.len > UINT32_MAX) {
        return NOT_DEFLATED;
    }
    z_stream stream = {.next_in = (const Bytef *)deflated.data, .avail_in = (uInt)deflated.len};
    if (inflateInit(&stream) != Z_OK) {
        return NOT_DEFLATED;
    }
    StrBuf text = strbuf_init(arena, limit);
    Inflated result = inflate_all(&stream, limit, &text);
    (void)inflateEnd(&stream);
    if (result == INFLATED) {
        *out_text = strbuf_str(&text);
    }
    return result;
}

Error *unpack_text(Arena *arena, Str packed, size_t limit, Str *out_text)
{
    Str deflated = {0};
    Inflated result = base64_parse(arena, packed, &deflated)
                          ? inflate_text(arena, deflated, limit, out_text)
                          : NOT_DEFLATED;
    if (result == INFLATED_TOO_LONG) {
        return error_new(ERR_LIMIT, "a packed text is longer than %zu bytes", limit);
    }
    if (result == NOT_DEFLATED) {
        *out_text = packed;
    }
    return NULL;
}
