#include "transform/select/select.h"

#include "base/number.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A depth beyond any graph is no limit. */
static int depth_of(Str digits)
{
    int64_t depth = 0;
    if (digits.len == 0 || !number_parse_int64(digits, &depth) || depth > INT32_MAX) {
        return GRAPH_UNLIMITED;
    }
    return (int)depth;
}

/* "[N]+" in front. */
static Str take_parents(Str text, Criterion *out)
{
    size_t digits = 0;
    while (digits < text.len && is_digit(text.data[digits])) {
        digits++;
    }
    if (digits == text.len || text.data[digits] != '+') {
        return text;
    }
    out->parents = true;
    out->parents_depth = depth_of(str_slice(text, 0, digits));
    return str_from_offset(text, digits + 1);
}

/* "+[N]" at the end. */
static Str take_children(Str text, Criterion *out)
{
    size_t digits = text.len;
    while (digits > 0 && is_digit(text.data[digits - 1])) {
        digits--;
    }
    if (digits == 0 || text.data[digits - 1] != '+') {
        return text;
    }
    out->children = true;
    out->children_depth = depth_of(str_from_offset(text, digits));
    return str_slice(text, 0, digits - 1);
}

static bool is_method_char(char c)
{
    return is_digit(c) || c == '_' || c == '.' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* "method.arg.arg:" in front of the value. */
static Str take_method(Arena *arena, Str text, Criterion *out)
{
    size_t colon = 0;
    while (colon < text.len && is_method_char(text.data[colon])) {
        colon++;
    }
    if (colon == 0 || colon == text.len || text.data[colon] != ':') {
        return text;
    }
    Str piece;
    Str rest = str_slice(text, 0, colon);
    (void)str_next_piece(&rest, '.', &out->method);
    while (str_next_piece(&rest, '.', &piece)) {
        VEC_PUSH(arena, &out->arguments, piece);
    }
    return str_from_offset(text, colon + 1);
}

static bool ends_with_nocase(Str text, Str suffix)
{
    return text.len >= suffix.len &&
           str_eq_nocase(str_from_offset(text, text.len - suffix.len), suffix);
}

static Str default_method(Str value)
{
    if (str_find_char(value, '/') != SIZE_MAX) {
        return STR("path");
    }
    bool file = ends_with_nocase(value, STR(".sql")) || ends_with_nocase(value, STR(".py")) ||
                ends_with_nocase(value, STR(".csv"));
    return file ? STR("file") : STR("fqn");
}

Error *criterion_parse(Arena *arena, Str text, Criterion *out)
{
    *out = (Criterion){
        .raw = text, .parents_depth = GRAPH_UNLIMITED, .children_depth = GRAPH_UNLIMITED};
    Str rest = text;
    if (rest.len > 0 && rest.data[0] == '@') {
        out->childrens_parents = true;
        rest = str_from_offset(rest, 1);
    }
    rest = take_parents(rest, out);
    rest = take_children(rest, out);
    out->value = take_method(arena, rest, out);
    if (out->method.len == 0) {
        out->method = default_method(out->value);
    }
    if (out->childrens_parents && out->children) {
        return error_new(ERR_USAGE,
                         "Invalid node spec " STR_FMT
                         " - \"@\" prefix and \"+\" suffix are incompatible",
                         STR_ARG(text));
    }
    return NULL;
}
