/* jinja/casing.h - upper and lower case, and what kind a character is, as Python's str has them:
 * full mappings ('ß' becomes "SS"), the final sigma, digits and numerals beyond the decimal ones.
 */
#ifndef JINJA_CASING_H
#define JINJA_CASING_H

#include "jinja/state.h"

typedef enum CaseKind {
    CASE_LOWER,
    CASE_UPPER,
    CASE_FOLD,
    CASE_SWAP,
    CASE_CAPITALIZE, /* the first letter raised, the rest lowered */
    CASE_TITLE,      /* a letter after a non-letter raised, the others lowered */
} CaseKind;

/* The converted text; Markup stays Markup. */
MUST_CHECK Error *casing_convert(JinjaState *s, CaseKind kind, JStr *str, JValue *out);
/* The same for a slice, appended. */
void casing_add(CaseKind kind, Str text, StrBuf *out);

bool codepoint_is_lower(uint32_t codepoint);
bool codepoint_is_upper(uint32_t codepoint);
/* Lower, upper or title case. */
bool codepoint_is_cased(uint32_t codepoint);
bool codepoint_is_digit(uint32_t codepoint);
bool codepoint_is_numeric(uint32_t codepoint);
bool codepoint_is_alnum(uint32_t codepoint);
/* 0 to 9 of a decimal digit of any script; the code point is one. */
int codepoint_digit_value(uint32_t codepoint);

#endif
