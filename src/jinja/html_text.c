#include "jinja/html_text.h"

#include "base/attr.h"
#include "base/unicode.h"
#include "jinja/str_edit.h"

/* ---- Character references ---- */

typedef struct Entity {
    const char *name;
    uint32_t codepoint;
    bool bare; /* also known without the semicolon */
} Entity;

/* By name, for binary search. */
static const Entity entities[] = {
    {"AElig", 0xC6, true},     {"Aacute", 0xC1, true},     {"Acirc", 0xC2, true},
    {"Agrave", 0xC0, true},    {"Alpha", 0x391, false},    {"Aring", 0xC5, true},
    {"Atilde", 0xC3, true},    {"Auml", 0xC4, true},       {"Beta", 0x392, false},
    {"Ccedil", 0xC7, true},    {"Chi", 0x3A7, false},      {"Dagger", 0x2021, false},
    {"Delta", 0x394, false},   {"ETH", 0xD0, true},        {"Eacute", 0xC9, true},
    {"Ecirc", 0xCA, true},     {"Egrave", 0xC8, true},     {"Epsilon", 0x395, false},
    {"Eta", 0x397, false},     {"Euml", 0xCB, true},       {"Gamma", 0x393, false},
    {"Iacute", 0xCD, true},    {"Icirc", 0xCE, true},      {"Igrave", 0xCC, true},
    {"Iota", 0x399, false},    {"Iuml", 0xCF, true},       {"Kappa", 0x39A, false},
    {"Lambda", 0x39B, false},  {"Mu", 0x39C, false},       {"Ntilde", 0xD1, true},
    {"Nu", 0x39D, false},      {"OElig", 0x152, false},    {"Oacute", 0xD3, true},
    {"Ocirc", 0xD4, true},     {"Ograve", 0xD2, true},     {"Omega", 0x3A9, false},
    {"Omicron", 0x39F, false}, {"Oslash", 0xD8, true},     {"Otilde", 0xD5, true},
    {"Ouml", 0xD6, true},      {"Phi", 0x3A6, false},      {"Pi", 0x3A0, false},
    {"Prime", 0x2033, false},  {"Psi", 0x3A8, false},      {"Rho", 0x3A1, false},
    {"Scaron", 0x160, false},  {"Sigma", 0x3A3, false},    {"THORN", 0xDE, true},
    {"Tau", 0x3A4, false},     {"Theta", 0x398, false},    {"Uacute", 0xDA, true},
    {"Ucirc", 0xDB, true},     {"Ugrave", 0xD9, true},     {"Upsilon", 0x3A5, false},
    {"Uuml", 0xDC, true},      {"Xi", 0x39E, false},       {"Yacute", 0xDD, true},
    {"Yuml", 0x178, false},    {"Zeta", 0x396, false},     {"aacute", 0xE1, true},
    {"acirc", 0xE2, true},     {"acute", 0xB4, true},      {"aelig", 0xE6, true},
    {"agrave", 0xE0, true},    {"alefsym", 0x2135, false}, {"alpha", 0x3B1, false},
    {"amp", 0x26, true},       {"and", 0x2227, false},     {"ang", 0x2220, false},
    {"apos", 0x27, false},     {"aring", 0xE5, true},      {"asymp", 0x2248, false},
    {"atilde", 0xE3, true},    {"auml", 0xE4, true},       {"bdquo", 0x201E, false},
    {"beta", 0x3B2, false},    {"brvbar", 0xA6, true},     {"bull", 0x2022, false},
    {"cap", 0x2229, false},    {"ccedil", 0xE7, true},     {"cedil", 0xB8, true},
    {"cent", 0xA2, true},      {"chi", 0x3C7, false},      {"circ", 0x2C6, false},
    {"clubs", 0x2663, false},  {"cong", 0x2245, false},    {"copy", 0xA9, true},
    {"crarr", 0x21B5, false},  {"cup", 0x222A, false},     {"curren", 0xA4, true},
    {"dArr", 0x21D3, false},   {"dagger", 0x2020, false},  {"darr", 0x2193, false},
    {"deg", 0xB0, true},       {"delta", 0x3B4, false},    {"diams", 0x2666, false},
    {"divide", 0xF7, true},    {"eacute", 0xE9, true},     {"ecirc", 0xEA, true},
    {"egrave", 0xE8, true},    {"empty", 0x2205, false},   {"emsp", 0x2003, false},
    {"ensp", 0x2002, false},   {"epsilon", 0x3B5, false},  {"equiv", 0x2261, false},
    {"eta", 0x3B7, false},     {"eth", 0xF0, true},        {"euml", 0xEB, true},
    {"euro", 0x20AC, false},   {"exist", 0x2203, false},   {"fnof", 0x192, false},
    {"forall", 0x2200, false}, {"frac12", 0xBD, true},     {"frac14", 0xBC, true},
    {"frac34", 0xBE, true},    {"frasl", 0x2044, false},   {"gamma", 0x3B3, false},
    {"ge", 0x2265, false},     {"gt", 0x3E, true},         {"hArr", 0x21D4, false},
    {"harr", 0x2194, false},   {"hearts", 0x2665, false},  {"hellip", 0x2026, false},
    {"iacute", 0xED, true},    {"icirc", 0xEE, true},      {"iexcl", 0xA1, true},
    {"igrave", 0xEC, true},    {"image", 0x2111, false},   {"infin", 0x221E, false},
    {"int", 0x222B, false},    {"iota", 0x3B9, false},     {"iquest", 0xBF, true},
    {"isin", 0x2208, false},   {"iuml", 0xEF, true},       {"kappa", 0x3BA, false},
    {"lArr", 0x21D0, false},   {"lambda", 0x3BB, false},   {"lang", 0x2329, false},
    {"laquo", 0xAB, true},     {"larr", 0x2190, false},    {"lceil", 0x2308, false},
    {"ldquo", 0x201C, false},  {"le", 0x2264, false},      {"lfloor", 0x230A, false},
    {"lowast", 0x2217, false}, {"loz", 0x25CA, false},     {"lrm", 0x200E, false},
    {"lsaquo", 0x2039, false}, {"lsquo", 0x2018, false},   {"lt", 0x3C, true},
    {"macr", 0xAF, true},      {"mdash", 0x2014, false},   {"micro", 0xB5, true},
    {"middot", 0xB7, true},    {"minus", 0x2212, false},   {"mu", 0x3BC, false},
    {"nabla", 0x2207, false},  {"nbsp", 0xA0, true},       {"ndash", 0x2013, false},
    {"ne", 0x2260, false},     {"ni", 0x220B, false},      {"not", 0xAC, true},
    {"notin", 0x2209, false},  {"nsub", 0x2284, false},    {"ntilde", 0xF1, true},
    {"nu", 0x3BD, false},      {"oacute", 0xF3, true},     {"ocirc", 0xF4, true},
    {"oelig", 0x153, false},   {"ograve", 0xF2, true},     {"oline", 0x203E, false},
    {"omega", 0x3C9, false},   {"omicron", 0x3BF, false},  {"oplus", 0x2295, false},
    {"or", 0x2228, false},     {"ordf", 0xAA, true},       {"ordm", 0xBA, true},
    {"oslash", 0xF8, true},    {"otilde", 0xF5, true},     {"otimes", 0x2297, false},
    {"ouml", 0xF6, true},      {"para", 0xB6, true},       {"part", 0x2202, false},
    {"permil", 0x2030, false}, {"perp", 0x22A5, false},    {"phi", 0x3C6, false},
    {"pi", 0x3C0, false},      {"piv", 0x3D6, false},      {"plusmn", 0xB1, true},
    {"pound", 0xA3, true},     {"prime", 0x2032, false},   {"prod", 0x220F, false},
    {"prop", 0x221D, false},   {"psi", 0x3C8, false},      {"quot", 0x22, true},
    {"rArr", 0x21D2, false},   {"radic", 0x221A, false},   {"rang", 0x232A, false},
    {"raquo", 0xBB, true},     {"rarr", 0x2192, false},    {"rceil", 0x2309, false},
    {"rdquo", 0x201D, false},  {"real", 0x211C, false},    {"reg", 0xAE, true},
    {"rfloor", 0x230B, false}, {"rho", 0x3C1, false},      {"rlm", 0x200F, false},
    {"rsaquo", 0x203A, false}, {"rsquo", 0x2019, false},   {"sbquo", 0x201A, false},
    {"scaron", 0x161, false},  {"sdot", 0x22C5, false},    {"sect", 0xA7, true},
    {"shy", 0xAD, true},       {"sigma", 0x3C3, false},    {"sigmaf", 0x3C2, false},
    {"sim", 0x223C, false},    {"spades", 0x2660, false},  {"sub", 0x2282, false},
    {"sube", 0x2286, false},   {"sum", 0x2211, false},     {"sup", 0x2283, false},
    {"sup1", 0xB9, true},      {"sup2", 0xB2, true},       {"sup3", 0xB3, true},
    {"supe", 0x2287, false},   {"szlig", 0xDF, true},      {"tau", 0x3C4, false},
    {"there4", 0x2234, false}, {"theta", 0x3B8, false},    {"thetasym", 0x3D1, false},
    {"thinsp", 0x2009, false}, {"thorn", 0xFE, true},      {"tilde", 0x2DC, false},
    {"times", 0xD7, true},     {"trade", 0x2122, false},   {"uArr", 0x21D1, false},
    {"uacute", 0xFA, true},    {"uarr", 0x2191, false},    {"ucirc", 0xFB, true},
    {"ugrave", 0xF9, true},    {"uml", 0xA8, true},        {"upsih", 0x3D2, false},
    {"upsilon", 0x3C5, false}, {"uuml", 0xFC, true},       {"weierp", 0x2118, false},
    {"xi", 0x3BE, false},      {"yacute", 0xFD, true},     {"yen", 0xA5, true},
    {"yuml", 0xFF, true},      {"zeta", 0x3B6, false},     {"zwj", 0x200D, false},
    {"zwnj", 0x200C, false},
};

static const Entity *find_entity(Str name)
{
    size_t low = 0, high = ARRAY_LEN(entities);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_compare(name, str_from(entities[middle].name));
        if (order == 0) {
            return &entities[middle];
        }
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return NULL;
}

/* What browsers make of a number that is no character: Windows-1252 for 0x80 to 0x9F. */
static void add_reference(uint32_t codepoint, StrBuf *out)
{
    static const uint16_t windows[32] = {
        0x20AC, 0x81,   0x201A, 0x192,  0x201E, 0x2026, 0x2020, 0x2021, 0x2C6,  0x2030, 0x160,
        0x2039, 0x152,  0x8D,   0x17D,  0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
        0x2013, 0x2014, 0x2DC,  0x2122, 0x161,  0x203A, 0x153,  0x9D,   0x17E,  0x178,
    };
    bool control = (codepoint < 0x20 && codepoint != '\t' && codepoint != '\n' &&
                    codepoint != '\f' && codepoint != '\r') ||
                   codepoint == 0x7F;
    bool noncharacter =
        (codepoint >= 0xFDD0 && codepoint <= 0xFDEF) || (codepoint & 0xFFFE) == 0xFFFE;
    if (codepoint == 0 || codepoint > 0x10FFFF || (codepoint >= 0xD800 && codepoint <= 0xDFFF)) {
        utf8_add(out, 0xFFFD);
    } else if (codepoint >= 0x80 && codepoint <= 0x9F) {
        utf8_add(out, windows[codepoint - 0x80]);
    } else if (!control && !noncharacter) {
        utf8_add(out, codepoint);
    }
}

static int hex_digit(char c)
{
    char lowered = (char)(c | 32);
    return c >= '0' && c <= '9'               ? c - '0'
           : lowered >= 'a' && lowered <= 'f' ? lowered - 'a' + 10
                                              : 99;
}

/* "#123;" or "#x7B;" behind an ampersand; the bytes it takes, 0 if it is none. */
static size_t take_number(Str rest, StrBuf *out)
{
    bool hex = rest.len > 1 && (rest.data[1] | 32) == 'x';
    size_t start = hex ? 2 : 1, at = start;
    uint32_t value = 0;
    for (; at < rest.len && hex_digit(rest.data[at]) < (hex ? 16 : 10); at++) {
        uint32_t digit = (uint32_t)hex_digit(rest.data[at]);
        value = value > 0x10FFFF ? value : value * (hex ? 16 : 10) + digit;
    }
    if (at == start) {
        return 0;
    }
    add_reference(value, out);
    return at + (at < rest.len && rest.data[at] == ';');
}

/* "amp;" behind an ampersand; some names count without the semicolon, and then also as the
 * beginning of a longer word. */
static size_t take_name(Str rest, StrBuf *out)
{
    enum { LONGEST = 32 };
    size_t len = 0;
    while (len < rest.len && len < LONGEST && strchr("\t\n\f <&#;", rest.data[len]) == NULL) {
        len++;
    }
    const Entity *whole = find_entity(str_slice(rest, 0, len));
    if (whole != NULL && len < rest.len && rest.data[len] == ';') {
        utf8_add(out, whole->codepoint);
        return len + 1;
    }
    for (; len > 1; len--) {
        const Entity *entity = find_entity(str_slice(rest, 0, len));
        if (entity != NULL && entity->bare) {
            utf8_add(out, entity->codepoint);
            return len;
        }
    }
    return 0;
}

void html_unescape(Str text, StrBuf *out)
{
    while (text.len > 0) {
        size_t hit = str_find_char(text, '&');
        if (hit == SIZE_MAX) {
            strbuf_add(out, text);
            return;
        }
        strbuf_add(out, str_slice(text, 0, hit));
        text = str_from_offset(text, hit + 1);
        size_t taken =
            str_starts_with(text, STR("#")) ? take_number(text, out) : take_name(text, out);
        if (taken == 0) {
            strbuf_add_char(out, '&');
        }
        text = str_from_offset(text, taken);
    }
}

/* ---- Tags ---- */

/* Appends `text` without what stands between `open` and `close`, as often as both are found. */
static void cut_between(Str text, Str open, Str close, StrBuf *out)
{
    for (;;) {
        size_t start = str_find(text, open, 0);
        size_t end = start != SIZE_MAX ? str_find(text, close, start) : SIZE_MAX;
        if (end == SIZE_MAX) {
            strbuf_add(out, text);
            return;
        }
        strbuf_add(out, str_slice(text, 0, start));
        text = str_from_offset(text, end + close.len);
    }
}

void html_strip_tags(Arena *arena, Str text, StrBuf *out)
{
    StrBuf uncommented = strbuf_init(arena, text.len);
    StrBuf untagged = strbuf_init(arena, text.len);
    StrBuf joined = strbuf_init(arena, text.len);
    cut_between(text, STR("<!--"), STR("-->"), &uncommented);
    cut_between(strbuf_str(&uncommented), STR("<"), STR(">"), &untagged);
    Str rest = strbuf_str(&untagged), word = {0};
    while (str_edit_next_word(&rest, &word)) {
        strbuf_add(&joined, joined.len > 0 ? STR(" ") : STR(""));
        strbuf_add(&joined, word);
    }
    html_unescape(strbuf_str(&joined), out);
}
