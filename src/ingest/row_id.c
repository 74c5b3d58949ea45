#include "ingest/row_id.h"

#include <errno.h>
#include <sys/random.h>

#include "base/limits.h"
#include "ingest/content_hash.h"
#include "ingest/system_tables.h"
#include "value/json_writer.h"

enum { ROW_ID_BYTES = 10 };

Error *row_id_random(char out[ROW_ID_CHARS])
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint8_t random[ROW_ID_BYTES + 2] = {0};
    if (getrandom(random, ROW_ID_BYTES, 0) != ROW_ID_BYTES) {
        return error_from_errno("read", "the system's random numbers", errno);
    }
    for (size_t i = 0; i < ROW_ID_CHARS; i++) {
        const uint8_t *group = random + i / 4 * 3;
        uint32_t bits = (uint32_t)group[0] << 16 | (uint32_t)group[1] << 8 | group[2];
        out[i] = digits[bits >> (18 - 6 * (i % 4)) & 63];
    }
    return NULL;
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
