#include "base/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

struct Regex {
    pcre2_code *code;
};

static void release(void *object)
{
    pcre2_code_free(((Regex *)object)->code);
}

Error *regex_compile(Arena *arena, Str pattern, const Regex **out)
{
    int problem = 0;
    size_t place = 0;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)pattern.data, pattern.len, PCRE2_UTF | PCRE2_UCP,
                                     &problem, &place, NULL);
    if (code == NULL) {
        char text[256] = "";
        (void)pcre2_get_error_message(problem, (PCRE2_UCHAR *)text, sizeof(text));
        return error_new(ERR_CONFIG,
                         "the regular expression '" STR_FMT "' is wrong at character %zu: %s",
                         STR_ARG(pattern), place + 1, text);
    }
    Regex *regex = ARENA_NEW(arena, Regex);
    regex->code = code;
    arena_on_free(arena, release, regex);
    *out = regex;
    return NULL;
}

bool regex_search(const Regex *regex, Str text)
{
    enum { MATCH_LIMIT = 1000000 };
    pcre2_match_data *data = pcre2_match_data_create_from_pattern(regex->code, NULL);
    pcre2_match_context *context = pcre2_match_context_create(NULL);
    (void)pcre2_set_match_limit(context, MATCH_LIMIT);
    int found = pcre2_match(regex->code, (PCRE2_SPTR)(text.data != NULL ? text.data : ""), text.len,
                            0, 0, data, context);
    pcre2_match_context_free(context);
    pcre2_match_data_free(data);
    return found >= 0;
}
