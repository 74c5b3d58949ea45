#include "transform/select/select.h"

/* ---- fnmatch ---- */

static size_t char_bytes(Str text, size_t at)
{
    size_t end = at + 1;
    while (end < text.len && ((uint8_t)text.data[end] & 0xc0) == 0x80) {
        end++;
    }
    return end - at;
}

/* Where the set that begins at pattern[at] == '[' ends (its ']'), or SIZE_MAX: then it is a plain
 * '['. */
static size_t set_end(Str pattern, size_t at)
{
    size_t end = at + 1;
    if (end < pattern.len && pattern.data[end] == '!') {
        end++;
    }
    if (end < pattern.len && pattern.data[end] == ']') {
        end++;
    }
    while (end < pattern.len && pattern.data[end] != ']') {
        end++;
    }
    return end < pattern.len ? end : SIZE_MAX;
}

/* Sets are of bytes: names of models are hardly ever anything else. */
static bool set_has(Str set, char c)
{
    bool inverted = set.len > 0 && set.data[0] == '!';
    bool found = false;
    for (size_t i = inverted ? 1 : 0; i < set.len; i++) {
        if (i + 2 < set.len && set.data[i + 1] == '-') {
            found = found || (set.data[i] <= c && c <= set.data[i + 2]);
            i += 2;
        } else {
            found = found || set.data[i] == c;
        }
    }
    return found != inverted;
}

/* Matches one element of the pattern other than '*'; false leaves both positions alone. */
static bool match_one(Str pattern, size_t *at, Str text, size_t *position)
{
    if (*position >= text.len) {
        return false;
    }
    char c = pattern.data[*at];
    size_t end = c == '[' ? set_end(pattern, *at) : SIZE_MAX;
    if (c == '?') {
        *position += char_bytes(text, *position);
        *at += 1;
        return true;
    }
    if (end != SIZE_MAX) {
        if (!set_has(str_slice(pattern, *at + 1, end), text.data[*position])) {
            return false;
        }
        *position += 1;
        *at = end + 1;
        return true;
    }
    if (c != text.data[*position]) {
        return false;
    }
    *position += 1;
    *at += 1;
    return true;
}

bool select_pattern_matches(Str pattern, Str text)
{
    size_t at = 0, position = 0;
    size_t star = SIZE_MAX, star_position = 0; /* where to go back to: after the last '*' */
    while (position < text.len || at < pattern.len) {
        if (at < pattern.len && pattern.data[at] == '*') {
            star = ++at;
            star_position = position;
            continue;
        }
        if (at < pattern.len && match_one(pattern, &at, text, &position)) {
            continue;
        }
        if (star == SIZE_MAX || star_position >= text.len) {
            return false;
        }
        at = star;
        position = ++star_position;
    }
    return true;
}

/* ---- fqn ---- */

static bool is_pattern(Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (strchr("*?[]", text.data[i]) != NULL) {
            return true;
        }
    }
    return false;
}

static StrVec split_dots(Arena *arena, Str text)
{
    StrVec parts = {0};
    Str piece;
    for (Str rest = text; str_next_piece(&rest, '.', &piece);) {
        VEC_PUSH(arena, &parts, piece);
    }
    return parts;
}

static bool parts_match(Arena *scratch, const StrVec *fqn, const StrVec *wanted)
{
    if (wanted->len > fqn->len) {
        return false;
    }
    for (size_t i = 0; i < wanted->len; i++) {
        if (is_pattern(wanted->data[i])) {
            Str pattern = str_join(scratch, wanted->data + i, wanted->len - i, STR("."));
            Str rest = str_join(scratch, fqn->data + i, fqn->len - i, STR("."));
            return select_pattern_matches(pattern, rest);
        }
        if (!str_eq(wanted->data[i], fqn->data[i])) {
            return false;
        }
    }
    return true;
}

bool select_fqn_matches(Arena *scratch, const StrVec *fqn, Str value)
{
    if (fqn->len == 0) {
        return false;
    }
    if (select_pattern_matches(value, VEC_LAST(fqn))) {
        return true; /* a name, or a pattern of names */
    }
    StrVec parts = {0};
    for (VEC_EACH(Str, it, fqn)) {
        StrVec pieces = split_dots(scratch, *it);
        for (VEC_EACH(Str, piece, &pieces)) {
            VEC_PUSH(scratch, &parts, *piece);
        }
    }
    StrVec wanted = split_dots(scratch, value);
    CHECK(parts.len > 0);
    StrVec unscoped = {.data = parts.data + 1, .len = parts.len - 1};
    return parts_match(scratch, &parts, &wanted) || parts_match(scratch, &unscoped, &wanted);
}
