#include "value/base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_add(StrBuf *buf, Str bytes)
{
    for (size_t i = 0; i < bytes.len; i += 3) {
        size_t count = bytes.len - i < 3 ? bytes.len - i : 3;
        uint32_t group = 0;
        for (size_t j = 0; j < 3; j++) {
            group = group << 8 | (j < count ? (unsigned char)bytes.data[i + j] : 0);
        }
        for (size_t j = 0; j < 4; j++) {
            char c = alphabet[group >> (18 - 6 * j) & 63];
            strbuf_add_char(buf, j <= count ? c : '=');
        }
    }
}

bool base64_parse(Arena *arena, Str text, Str *out_bytes)
{
    char *bytes = arena_alloc_raw(arena, text.len);
    size_t len = 0;
    size_t digits = 0;
    size_t padding = 0;
    uint32_t group = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            continue;
        }
        const char *digit = c != '\0' ? strchr(alphabet, c) : NULL;
        padding += c == '=';
        if (c == '=' ? padding > 2 : digit == NULL || padding > 0) {
            return false;
        }
        group = group << 6 | (digit != NULL ? (uint32_t)(digit - alphabet) : 0);
        if (++digits % 4 == 0) {
            for (size_t j = 0; j < 3 - padding; j++) {
                bytes[len++] = (char)(group >> (16 - 8 * j) & 0xFF);
            }
            group = 0;
        }
    }
    *out_bytes = (Str){bytes, len};
    return digits % 4 == 0;
}
