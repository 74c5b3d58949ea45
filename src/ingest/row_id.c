#include "ingest/row_id.h"

#include <errno.h>
#include <sys/random.h>

#include "base/limits.h"
#include "ingest/content_hash.h"
#include "ingest/system_tables.h"
#include "value/json_writer.h"

enum { ROW_ID_BYTES = 10 };

/* The characters of ROW_ID_BYTES bytes. */
static void write_id(const uint8_t *bytes, char out[ROW_ID_CHARS])
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint8_t padded[ROW_ID_BYTES + 2] = {0};
    memcpy(padded, bytes, ROW_ID_BYTES);
    for (size_t i = 0; i < ROW_ID_CHARS; i++) {
        const uint8_t *group = padded + i / 4 * 3;
        uint32_t bits = (uint32_t)group[0] << 16 | (uint32_t)group[1] << 8 | group[2];
        out[i] = digits[bits >> (18 - 6 * (i % 4)) & 63];
    }
}

/* Ids made at a time: their bytes lie on the stack. */
enum { AT_ONCE = 64 };

Error *row_ids_random(size_t count, char *out)
{
    uint8_t random[AT_ONCE * ROW_ID_BYTES];
    while (count > 0) {
        size_t ids = count < AT_ONCE ? count : AT_ONCE;
        for (size_t have = 0; have < ids * ROW_ID_BYTES;) {
            ssize_t got = getrandom(random + have, ids * ROW_ID_BYTES - have, 0);
            if (got < 0 && errno != EINTR) {
                return error_from_errno("read", "the system's random numbers", errno);
            }
            have += got > 0 ? (size_t)got : 0;
        }
        for (size_t i = 0; i < ids; i++, out += ROW_ID_CHARS) {
            write_id(random + i * ROW_ID_BYTES, out);
        }
        count -= ids;
    }
    return NULL;
}

Error *row_id_random(char out[ROW_ID_CHARS])
{
    return row_ids_random(1, out);
}

void row_ids_nested(const Str *origins, size_t count, char *out)
{
    uint8_t digests[AT_ONCE * ROW_ID_BYTES];
    while (count > 0) {
        size_t ids = count < AT_ONCE ? count : AT_ONCE;
        keccak_shake_128_many(origins, ids, ROW_ID_BYTES, digests);
        for (size_t i = 0; i < ids; i++, out += ROW_ID_CHARS) {
            write_id(digests + i * ROW_ID_BYTES, out);
        }
        origins += ids;
        count -= ids;
    }
}

Str row_id_nested(Arena *arena, Str parent_id, Str table, size_t index)
{
    StrBuf text = strbuf_init(arena, LIMIT_SQL_BYTES);
    strbuf_add(&text, parent_id);
    strbuf_add_char(&text, '_');
    strbuf_add(&text, table);
    strbuf_printf(&text, "_%zu", index);
    return shake_base64(arena, strbuf_str(&text), ROW_ID_BYTES);
}

Str row_id_of_key(Arena *arena, const Value *key)
{
    return shake_base64(arena, json_text(arena, key, &json_style_canonical), ROW_ID_BYTES);
}

Str row_id_of_row(Arena *arena, const Value *row)
{
    ValueMapBuilder content = value_map_begin(arena);
    for (VALUE_EACH_ENTRY(it, row)) {
        if (!system_name(value_text_or(&it->key, STR("")))) {
            value_map_put(&content, it->key, it->value);
        }
    }
    Value map = value_map_end(&content);
    return row_id_of_key(arena, &map);
}
