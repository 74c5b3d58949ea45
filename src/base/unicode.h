/* base/unicode.h - UTF-8 and Unicode properties (utf8proc). Everything above base holds valid
 * UTF-8: whoever reads bytes from outside validates them once, here. Positions are byte offsets
 * unless they say code points. Thread-safe. */
#ifndef BASE_UNICODE_H
#define BASE_UNICODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* SIZE_MAX when all is valid UTF-8, else the offset of the first bad byte. Surrogates and overlong
 * forms are bad; NUL is valid. */
size_t utf8_find_invalid(Str text);
/* True when every byte is below 128. */
bool utf8_is_ascii(Str text);
/* Number of code points of valid UTF-8. */
size_t utf8_count(Str text);
/* Byte offset of code point number `index`; text.len when there are not that many. */
size_t utf8_offset(Str text, size_t index);
/* Decodes the code point at `*offset` of valid UTF-8 and moves past it. */
uint32_t utf8_next(Str text, size_t *offset);
/* Writes 1 to 4 bytes and returns how many. Invalid code points become U+FFFD. */
size_t utf8_encode(uint32_t codepoint, char out[4]);
void utf8_add(StrBuf *buf, uint32_t codepoint);
/* Columns a terminal needs: wide characters 2, combining marks 0. */
size_t utf8_display_width(Str text);

/* Latin-1 to UTF-8; every byte is a character. */
Str latin1_to_utf8(Arena *arena, Str bytes);
/* UTF-16 to UTF-8. A byte order mark is left out and decides; without one, `big_endian` does.
 * Unpaired surrogates and half a unit at the end become U+FFFD. */
Str utf16_to_utf8(Arena *arena, Str bytes, bool big_endian);

/* Simple one to one mappings of a code point. */
uint32_t unicode_lower(uint32_t codepoint);
uint32_t unicode_upper(uint32_t codepoint);
uint32_t unicode_title(uint32_t codepoint);

/* The questions that Python's str methods ask; each about one code point. */
bool unicode_is_alpha(uint32_t codepoint);
bool unicode_is_lower(uint32_t codepoint);
bool unicode_is_upper(uint32_t codepoint);
bool unicode_is_title(uint32_t codepoint);
bool unicode_is_decimal(uint32_t codepoint); /* general category Nd */
bool unicode_is_space(uint32_t codepoint);
bool unicode_is_printable(uint32_t codepoint);
bool unicode_is_identifier_start(uint32_t codepoint);
bool unicode_is_identifier_part(uint32_t codepoint);

#endif
