#include "base/unicode.h"

#include <utf8proc.h>

static const uint32_t REPLACEMENT = 0xFFFD;

bool utf8_is_ascii(Str text)
{
    size_t i = 0;
    for (uint64_t word; i + 8 <= text.len; i += 8) {
        memcpy(&word, text.data + i, 8);
        if ((word & 0x8080808080808080U) != 0) {
            return false;
        }
    }
    for (; i < text.len; i++) {
        if ((unsigned char)text.data[i] >= 0x80) {
            return false;
        }
    }
    return true;
}

size_t utf8_find_invalid(Str text)
{
    for (size_t at = 0; at < text.len;) {
        if ((unsigned char)text.data[at] < 0x80) {
            at++;
            continue;
        }
        utf8proc_int32_t codepoint = 0;
        size_t left = text.len - at;
        utf8proc_ssize_t used =
            utf8proc_iterate((const utf8proc_uint8_t *)text.data + at,
                             (utf8proc_ssize_t)(left < 4 ? left : 4), &codepoint);
        if (used <= 0) {
            return at;
        }
        at += (size_t)used;
    }
    return SIZE_MAX;
}

size_t utf8_count(Str text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        count += ((unsigned char)text.data[i] & 0xC0) != 0x80;
    }
    return count;
}

size_t utf8_offset(Str text, size_t index)
{
    size_t at = 0;
    while (at < text.len && index > 0) {
        at++;
        while (at < text.len && ((unsigned char)text.data[at] & 0xC0) == 0x80) {
            at++;
        }
        index--;
    }
    return at;
}

uint32_t utf8_next(Str text, size_t *offset)
{
    const unsigned char *at = (const unsigned char *)text.data + *offset;
    size_t left = text.len - *offset;
    if (at[0] < 0x80) {
        *offset += 1;
        return at[0];
    }
    utf8proc_int32_t codepoint = 0;
    utf8proc_ssize_t used =
        utf8proc_iterate(at, (utf8proc_ssize_t)(left < 4 ? left : 4), &codepoint);
    *offset += used > 0 ? (size_t)used : 1;
    return used > 0 ? (uint32_t)codepoint : REPLACEMENT;
}

size_t utf8_encode(uint32_t codepoint, char out[4])
{
    if (codepoint > 0x10FFFF || (codepoint >= 0xD800 && codepoint <= 0xDFFF)) {
        codepoint = REPLACEMENT;
    }
    return (size_t)utf8proc_encode_char((utf8proc_int32_t)codepoint, (utf8proc_uint8_t *)out);
}

void utf8_add(StrBuf *buf, uint32_t codepoint)
{
    char bytes[4];
    strbuf_add(buf, (Str){bytes, utf8_encode(codepoint, bytes)});
}

size_t utf8_display_width(Str text)
{
    size_t width = 0;
    for (size_t at = 0; at < text.len;) {
        int columns = utf8proc_charwidth((utf8proc_int32_t)utf8_next(text, &at));
        width += columns > 0 ? (size_t)columns : 0;
    }
    return width;
}

Str latin1_to_utf8(Arena *arena, Str bytes)
{
    StrBuf buf = strbuf_init(arena, bytes.len * 2 + 1);
    for (size_t i = 0; i < bytes.len; i++) {
        utf8_add(&buf, (unsigned char)bytes.data[i]);
    }
    return strbuf_str(&buf);
}

static uint32_t utf16_unit(Str bytes, size_t at, bool big_endian)
{
    uint32_t first = (unsigned char)bytes.data[at], second = (unsigned char)bytes.data[at + 1];
    return big_endian ? first << 8 | second : second << 8 | first;
}

Str utf16_to_utf8(Arena *arena, Str bytes, bool big_endian)
{
    StrBuf buf = strbuf_init(arena, bytes.len * 2 + 4);
    for (size_t at = 0; at + 1 < bytes.len; at += 2) {
        uint32_t unit = utf16_unit(bytes, at, big_endian);
        if (at == 0 && unit == 0xFEFF) {
            continue;
        }
        bool is_high = unit >= 0xD800 && unit <= 0xDBFF && at + 3 < bytes.len;
        uint32_t low = is_high ? utf16_unit(bytes, at + 2, big_endian) : 0;
        if (low >= 0xDC00 && low <= 0xDFFF) {
            unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
            at += 2;
        }
        utf8_add(&buf, unit);
    }
    if (bytes.len % 2 != 0) {
        utf8_add(&buf, REPLACEMENT);
    }
    return strbuf_str(&buf);
}

static utf8proc_category_t category(uint32_t codepoint)
{
    return utf8proc_category((utf8proc_int32_t)codepoint);
}

static bool in_range(utf8proc_category_t value, utf8proc_category_t first, utf8proc_category_t last)
{
    return value >= first && value <= last;
}

uint32_t unicode_lower(uint32_t codepoint)
{
    return (uint32_t)utf8proc_tolower((utf8proc_int32_t)codepoint);
}

uint32_t unicode_upper(uint32_t codepoint)
{
    return (uint32_t)utf8proc_toupper((utf8proc_int32_t)codepoint);
}

uint32_t unicode_title(uint32_t codepoint)
{
    return (uint32_t)utf8proc_totitle((utf8proc_int32_t)codepoint);
}

bool unicode_is_alpha(uint32_t codepoint)
{
    return in_range(category(codepoint), UTF8PROC_CATEGORY_LU, UTF8PROC_CATEGORY_LO);
}

bool unicode_is_lower(uint32_t codepoint)
{
    /* Python also counts the few letters that carry Other_Lowercase, such as U+00AA. */
    return category(codepoint) == UTF8PROC_CATEGORY_LL || codepoint == 0xAA || codepoint == 0xBA ||
           (codepoint >= 0x24D0 && codepoint <= 0x24E9) ||
           (codepoint >= 0x2170 && codepoint <= 0x217F);
}

bool unicode_is_upper(uint32_t codepoint)
{
    return category(codepoint) == UTF8PROC_CATEGORY_LU ||
           (codepoint >= 0x24B6 && codepoint <= 0x24CF) ||
           (codepoint >= 0x2160 && codepoint <= 0x216F);
}

bool unicode_is_title(uint32_t codepoint)
{
    return category(codepoint) == UTF8PROC_CATEGORY_LT;
}

bool unicode_is_decimal(uint32_t codepoint)
{
    return category(codepoint) == UTF8PROC_CATEGORY_ND;
}

bool unicode_is_space(uint32_t codepoint)
{
    return (codepoint >= 0x09 && codepoint <= 0x0D) || (codepoint >= 0x1C && codepoint <= 0x20) ||
           codepoint == 0x85 ||
           in_range(category(codepoint), UTF8PROC_CATEGORY_ZS, UTF8PROC_CATEGORY_ZP);
}

bool unicode_is_printable(uint32_t codepoint)
{
    utf8proc_category_t kind = category(codepoint);
    return codepoint == ' ' || (kind != UTF8PROC_CATEGORY_CN &&
                                !in_range(kind, UTF8PROC_CATEGORY_ZS, UTF8PROC_CATEGORY_CO));
}

bool unicode_is_identifier_start(uint32_t codepoint)
{
    return codepoint == '_' || unicode_is_alpha(codepoint) ||
           category(codepoint) == UTF8PROC_CATEGORY_NL;
}

bool unicode_is_identifier_part(uint32_t codepoint)
{
    utf8proc_category_t kind = category(codepoint);
    return unicode_is_identifier_start(codepoint) || kind == UTF8PROC_CATEGORY_ND ||
           kind == UTF8PROC_CATEGORY_MN || kind == UTF8PROC_CATEGORY_MC ||
           kind == UTF8PROC_CATEGORY_PC;
}
