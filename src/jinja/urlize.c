#include "jinja/urlize.h"

#include "base/unicode.h"
#include "base/vec.h"
#include "jinja/casing.h"
#include "jinja/ops.h"
#include "jinja/sort.h"
#include "jinja/str_edit.h"

/* ---- What is an address ---- */

static bool is_letter(char c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The end of the characters of a host name from `at`: letters and digits of any script, "_", "-",
 * "%". */
static size_t label_end(Str text, size_t at)
{
    while (at < text.len) {
        size_t next = at;
        uint32_t c = utf8_next(text, &next);
        if (c != '_' && c != '-' && c != '%' && !codepoint_is_alnum(c)) {
            break;
        }
        at = next;
    }
    return at;
}

static bool is_top_level(Str label)
{
    static const char *const names[] = {"com", "net", "int", "edu", "gov", "org", "info", "mil"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (str_eq_nocase(label, str_from(names[i]))) {
            return true;
        }
    }
    return false;
}

/* The last label of a name behind "http://" or "www.": letters, or an encoded one. */
static bool is_last_label(Str label)
{
    enum { LONGEST = 63, SHORTEST = 2 };
    if (label.len >= 6 && str_eq_nocase(str_slice(label, 0, 4), STR("xn--"))) {
        return label.len <= LONGEST && str_find_char(str_from_offset(label, 4), '-') == SIZE_MAX;
    }
    for (size_t i = 0; i < label.len; i++) {
        if (!is_letter(label.data[i])) {
            return false;
        }
    }
    return label.len >= SHORTEST && label.len <= LONGEST;
}

/* The end of a dotted name from `at`, and its last label; 0 when there is no name. */
static size_t name_end(Str text, size_t at, Str *out_last, bool *out_dotted)
{
    *out_dotted = false;
    for (;;) {
        size_t end = label_end(text, at);
        if (end == at) {
            return 0;
        }
        *out_last = str_slice(text, at, end);
        if (end + 1 >= text.len || text.data[end] != '.' || label_end(text, end + 1) == end + 1) {
            return end;
        }
        *out_dotted = true;
        at = end + 1;
    }
}

/* "127.0.0.1" or "[::1]"; its end, or 0. */
static size_t number_end(Str text, size_t at)
{
    if (at < text.len && text.data[at] == '[') {
        size_t close = str_find_char(str_from_offset(text, at), ']'), colons = 0;
        if (close == SIZE_MAX) {
            return 0;
        }
        for (size_t i = at + 1; i < at + close; i++) {
            char c = text.data[i];
            colons += c == ':';
            if (c != ':' && !is_digit(c) && !((c | 32) >= 'a' && (c | 32) <= 'f')) {
                return 0;
            }
        }
        return colons >= 2 ? at + close + 1 : 0;
    }
    for (int group = 0; group < 4; group++) {
        size_t start = at;
        while (at < text.len && at - start < 3 && is_digit(text.data[at])) {
            at++;
        }
        if (at == start || (group < 3 && (at == text.len || text.data[at++] != '.'))) {
            return 0;
        }
    }
    return at;
}

/* ":8080", then a path, a query or a fragment, and nothing else. */
static bool is_rest_of_address(Str rest)
{
    if (rest.len > 0 && rest.data[0] == ':') {
        size_t end = 1;
        while (end < rest.len && end <= 5 && is_digit(rest.data[end])) {
            end++;
        }
        if (end == 1) {
            return false;
        }
        rest = str_from_offset(rest, end);
    }
    return rest.len == 0 || rest.data[0] == '/' || rest.data[0] == '?' || rest.data[0] == '#';
}

static bool is_web_address(Str word)
{
    static const char *const starts[] = {"https://", "http://", "www."};
    size_t start = 0;
    for (size_t i = 0; i < ARRAY_LEN(starts) && start == 0; i++) {
        size_t len = strlen(starts[i]);
        start =
            word.len > len && str_eq_nocase(str_slice(word, 0, len), str_from(starts[i])) ? len : 0;
    }
    Str last = {0};
    bool dotted = false;
    size_t end = name_end(word, start, &last, &dotted);
    bool named = end > 0 && (start > 0 ? is_last_label(last) : dotted && is_top_level(last));
    if (named && is_rest_of_address(str_from_offset(word, end))) {
        return true;
    }
    end = start > 4 ? number_end(word, start) : 0;
    return end > 0 && is_rest_of_address(str_from_offset(word, end));
}

static bool is_mail_address(Str word)
{
    size_t at = 0;
    for (size_t i = 0; i < word.len; i++) {
        at = word.data[i] == '@' ? i : at;
    }
    if (at == 0) {
        return false;
    }
    Str host = str_from_offset(word, at + 1);
    size_t dot = SIZE_MAX;
    for (size_t i = 0; i < host.len;) {
        size_t start = i;
        uint32_t c = utf8_next(host, &i);
        if (c != '_' && c != '.' && c != '-' && !codepoint_is_alnum(c)) {
            return false;
        }
        dot = c == '.' ? start : dot;
    }
    if (dot == SIZE_MAX || dot == 0 || dot + 1 == host.len || host.data[0] == '.' ||
        host.data[0] == '-') {
        return false;
    }
    return str_find_char(str_from_offset(host, dot), '-') == SIZE_MAX;
}

/* ---- What stands around an address ---- */

/* A word in pieces: brackets before it, the address, brackets and marks behind it. */
typedef struct Pieces {
    Str head, middle, tail;
} Pieces;

static size_t count(Str text, Str part)
{
    size_t hits = 0;
    for (size_t at = 0; (at = str_find(text, part, at)) != SIZE_MAX; at += part.len) {
        hits++;
    }
    return hits;
}

/* How many bytes of `text` begin (or end) with one of the marks; 0 for none. */
static size_t mark_at(Str text, const char *const *marks, bool at_end)
{
    for (; *marks != NULL; marks++) {
        Str mark = str_from(*marks);
        if (at_end ? str_ends_with(text, mark) : str_starts_with(text, mark)) {
            return mark.len;
        }
    }
    return 0;
}

/* Closing brackets go back to an address that opened them. */
static void balance(Pieces *p, Str open, Str close)
{
    size_t opened = count(p->middle, open), in_tail = count(p->tail, close);
    if (opened <= count(p->middle, close)) {
        return;
    }
    for (size_t moves = opened < in_tail ? opened : in_tail; moves > 0; moves--) {
        size_t len = str_find(p->tail, close, 0) + close.len; /* the pieces lie side by side */
        p->middle.len += len;
        p->tail = str_from_offset(p->tail, len);
    }
}

static Pieces split_word(Str word)
{
    static const char *const openers[] = {"(", "&lt;", "<", NULL};
    static const char *const closers[] = {")", "&gt;", ">", ".", ",", "\n", NULL};
    size_t start = 0, end = word.len;
    for (size_t len; (len = mark_at(str_from_offset(word, start), openers, false)) > 0;) {
        start += len;
    }
    for (size_t len; (len = mark_at(str_slice(word, start, end), closers, true)) > 0;) {
        end -= len;
    }
    Pieces pieces = {.head = str_slice(word, 0, start),
                     .middle = str_slice(word, start, end),
                     .tail = str_from_offset(word, end)};
    balance(&pieces, STR("("), STR(")"));
    balance(&pieces, STR("<"), STR(">"));
    balance(&pieces, STR("&lt;"), STR("&gt;"));
    return pieces;
}

/* ---- Links ---- */

typedef struct Linker {
    const UrlizeOptions *options;
    Str attributes; /* ` rel="..." target="..."` */
    JList *schemes; /* NULL: none */
    StrBuf *out;
} Linker;

static void add_link(const Linker *linker, const char *prefix, Str address, Str attributes)
{
    int64_t limit = linker->options->limit;
    strbuf_printf(linker->out, "<a href=\"%s", prefix);
    strbuf_add(linker->out, address);
    strbuf_add_char(linker->out, '"');
    strbuf_add(linker->out, attributes);
    strbuf_add_char(linker->out, '>');
    bool is_long = limit >= 0 && attributes.data != NULL && utf8_count(address) > (size_t)limit;
    strbuf_add(linker->out,
               is_long ? str_slice(address, 0, utf8_offset(address, (size_t)limit)) : address);
    strbuf_add_c(linker->out, is_long ? "...</a>" : "</a>");
}

static bool has_extra_scheme(const Linker *linker, Str word)
{
    size_t schemes = linker->schemes != NULL ? jlist_len(linker->schemes) : 0;
    for (size_t i = 0; i < schemes; i++) {
        Str scheme = jtext(jlist_at(linker->schemes, i));
        if (word.len > scheme.len && str_starts_with(word, scheme)) {
            return true;
        }
    }
    return false;
}

static void add_word(const Linker *linker, Str word)
{
    Pieces p = split_word(word);
    const Str none = {0};
    strbuf_add(linker->out, p.head);
    if (is_web_address(p.middle)) {
        bool complete =
            str_starts_with(p.middle, STR("https://")) || str_starts_with(p.middle, STR("http://"));
        add_link(linker, complete ? "" : "https://", p.middle, linker->attributes);
    } else if (str_starts_with(p.middle, STR("mailto:")) &&
               is_mail_address(str_from_offset(p.middle, strlen("mailto:")))) {
        add_link(linker, "mailto:", str_from_offset(p.middle, strlen("mailto:")), none);
    } else if (str_find_char(p.middle, '@') != SIZE_MAX &&
               !str_starts_with(p.middle, STR("www.")) &&
               str_find_char(p.middle, ':') == SIZE_MAX && is_mail_address(p.middle)) {
        add_link(linker, "mailto:", p.middle, none);
    } else if (has_extra_scheme(linker, p.middle)) {
        StrBuf *out = linker->out;
        strbuf_add_c(out, "<a href=\"");
        strbuf_add(out, p.middle);
        strbuf_add_char(out, '"');
        strbuf_add(out, linker->attributes);
        strbuf_add_char(out, '>');
        strbuf_add(out, p.middle);
        strbuf_add_c(out, "</a>");
    } else {
        strbuf_add(linker->out, p.middle);
    }
    strbuf_add(linker->out, p.tail);
}

static Error *add_attribute(JinjaState *s, const char *name, JValue value, StrBuf *out)
{
    JValue text = JNONE;
    TRY(jto_str(s, value, &text));
    strbuf_printf(out, " %s=\"", name);
    jescape(jtext(text), out);
    strbuf_add_char(out, '"');
    return NULL;
}

/* The words of `rel` in order, each once. */
static Error *rel_words(JinjaState *s, const UrlizeOptions *options, JValue *out)
{
    JSet *words = jset_new(jinja_heap(s));
    JValue text = JNONE;
    if (jtruth(options->rel)) {
        TRY(jto_str(s, options->rel, &text));
        Str rest = jtext(text), word = {0};
        while (str_edit_next_word(&rest, &word)) {
            TRY(jset_add(words, jstr_value(jinja_heap(s), word)));
        }
    }
    TRY(jset_add(words, jstr_value(jinja_heap(s), STR("noopener"))));
    if (options->nofollow) {
        TRY(jset_add(words, jstr_value(jinja_heap(s), STR("nofollow"))));
    }
    JList *list = NULL;
    TRY(jcollect(s, jset_value(words), &list));
    TRY(sort_list(s, list, false));
    JBuild build = jbuild_begin(s);
    for (size_t i = 0; i < jlist_len(list); i++) {
        strbuf_add(&build.buf, i > 0 ? STR(" ") : STR(""));
        strbuf_add(&build.buf, jtext(jlist_at(list, i)));
    }
    return jbuild_take(s, &build, out);
}

/* Two or more letters, a colon, up to two slashes. */
static bool is_scheme(Str text)
{
    size_t at = 0, chars = 0;
    for (; at < text.len; chars++) {
        size_t next = at;
        uint32_t c = utf8_next(text, &next);
        if (c != '.' && c != '+' && c != '-' && c != '_' && !codepoint_is_alnum(c)) {
            break;
        }
        at = next;
    }
    Str rest = str_from_offset(text, at);
    return chars >= 2 && (str_is(rest, ":") || str_is(rest, ":/") || str_is(rest, "://"));
}

static Error *read_schemes(JinjaState *s, JValue schemes, JList **out)
{
    *out = NULL;
    if (schemes.type == J_NONE) {
        return NULL;
    }
    TRY(jcollect(s, schemes, out));
    for (size_t i = 0; i < jlist_len(*out); i++) {
        JValue scheme = jlist_at(*out, i);
        if (scheme.type != J_STR || !is_scheme(jtext(scheme))) {
            StrBuf text = strbuf_init(jinja_scratch(s), LIMIT_ERROR_BYTES);
            TRY(jrepr(s, scheme, &text));
            return jraise("FilterArgumentError", STR_FMT " is not a valid URI scheme prefix.",
                          STR_ARG(strbuf_str(&text)));
        }
    }
    return NULL;
}

Error *urlize_text(JinjaState *s, JValue text, const UrlizeOptions *options, StrBuf *out)
{
    StrBuf escaped = strbuf_init(jinja_scratch(s), LIMIT_STRING_BYTES);
    StrBuf attributes = strbuf_init(jinja_scratch(s), LIMIT_STRING_BYTES);
    Linker linker = {.options = options, .out = out};
    JValue rel = JNONE;
    TRY(read_schemes(s, options->schemes, &linker.schemes));
    TRY(rel_words(s, options, &rel));
    TRY(add_attribute(s, "rel", rel, &attributes));
    if (options->target.type != J_NONE) {
        TRY(add_attribute(s, "target", options->target, &attributes));
    }
    linker.attributes = strbuf_str(&attributes);
    if (jis_safe(text)) {
        strbuf_add(&escaped, jtext(text));
    } else {
        jescape(jtext(text), &escaped);
    }
    Str rest = strbuf_str(&escaped);
    while (rest.len > 0 && !out->overflowed) {
        Str word = {0}, before = rest;
        bool found = str_edit_next_word(&rest, &word);
        size_t blank = found ? (size_t)(word.data - before.data) : before.len;
        strbuf_add(out, str_slice(before, 0, blank));
        if (found) {
            add_word(&linker, word);
        }
    }
    return NULL;
}
