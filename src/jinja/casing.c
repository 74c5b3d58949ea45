#include "jinja/casing.h"

#include "base/unicode.h"

/* A letter that becomes up to three. */
typedef struct CaseRow {
    uint32_t from;
    uint32_t to[3]; /* ends with a 0 when shorter */
} CaseRow;

/* Whose upper case has several letters; by code point. */
static const CaseRow upper_rows[] = {
    {0x00DF, {0x0053, 0x0053}},         {0x0149, {0x02BC, 0x004E}},
    {0x01F0, {0x004A, 0x030C}},         {0x0390, {0x0399, 0x0308, 0x0301}},
    {0x03B0, {0x03A5, 0x0308, 0x0301}}, {0x0587, {0x0535, 0x0552}},
    {0x1E96, {0x0048, 0x0331}},         {0x1E97, {0x0054, 0x0308}},
    {0x1E98, {0x0057, 0x030A}},         {0x1E99, {0x0059, 0x030A}},
    {0x1E9A, {0x0041, 0x02BE}},         {0x1F50, {0x03A5, 0x0313}},
    {0x1F52, {0x03A5, 0x0313, 0x0300}}, {0x1F54, {0x03A5, 0x0313, 0x0301}},
    {0x1F56, {0x03A5, 0x0313, 0x0342}}, {0x1F80, {0x1F08, 0x0399}},
    {0x1F81, {0x1F09, 0x0399}},         {0x1F82, {0x1F0A, 0x0399}},
    {0x1F83, {0x1F0B, 0x0399}},         {0x1F84, {0x1F0C, 0x0399}},
    {0x1F85, {0x1F0D, 0x0399}},         {0x1F86, {0x1F0E, 0x0399}},
    {0x1F87, {0x1F0F, 0x0399}},         {0x1F88, {0x1F08, 0x0399}},
    {0x1F89, {0x1F09, 0x0399}},         {0x1F8A, {0x1F0A, 0x0399}},
    {0x1F8B, {0x1F0B, 0x0399}},         {0x1F8C, {0x1F0C, 0x0399}},
    {0x1F8D, {0x1F0D, 0x0399}},         {0x1F8E, {0x1F0E, 0x0399}},
    {0x1F8F, {0x1F0F, 0x0399}},         {0x1F90, {0x1F28, 0x0399}},
    {0x1F91, {0x1F29, 0x0399}},         {0x1F92, {0x1F2A, 0x0399}},
    {0x1F93, {0x1F2B, 0x0399}},         {0x1F94, {0x1F2C, 0x0399}},
    {0x1F95, {0x1F2D, 0x0399}},         {0x1F96, {0x1F2E, 0x0399}},
    {0x1F97, {0x1F2F, 0x0399}},         {0x1F98, {0x1F28, 0x0399}},
    {0x1F99, {0x1F29, 0x0399}},         {0x1F9A, {0x1F2A, 0x0399}},
    {0x1F9B, {0x1F2B, 0x0399}},         {0x1F9C, {0x1F2C, 0x0399}},
    {0x1F9D, {0x1F2D, 0x0399}},         {0x1F9E, {0x1F2E, 0x0399}},
    {0x1F9F, {0x1F2F, 0x0399}},         {0x1FA0, {0x1F68, 0x0399}},
    {0x1FA1, {0x1F69, 0x0399}},         {0x1FA2, {0x1F6A, 0x0399}},
    {0x1FA3, {0x1F6B, 0x0399}},         {0x1FA4, {0x1F6C, 0x0399}},
    {0x1FA5, {0x1F6D, 0x0399}},         {0x1FA6, {0x1F6E, 0x0399}},
    {0x1FA7, {0x1F6F, 0x0399}},         {0x1FA8, {0x1F68, 0x0399}},
    {0x1FA9, {0x1F69, 0x0399}},         {0x1FAA, {0x1F6A, 0x0399}},
    {0x1FAB, {0x1F6B, 0x0399}},         {0x1FAC, {0x1F6C, 0x0399}},
    {0x1FAD, {0x1F6D, 0x0399}},         {0x1FAE, {0x1F6E, 0x0399}},
    {0x1FAF, {0x1F6F, 0x0399}},         {0x1FB2, {0x1FBA, 0x0399}},
    {0x1FB3, {0x0391, 0x0399}},         {0x1FB4, {0x0386, 0x0399}},
    {0x1FB6, {0x0391, 0x0342}},         {0x1FB7, {0x0391, 0x0342, 0x0399}},
    {0x1FBC, {0x0391, 0x0399}},         {0x1FC2, {0x1FCA, 0x0399}},
    {0x1FC3, {0x0397, 0x0399}},         {0x1FC4, {0x0389, 0x0399}},
    {0x1FC6, {0x0397, 0x0342}},         {0x1FC7, {0x0397, 0x0342, 0x0399}},
    {0x1FCC, {0x0397, 0x0399}},         {0x1FD2, {0x0399, 0x0308, 0x0300}},
    {0x1FD3, {0x0399, 0x0308, 0x0301}}, {0x1FD6, {0x0399, 0x0342}},
    {0x1FD7, {0x0399, 0x0308, 0x0342}}, {0x1FE2, {0x03A5, 0x0308, 0x0300}},
    {0x1FE3, {0x03A5, 0x0308, 0x0301}}, {0x1FE4, {0x03A1, 0x0313}},
    {0x1FE6, {0x03A5, 0x0342}},         {0x1FE7, {0x03A5, 0x0308, 0x0342}},
    {0x1FF2, {0x1FFA, 0x0399}},         {0x1FF3, {0x03A9, 0x0399}},
    {0x1FF4, {0x038F, 0x0399}},         {0x1FF6, {0x03A9, 0x0342}},
    {0x1FF7, {0x03A9, 0x0342, 0x0399}}, {0x1FFC, {0x03A9, 0x0399}},
    {0xFB00, {0x0046, 0x0046}},         {0xFB01, {0x0046, 0x0049}},
    {0xFB02, {0x0046, 0x004C}},         {0xFB03, {0x0046, 0x0046, 0x0049}},
    {0xFB04, {0x0046, 0x0046, 0x004C}}, {0xFB05, {0x0053, 0x0054}},
    {0xFB06, {0x0053, 0x0054}},         {0xFB13, {0x0544, 0x0546}},
    {0xFB14, {0x0544, 0x0535}},         {0xFB15, {0x0544, 0x053B}},
    {0xFB16, {0x054E, 0x0546}},         {0xFB17, {0x0544, 0x053D}},
};

/* Whose title case differs from the simple mapping; by code point. */
static const CaseRow title_rows[] = {
    {0x00DF, {0x0053, 0x0073}},         {0x0149, {0x02BC, 0x004E}},
    {0x01F0, {0x004A, 0x030C}},         {0x0390, {0x0399, 0x0308, 0x0301}},
    {0x03B0, {0x03A5, 0x0308, 0x0301}}, {0x0587, {0x0535, 0x0582}},
    {0x1E96, {0x0048, 0x0331}},         {0x1E97, {0x0054, 0x0308}},
    {0x1E98, {0x0057, 0x030A}},         {0x1E99, {0x0059, 0x030A}},
    {0x1E9A, {0x0041, 0x02BE}},         {0x1F50, {0x03A5, 0x0313}},
    {0x1F52, {0x03A5, 0x0313, 0x0300}}, {0x1F54, {0x03A5, 0x0313, 0x0301}},
    {0x1F56, {0x03A5, 0x0313, 0x0342}}, {0x1FB2, {0x1FBA, 0x0345}},
    {0x1FB4, {0x0386, 0x0345}},         {0x1FB6, {0x0391, 0x0342}},
    {0x1FB7, {0x0391, 0x0342, 0x0345}}, {0x1FC2, {0x1FCA, 0x0345}},
    {0x1FC4, {0x0389, 0x0345}},         {0x1FC6, {0x0397, 0x0342}},
    {0x1FC7, {0x0397, 0x0342, 0x0345}}, {0x1FD2, {0x0399, 0x0308, 0x0300}},
    {0x1FD3, {0x0399, 0x0308, 0x0301}}, {0x1FD6, {0x0399, 0x0342}},
    {0x1FD7, {0x0399, 0x0308, 0x0342}}, {0x1FE2, {0x03A5, 0x0308, 0x0300}},
    {0x1FE3, {0x03A5, 0x0308, 0x0301}}, {0x1FE4, {0x03A1, 0x0313}},
    {0x1FE6, {0x03A5, 0x0342}},         {0x1FE7, {0x03A5, 0x0308, 0x0342}},
    {0x1FF2, {0x1FFA, 0x0345}},         {0x1FF4, {0x038F, 0x0345}},
    {0x1FF6, {0x03A9, 0x0342}},         {0x1FF7, {0x03A9, 0x0342, 0x0345}},
    {0xFB00, {0x0046, 0x0066}},         {0xFB01, {0x0046, 0x0069}},
    {0xFB02, {0x0046, 0x006C}},         {0xFB03, {0x0046, 0x0066, 0x0069}},
    {0xFB04, {0x0046, 0x0066, 0x006C}}, {0xFB05, {0x0053, 0x0074}},
    {0xFB06, {0x0053, 0x0074}},         {0xFB13, {0x0544, 0x0576}},
    {0xFB14, {0x0544, 0x0565}},         {0xFB15, {0x0544, 0x056B}},
    {0xFB16, {0x054E, 0x0576}},         {0xFB17, {0x0544, 0x056D}},
};

/* Doubles its steps before it halves them: what is common stands near the front. */
static const uint32_t *find_row(const CaseRow *rows, size_t count, uint32_t codepoint)
{
    size_t low = 0;
    for (size_t step = 1; step < count; step *= 2) {
        if (rows[step].from > codepoint) {
            count = step;
        } else {
            low = step;
        }
    }
    while (low < count) {
        size_t middle = low + (count - low) / 2;
        if (rows[middle].from == codepoint) {
            return rows[middle].to;
        }
        if (rows[middle].from < codepoint) {
            low = middle + 1;
        } else {
            count = middle;
        }
    }
    return NULL;
}

static void add_row(const uint32_t *row, StrBuf *out)
{
    for (size_t i = 0; i < 3 && row[i] != 0; i++) {
        utf8_add(out, row[i]);
    }
}

static void add_upper(uint32_t c, StrBuf *out)
{
    const uint32_t *row = find_row(upper_rows, ARRAY_LEN(upper_rows), c);
    if (row != NULL) {
        add_row(row, out);
    } else {
        utf8_add(out, unicode_upper(c));
    }
}

static void add_title(uint32_t c, StrBuf *out)
{
    const uint32_t *row = find_row(title_rows, ARRAY_LEN(title_rows), c);
    if (row != NULL) {
        add_row(row, out);
    } else {
        utf8_add(out, unicode_title(c));
    }
}

/* What stands between letters without separating words, as far as it occurs in text. */
static bool is_case_ignorable(uint32_t c)
{
    static const uint32_t ranges[][2] = {
        {'\'', '\''},     {'.', '.'},       {':', ':'},       {'^', '^'},       {'`', '`'},
        {0xA8, 0xA8},     {0xAD, 0xAD},     {0xAF, 0xAF},     {0xB4, 0xB4},     {0xB7, 0xB8},
        {0x2B0, 0x36F},   {0x483, 0x489},   {0x591, 0x5BD},   {0x610, 0x61A},   {0x64B, 0x65F},
        {0x1AB0, 0x1ACE}, {0x1D2C, 0x1D6A}, {0x1D78, 0x1D78}, {0x1D9B, 0x1DFF}, {0x2071, 0x2071},
        {0x207F, 0x207F}, {0x2090, 0x209C}, {0x200B, 0x200F}, {0x2018, 0x2019}, {0x2024, 0x2024},
        {0x2027, 0x2027}, {0x202A, 0x202E}, {0x2060, 0x2064}, {0x20D0, 0x20F0}, {0xFE00, 0xFE0F},
        {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF},
    };
    for (size_t i = 0; i < ARRAY_LEN(ranges); i++) {
        if (c >= ranges[i][0] && c <= ranges[i][1]) {
            return true;
        }
    }
    return false;
}

/* Whether the sigma that begins at `at` ends a word: a letter before it and none behind. */
static bool is_final_sigma(Str text, size_t at)
{
    bool before = false;
    for (size_t start = at; start > 0;) {
        do {
            start--;
        } while (start > 0 && ((unsigned char)text.data[start] & 0xC0) == 0x80);
        size_t end = start;
        uint32_t c = utf8_next(text, &end);
        if (!is_case_ignorable(c)) {
            before = codepoint_is_cased(c);
            break;
        }
    }
    utf8_next(text, &at);
    while (before && at < text.len) {
        uint32_t c = utf8_next(text, &at);
        if (!is_case_ignorable(c)) {
            return !codepoint_is_cased(c);
        }
    }
    return before;
}

/* The letter that begins at `at` of `text`. */
static void add_lower(Str text, size_t at, StrBuf *out)
{
    enum { CAPITAL_SIGMA = 0x3A3, SIGMA = 0x3C3, FINAL_SIGMA = 0x3C2, I_WITH_DOT = 0x130 };
    size_t start = at;
    uint32_t c = utf8_next(text, &at);
    if (c == CAPITAL_SIGMA) {
        utf8_add(out, is_final_sigma(text, start) ? FINAL_SIGMA : SIGMA);
    } else if (c == I_WITH_DOT) {
        strbuf_add(out, STR("i\xCC\x87"));
    } else {
        utf8_add(out, unicode_lower(c));
    }
}

/* Folding is lowering what was raised, but for a few letters and Cherokee. */
static void add_folded(uint32_t c, StrBuf *out)
{
    enum { DOTLESS_I = 0x131, I_WITH_DOT = 0x130, CAPITAL_SHARP_S = 0x1E9E };
    bool cherokee = (c >= 0x13A0 && c <= 0x13FD) || (c >= 0xAB70 && c <= 0xABBF);
    if (c == DOTLESS_I) {
        utf8_add(out, c);
    } else if (c == I_WITH_DOT) {
        strbuf_add(out, STR("i\xCC\x87"));
    } else if (c == CAPITAL_SHARP_S) {
        strbuf_add(out, STR("ss"));
    } else if (cherokee) {
        utf8_add(out, unicode_upper(c));
    } else {
        const uint32_t *row = find_row(upper_rows, ARRAY_LEN(upper_rows), c);
        uint32_t simple[3] = {unicode_upper(c)};
        row = row != NULL ? row : simple;
        for (size_t i = 0; i < 3 && row[i] != 0; i++) {
            utf8_add(out, unicode_lower(row[i]));
        }
    }
}

static void add_swapped(Str text, size_t at, uint32_t c, StrBuf *out)
{
    if (codepoint_is_upper(c)) {
        add_lower(text, at, out);
    } else if (codepoint_is_lower(c)) {
        add_upper(c, out);
    } else {
        utf8_add(out, c);
    }
}

static char to_upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - ('a' - 'A')) : c;
}

static char to_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

enum { WORD_BYTES = 8 };

/* Turns around the case of the letters from `first` to `last` among eight ASCII characters: the top
 * bit of each byte tells whether it lies in the range, and moves to the bit of the case. */
static uint64_t flip_range(uint64_t word, unsigned char first, unsigned char last)
{
    const uint64_t ones = 0x0101010101010101;
    uint64_t from = word + (0x80U - first) * ones, beyond = word + (0x7FU - last) * ones;
    return word ^ ((from & ~beyond & (0x80 * ones)) >> 2);
}

static void flip_letters(Str text, char first, char last, char *out)
{
    size_t i = 0;
    uint64_t word = 0;
    for (; i + WORD_BYTES <= text.len; i += WORD_BYTES) {
        memcpy(&word, text.data + i, WORD_BYTES);
        word = flip_range(word, (unsigned char)first, (unsigned char)last);
        memcpy(out + i, &word, WORD_BYTES);
    }
    if (i > 0 && i < text.len) { /* the last eight, some of them once more */
        i = text.len - WORD_BYTES;
        memcpy(&word, text.data + i, WORD_BYTES);
        word = flip_range(word, (unsigned char)first, (unsigned char)last);
        memcpy(out + i, &word, WORD_BYTES);
        return;
    }
    for (; i < text.len; i++) {
        char c = text.data[i];
        out[i] = c >= first && c <= last ? (char)(c ^ ('a' - 'A')) : c;
    }
}

/* Text that is all ASCII. */
static void convert_ascii(CaseKind kind, Str text, char *out)
{
    switch (kind) {
    case CASE_LOWER:
    case CASE_FOLD:
        flip_letters(text, 'A', 'Z', out);
        break;
    case CASE_UPPER:
        flip_letters(text, 'a', 'z', out);
        break;
    case CASE_SWAP:
        for (size_t i = 0; i < text.len; i++) {
            char c = text.data[i];
            out[i] = is_letter(c) ? (char)(c ^ ('a' - 'A')) : c;
        }
        break;
    case CASE_CAPITALIZE:
        flip_letters(text, 'A', 'Z', out);
        if (text.len > 0) {
            out[0] = to_upper(text.data[0]);
        }
        break;
    case CASE_TITLE:
        for (size_t i = 0; i < text.len; i++) {
            bool inside = i > 0 && is_letter(text.data[i - 1]);
            out[i] = inside ? to_lower(text.data[i]) : to_upper(text.data[i]);
        }
        break;
    }
}

enum { LATIN_LEAD = 0xC3, LATIN_SHARP_S = 0x9F, LATIN_Y_DIAERESIS = 0xBF };

/* How many bytes at `at` convert one by one: ASCII, and when all letters are raised or lowered the
 * two-byte characters from U+00C0 to U+00FF, but for the two whose capitals are beyond. */
static size_t simple_run(CaseKind kind, Str text, size_t at)
{
    size_t end = at;
    bool latin = kind == CASE_LOWER || kind == CASE_UPPER;
    while (end < text.len) {
        unsigned char c = (unsigned char)text.data[end];
        if (c < 0x80) {
            end++;
            continue;
        }
        unsigned char next = c == LATIN_LEAD && latin ? (unsigned char)text.data[end + 1] : 0;
        bool beyond = kind == CASE_UPPER && (next == LATIN_SHARP_S || next == LATIN_Y_DIAERESIS);
        if (next == 0 || beyond) {
            break;
        }
        end += 2;
    }
    return end - at;
}

/* The second byte of such a character: 'à' to 'þ' are 0xA0 to 0xBE, their capitals 0x20 less, and
 * in their places among them are the signs of division and multiplication. */
static unsigned char convert_latin(CaseKind kind, unsigned char c)
{
    enum { CASE_BIT = 0x20, FIRST = 0x80, LAST = 0x9E, TIMES = 0x97 };
    unsigned capital = c & ~(unsigned)CASE_BIT;
    bool letter = capital >= FIRST && capital <= LAST && capital != TIMES;
    return (unsigned char)(!letter ? c : kind == CASE_UPPER ? capital : capital | CASE_BIT);
}

/* Text that is one simple run. */
static void convert_simple(CaseKind kind, Str text, char *out)
{
    size_t plain = 0;
    for (size_t i = 0; i <= text.len; i++) {
        if (i < text.len && (unsigned char)text.data[i] != LATIN_LEAD) {
            continue;
        }
        convert_ascii(kind, str_slice(text, plain, i), out + plain);
        if (i < text.len) {
            out[i] = text.data[i];
            i++;
            out[i] = (char)convert_latin(kind, (unsigned char)text.data[i]);
            plain = i + 1;
        }
    }
}

void casing_add(CaseKind kind, Str text, StrBuf *out)
{
    bool by_word = kind == CASE_CAPITALIZE || kind == CASE_TITLE;
    bool inside = false; /* a word, for titles */
    for (size_t at = 0; at < text.len;) {
        size_t run = by_word ? 0 : simple_run(kind, text, at);
        char *room = run > 0 ? strbuf_reserve(out, run) : NULL;
        if (room != NULL) {
            convert_simple(kind, str_slice(text, at, at + run), room);
            out->len += run;
            at += run;
            continue;
        }
        size_t start = at;
        uint32_t c = utf8_next(text, &at);
        bool capital = kind == CASE_CAPITALIZE ? start == 0 : !inside;
        if (kind == CASE_UPPER) {
            add_upper(c, out);
        } else if (kind == CASE_FOLD) {
            add_folded(c, out);
        } else if (kind == CASE_SWAP) {
            add_swapped(text, start, c, out);
        } else if (kind == CASE_LOWER || !capital) {
            add_lower(text, start, out);
        } else {
            add_title(c, out);
        }
        inside = by_word && codepoint_is_cased(c);
    }
}

Error *casing_convert(JinjaState *s, CaseKind kind, JStr *str, JValue *out)
{
    bool ascii = jstr_is_ascii(str);
    if (ascii || simple_run(kind, jstr_str(str), 0) == str->len) {
        JStr *converted = jstr_new_raw(jinja_heap(s), str->len);
        converted->chars = str->chars;
        (ascii ? convert_ascii : convert_simple)(kind, jstr_str(str), converted->text);
        converted->obj.flags = (uint8_t)(converted->obj.flags | (str->obj.flags & JOBJ_SAFE));
        *out = jobj(converted);
        return NULL;
    }
    JBuild build = jbuild_begin(s);
    casing_add(kind, jstr_str(str), &build.buf);
    TRY(jbuild_take(s, &build, out));
    *out = jstr_as_safe(jinja_heap(s), *out, (str->obj.flags & JOBJ_SAFE) != 0);
    return NULL;
}
