#include "base/unicode.h"
#include "jinja/builtin.h"
#include "jinja/casing.h"
#include "jinja/str_edit.h"

/* True if the text is not empty and each character is of the kind. */
static Error *all_are(const JCall *call, bool (*is)(uint32_t codepoint), JValue *out)
{
    Str text = jtext(call->args[0]);
    bool all = text.len > 0;
    for (size_t at = 0; all && at < text.len;) {
        all = is(utf8_next(text, &at));
    }
    *out = jbool(all);
    return NULL;
}

static bool is_alpha(uint32_t c)
{
    return c < 128 ? (c | 32) - 'a' < 26U : unicode_is_alpha(c);
}

static bool is_decimal(uint32_t c)
{
    return c < 128 ? c - '0' < 10U : unicode_is_decimal(c);
}

static Error *str_isalnum(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    return all_are(call, codepoint_is_alnum, out);
}

static Error *str_isalpha(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    return all_are(call, is_alpha, out);
}

static Error *str_isdecimal(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    return all_are(call, is_decimal, out);
}

static Error *str_isdigit(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    return all_are(call, codepoint_is_digit, out);
}

static Error *str_isnumeric(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    return all_are(call, codepoint_is_numeric, out);
}

static Error *str_isspace(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    return all_are(call, str_edit_is_space, out);
}

static Error *str_isascii(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    *out = jbool(jstr_is_ascii(call->args[0].str));
    return NULL;
}

static Error *str_isprintable(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    TRY(all_are(call, unicode_is_printable, out));
    *out = jbool(out->b || call->args[0].str->len == 0);
    return NULL;
}

static Error *str_isidentifier(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    Str text = jtext(call->args[0]);
    size_t at = 0;
    bool valid = text.len > 0 && unicode_is_identifier_start(utf8_next(text, &at));
    while (valid && at < text.len) {
        valid = unicode_is_identifier_part(utf8_next(text, &at));
    }
    *out = jbool(valid);
    return NULL;
}

/* True if there is a letter of the one case and none of the other. */
static Error *cased_as(const JCall *call, bool (*wanted)(uint32_t), bool (*other)(uint32_t),
                       JValue *out)
{
    Str text = jtext(call->args[0]);
    bool found = false;
    for (size_t at = 0; at < text.len;) {
        uint32_t c = utf8_next(text, &at);
        if (other(c) || (c >= 128 && unicode_is_title(c))) {
            found = false;
            break;
        }
        found = found || wanted(c);
    }
    *out = jbool(found);
    return NULL;
}

static Error *str_islower(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    return cased_as(call, codepoint_is_lower, codepoint_is_upper, out);
}

static Error *str_isupper(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    return cased_as(call, codepoint_is_upper, codepoint_is_lower, out);
}

static Error *str_istitle(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    Str text = jtext(call->args[0]);
    bool found = false, valid = true, inside = false;
    for (size_t at = 0; valid && at < text.len;) {
        uint32_t c = utf8_next(text, &at);
        bool capital = codepoint_is_upper(c) || (c >= 128 && unicode_is_title(c));
        bool small = !capital && codepoint_is_lower(c);
        valid = capital ? !inside : !small || inside;
        inside = capital || small;
        found = found || inside;
    }
    *out = jbool(valid && found);
    return NULL;
}

const JBuiltin jinja_str_predicates[] = {
    {"isalnum", str_isalnum, 1, 1, NULL, 0, NULL},
    {"isalpha", str_isalpha, 1, 1, NULL, 0, NULL},
    {"isascii", str_isascii, 1, 1, NULL, 0, NULL},
    {"isdecimal", str_isdecimal, 1, 1, NULL, 0, NULL},
    {"isdigit", str_isdigit, 1, 1, NULL, 0, NULL},
    {"isidentifier", str_isidentifier, 1, 1, NULL, 0, NULL},
    {"islower", str_islower, 1, 1, NULL, 0, NULL},
    {"isnumeric", str_isnumeric, 1, 1, NULL, 0, NULL},
    {"isprintable", str_isprintable, 1, 1, NULL, 0, NULL},
    {"isspace", str_isspace, 1, 1, NULL, 0, NULL},
    {"istitle", str_istitle, 1, 1, NULL, 0, NULL},
    {"isupper", str_isupper, 1, 1, NULL, 0, NULL},
    {0},
};
