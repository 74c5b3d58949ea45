/* The part of base/fs.h that compares paths with patterns, without recursion: after a mismatch only
 * the latest star takes one more, so that no pattern takes more than its length times that of the
 * path. */
#include "base/fs.h"
#include "base/unicode.h"

/* The set that begins at pattern[start], after its '[': where its content ends, or SIZE_MAX when it
 * is never closed, which makes the '[' an ordinary character. A ']' that comes first belongs to the
 * set. */
static size_t set_end(Str pattern, size_t start)
{
    size_t at = start;
    at += at < pattern.len && pattern.data[at] == '!';
    at += at < pattern.len && pattern.data[at] == ']';
    return str_find(pattern, STR("]"), at);
}

/* `set` is what stands between the brackets. */
static bool set_has(Str set, uint32_t codepoint)
{
    bool negated = set.data[0] == '!';
    size_t at = negated ? 1 : 0;
    while (at < set.len) {
        uint32_t first = utf8_next(set, &at), last = first;
        if (at + 1 < set.len && set.data[at] == '-') {
            at++;
            last = utf8_next(set, &at);
        }
        if (codepoint >= first && codepoint <= last) {
            return !negated;
        }
    }
    return negated;
}

/* Takes one element other than `*` off the pattern and what it matches off the name; false, with
 * both in any state, when they do not fit. */
static bool take_one(Str pattern, size_t *pattern_at, Str name, size_t *name_at)
{
    char c = pattern.data[*pattern_at];
    size_t end = c == '[' ? set_end(pattern, *pattern_at + 1) : SIZE_MAX;
    if (c == '?') {
        *pattern_at += 1;
        utf8_next(name, name_at);
        return true;
    }
    if (end != SIZE_MAX) {
        Str set = str_slice(pattern, *pattern_at + 1, end);
        *pattern_at = end + 1;
        return set_has(set, utf8_next(name, name_at));
    }
    *pattern_at += 1;
    return c == name.data[(*name_at)++];
}

/* Matches one name of a path against one part of a pattern. */
static bool name_matches(Str pattern, Str name)
{
    size_t pattern_at = 0, name_at = 0;
    size_t star = SIZE_MAX, star_took = 0; /* after the latest '*', and what it has taken up to */
    while (name_at < name.len || pattern_at < pattern.len) {
        if (pattern_at < pattern.len && pattern.data[pattern_at] == '*') {
            star = ++pattern_at;
            star_took = name_at;
        } else if (pattern_at == pattern.len || name_at == name.len ||
                   !take_one(pattern, &pattern_at, name, &name_at)) {
            if (star == SIZE_MAX || star_took == name.len) {
                return false;
            }
            utf8_next(name, &star_took);
            name_at = star_took;
            pattern_at = star;
        }
    }
    return true;
}

/* The part up to the next '/'; *rest begins at the part and moves past it, to NULL after the last.
 */
static Str next_part(Str *rest)
{
    Str part = {0};
    (void)str_next_piece(rest, '/', &part);
    return part;
}

bool fs_pattern_matches(Str pattern, Str path)
{
    pattern = pattern.len > 0 ? pattern : STR("");
    path = path.len > 0 ? path : STR("");
    Str star = {0}, star_took = {0}; /* after the latest "**", and the names it has not taken */
    bool has_star = false;
    while (path.data != NULL || pattern.data != NULL) {
        Str rest_pattern = pattern, rest_path = path;
        Str part = next_part(&rest_pattern);
        if (path.data != NULL && str_is(part, "**")) {
            has_star = true;
            star = pattern = rest_pattern;
            star_took = path;
            if (pattern.data == NULL) {
                return true;
            }
        } else if (pattern.data != NULL && path.data != NULL &&
                   name_matches(part, next_part(&rest_path))) {
            pattern = rest_pattern;
            path = rest_path;
        } else {
            if (!has_star || star_took.data == NULL) {
                return false;
            }
            (void)next_part(&star_took);
            path = star_took;
            pattern = star;
        }
    }
    return true;
}
