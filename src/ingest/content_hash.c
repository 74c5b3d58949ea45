#include "ingest/content_hash.h"

#include "base/error.h"
#include "value/base64.h"

static Str base64_of(Arena *arena, const uint8_t *bytes, size_t count)
{
    StrBuf text = strbuf_init(arena, (size_t)4 * SHAKE_MAX_BYTES);
    base64_add(&text, (Str){(const char *)bytes, count});
    return strbuf_str(&text);
}

Str shake_base64(Arena *arena, Str content, size_t bytes)
{
    CHECK(bytes <= SHAKE_MAX_BYTES);
    Keccak hash = keccak_begin(KECCAK_SHAKE_128);
    keccak_add(&hash, content);
    uint8_t digest[SHAKE_MAX_BYTES];
    keccak_end(&hash, digest, bytes);
    Str text = base64_of(arena, digest, bytes);
    while (text.len > 0 && text.data[text.len - 1] == '=') {
        text.len--;
    }
    return text;
}

Str sha3_base64(Arena *arena, Keccak *hash)
{
    uint8_t digest[KECCAK_SHA3_256_BYTES];
    keccak_end(hash, digest, sizeof(digest));
    return base64_of(arena, digest, sizeof(digest));
}
