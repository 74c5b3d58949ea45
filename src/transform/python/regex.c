#include "transform/python/regex.h"

#include "base/limits.h"
#include "jinja/jinja.h"

void python_regex_done(PythonRegex *regex)
{
    pcre2_match_data_free(regex->match);
    pcre2_code_free(regex->code);
}

const PythonRegexFlag python_regex_flags[] = {{"IGNORECASE", REGEX_IGNORECASE, PCRE2_CASELESS},
                                              {"I", REGEX_IGNORECASE, PCRE2_CASELESS},
                                              {"MULTILINE", REGEX_MULTILINE, PCRE2_MULTILINE},
                                              {"M", REGEX_MULTILINE, PCRE2_MULTILINE},
                                              {"DOTALL", REGEX_DOTALL, PCRE2_DOTALL},
                                              {"S", REGEX_DOTALL, PCRE2_DOTALL},
                                              {"UNICODE", REGEX_UNICODE, 0},
                                              {"U", REGEX_UNICODE, 0},
                                              {"VERBOSE", REGEX_VERBOSE, PCRE2_EXTENDED},
                                              {"X", REGEX_VERBOSE, PCRE2_EXTENDED},
                                              {"ASCII", REGEX_ASCII, 0},
                                              {"A", REGEX_ASCII, 0},
                                              {0}};

/* Python's \Z is the very end, PCRE2 writes \z. */
static Str as_pcre(Arena *arena, Str pattern)
{
    StrBuf out = strbuf_init(arena, LIMIT_STRING_BYTES);
    for (size_t i = 0; i < pattern.len; i++) {
        bool escape = pattern.data[i] == '\\' && i + 1 < pattern.len;
        strbuf_add_char(&out, pattern.data[i]);
        if (escape) {
            i++;
            strbuf_add_char(&out, pattern.data[i] == 'Z' ? 'z' : pattern.data[i]);
        }
    }
    return strbuf_str(&out);
}

Error *python_regex_compile(Arena *arena, Str pattern, int64_t python_flags, PythonRegex *out)
{
    uint32_t options = PCRE2_UTF | ((python_flags & REGEX_ASCII) != 0 ? 0 : PCRE2_UCP);
    for (const PythonRegexFlag *flag = python_regex_flags; flag->name != NULL; flag++) {
        options |= (python_flags & flag->python) != 0 ? flag->pcre : 0;
    }
    Str text = as_pcre(arena, pattern);
    int code = 0;
    PCRE2_SIZE offset = 0;
    out->code = pcre2_compile((PCRE2_SPTR)(text.len > 0 ? text.data : ""), text.len, options, &code,
                              &offset, NULL);
    if (out->code == NULL) {
        PCRE2_UCHAR message[256];
        (void)pcre2_get_error_message(code, message, sizeof(message));
        return jraise("re.error", "%s at position %zu of '" STR_FMT "'", (const char *)message,
                      (size_t)offset, STR_ARG(pattern));
    }
    out->match = pcre2_match_data_create_from_pattern(out->code, NULL);
    return NULL;
}

Error *python_regex_find(const PythonRegex *regex, Str text, size_t start, uint32_t options,
                         size_t *out_groups)
{
    int found = pcre2_match(regex->code, (PCRE2_SPTR)(text.len > 0 ? text.data : ""), text.len,
                            start, options | PCRE2_NO_UTF_CHECK, regex->match, NULL);
    *out_groups = 0;
    if (found >= 0) {
        *out_groups = pcre2_get_ovector_count(regex->match);
        return NULL;
    }
    return found == PCRE2_ERROR_NOMATCH
               ? NULL
               : jraise("RuntimeError", "the pattern takes too long on this text");
}

bool python_regex_group_span(const PythonRegex *regex, size_t group, size_t *out_start,
                             size_t *out_end)
{
    const PCRE2_SIZE *spans = pcre2_get_ovector_pointer(regex->match);
    *out_start = spans[2 * group];
    *out_end = spans[2 * group + 1];
    return *out_start != PCRE2_UNSET && *out_end >= *out_start;
}

Str python_regex_group_text(const PythonRegex *regex, Str text, size_t group)
{
    size_t start = 0, end = 0;
    return python_regex_group_span(regex, group, &start, &end) ? str_slice(text, start, end)
                                                               : (Str){0};
}

/* ---- Walking all matches ---- */

static size_t next_character(Str text, size_t at)
{
    at++;
    while (at < text.len && ((uint8_t)text.data[at] & 0xc0) == 0x80) {
        at++;
    }
    return at;
}

Error *python_regex_walk_next(PythonRegexWalk *walk)
{
    walk->groups = 0;
    while (walk->at <= walk->text.len) {
        uint32_t options = walk->was_empty ? PCRE2_NOTEMPTY_ATSTART : 0;
        TRY(python_regex_find(walk->regex, walk->text, walk->at, options, &walk->groups));
        if (walk->groups > 0) {
            (void)python_regex_group_span(walk->regex, 0, &walk->start, &walk->end);
            walk->was_empty = walk->end == walk->start;
            walk->at = walk->end;
            return NULL;
        }
        if (!walk->was_empty) {
            return NULL;
        }
        walk->was_empty = false;
        walk->at = next_character(walk->text, walk->at);
    }
    return NULL;
}
