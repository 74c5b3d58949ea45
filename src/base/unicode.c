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
        if (at == 0 && (unit == 0xFEFF || unit == 0xFFFE)) {
            big_endian = big_endian == (unit == 0xFEFF); /* the mark knows better */
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

/* utf8proc would make a single capital of the sharp s, where Unicode makes "SS". */
static const uint32_t SHARP_S = 0xDF;

uint32_t unicode_upper(uint32_t codepoint)
{
    return codepoint == SHARP_S ? codepoint
                                : (uint32_t)utf8proc_toupper((utf8proc_int32_t)codepoint);
}

uint32_t unicode_title(uint32_t codepoint)
{
    return codepoint == SHARP_S ? codepoint
                                : (uint32_t)utf8proc_totitle((utf8proc_int32_t)codepoint);
}

bool unicode_is_alpha(uint32_t codepoint)
{
    return in_range(category(codepoint), UTF8PROC_CATEGORY_LU, UTF8PROC_CATEGORY_LO);
}

/* What the general category does not tell: ranges in ascending order, of Unicode 15.0. */
typedef struct Range {
    uint32_t first;
    uint32_t last;
} Range;

static bool in_ranges(const Range *ranges, size_t count, uint32_t codepoint)
{
    size_t at = 0;
    while (at < count && ranges[at].last < codepoint) {
        at++;
    }
    return at < count && ranges[at].first <= codepoint;
}

bool unicode_is_lower(uint32_t codepoint)
{
    static const Range other_lowercase[] = {
        {0xAA, 0xAA},       {0xBA, 0xBA},       {0x2B0, 0x2B8},     {0x2C0, 0x2C1},
        {0x2E0, 0x2E4},     {0x345, 0x345},     {0x37A, 0x37A},     {0x10FC, 0x10FC},
        {0x1D2C, 0x1D6A},   {0x1D78, 0x1D78},   {0x1D9B, 0x1DBF},   {0x2071, 0x2071},
        {0x207F, 0x207F},   {0x2090, 0x209C},   {0x2170, 0x217F},   {0x24D0, 0x24E9},
        {0x2C7C, 0x2C7D},   {0xA69C, 0xA69D},   {0xA770, 0xA770},   {0xA7F2, 0xA7F4},
        {0xA7F8, 0xA7F9},   {0xAB5C, 0xAB5F},   {0xAB69, 0xAB69},   {0x10780, 0x10780},
        {0x10783, 0x10785}, {0x10787, 0x107B0}, {0x107B2, 0x107BA}, {0x1E030, 0x1E06D},
    };
    return category(codepoint) == UTF8PROC_CATEGORY_LL ||
           in_ranges(other_lowercase, ARRAY_LEN(other_lowercase), codepoint);
}

bool unicode_is_upper(uint32_t codepoint)
{
    static const Range other_uppercase[] = {
        {0x2160, 0x216F},   {0x24B6, 0x24CF},   {0x1F130, 0x1F149},
        {0x1F150, 0x1F169}, {0x1F170, 0x1F189},
    };
    return category(codepoint) == UTF8PROC_CATEGORY_LU ||
           in_ranges(other_uppercase, ARRAY_LEN(other_uppercase), codepoint);
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

/* Letters whose compatibility form is no identifier, which Python therefore leaves out. */
static bool is_unstable(uint32_t codepoint)
{
    static const Range unstable[] = {
        {0x37A, 0x37A},   {0x2E2F, 0x2E2F}, {0xFC5E, 0xFC63}, {0xFDFA, 0xFDFB},
        {0xFE70, 0xFE70}, {0xFE72, 0xFE72}, {0xFE74, 0xFE74}, {0xFE76, 0xFE76},
        {0xFE78, 0xFE78}, {0xFE7A, 0xFE7A}, {0xFE7C, 0xFE7C}, {0xFE7E, 0xFE7E},
    };
    return in_ranges(unstable, ARRAY_LEN(unstable), codepoint);
}

static bool is_identifier_letter(uint32_t codepoint)
{
    if (unicode_is_alpha(codepoint) || category(codepoint) == UTF8PROC_CATEGORY_NL) {
        return !is_unstable(codepoint);
    }
    return codepoint == '_' || codepoint == 0x2118 || codepoint == 0x212E;
}

bool unicode_is_identifier_start(uint32_t codepoint)
{
    static const Range only_inside[] = {{0xE33, 0xE33}, {0xEB3, 0xEB3}, {0xFF9E, 0xFF9F}};
    if (is_identifier_letter(codepoint)) {
        return !in_ranges(only_inside, ARRAY_LEN(only_inside), codepoint);
    }
    return codepoint == 0x1885 || codepoint == 0x1886;
}

bool unicode_is_identifier_part(uint32_t codepoint)
{
    static const Range other_continue[] = {
        {0xB7, 0xB7}, {0x387, 0x387}, {0x1369, 0x1371}, {0x19DA, 0x19DA}};
    utf8proc_category_t kind = category(codepoint);
    return is_identifier_letter(codepoint) || kind == UTF8PROC_CATEGORY_ND ||
           kind == UTF8PROC_CATEGORY_MN || kind == UTF8PROC_CATEGORY_MC ||
           kind == UTF8PROC_CATEGORY_PC ||
           in_ranges(other_continue, ARRAY_LEN(other_continue), codepoint);
}
