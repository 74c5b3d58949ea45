#include "transform/package/version.h"

#include "base/number.h"

static const char *const matcher_texts[] = {
    [VERSION_EQUAL] = "=", [VERSION_BELOW] = "<", [VERSION_UP_TO] = "<=",
    [VERSION_ABOVE] = ">", [VERSION_FROM] = ">=",
};

static VersionMatcher take_matcher(Str *text)
{
    VersionMatcher found = VERSION_EQUAL;
    size_t length = 0;
    for (size_t i = 0; i < ARRAY_LEN(matcher_texts); i++) {
        Str matcher = str_from(matcher_texts[i]);
        if (matcher.len > length && str_starts_with(*text, matcher)) {
            found = (VersionMatcher)i;
            length = matcher.len;
        }
    }
    *text = str_trim_start(str_from_offset(*text, length));
    return found;
}

static bool parse_parts(Str text, PackageVersion *out)
{
    Str numbers = text, rest = {0};
    if (str_cut(text, '+', &numbers, &rest)) { /* what was built says nothing about the order */
        text = numbers;
    }
    if (str_cut(text, '-', &numbers, &rest)) {
        out->prerelease = rest;
    }
    Str part;
    size_t count = 0;
    for (Str left = numbers; str_next_piece(&left, '.', &part); count++) {
        if (count == ARRAY_LEN(out->parts) || !number_parse_int64(part, &out->parts[count]) ||
            out->parts[count] < 0) {
            return false;
        }
    }
    return count == ARRAY_LEN(out->parts);
}

Error *package_version_parse(Str text, PackageVersion *out)
{
    Str rest = str_trim(text);
    PackageVersion version = {.matcher = take_matcher(&rest)};
    if (str_starts_with(rest, STR("v"))) {
        rest = str_from_offset(rest, 1);
    }
    if (!parse_parts(rest, &version)) {
        return error_hint(error_new(ERR_CONFIG, "\"" STR_FMT "\" is not a valid semantic version.",
                                    STR_ARG(text)),
                          "write it as 1.2.3, or as a condition such as \">=1.2.0\"");
    }
    *out = version;
    return NULL;
}

/* Parts by their dots: numbers as numbers, and below texts. */
static int compare_prereleases(Str a, Str b)
{
    if (a.len == 0 || b.len == 0) {
        return (a.len == 0) - (b.len == 0); /* what is released comes after all that led to it */
    }
    Str left, right;
    for (bool more = true; more;) {
        bool has_left = str_next_piece(&a, '.', &left), has_right = str_next_piece(&b, '.', &right);
        int64_t x = 0, y = 0;
        if (!has_left || !has_right) {
            return has_left - has_right;
        }
        bool is_x = number_parse_int64(left, &x), is_y = number_parse_int64(right, &y);
        int order = is_x && is_y   ? (x > y) - (x < y)
                    : is_x != is_y ? (is_y - is_x)
                                   : str_compare(left, right);
        if (order != 0) {
            return order;
        }
        more = a.len > 0 || b.len > 0;
    }
    return 0;
}

int package_version_compare(const PackageVersion *a, const PackageVersion *b)
{
    for (size_t i = 0; i < ARRAY_LEN(a->parts); i++) {
        if (a->parts[i] != b->parts[i]) {
            return a->parts[i] < b->parts[i] ? -1 : 1;
        }
    }
    return compare_prereleases(a->prerelease, b->prerelease);
}

static bool fits(const PackageVersion *version, const PackageVersion *condition)
{
    int order = package_version_compare(version, condition);
    switch (condition->matcher) {
    case VERSION_EQUAL:
        return order == 0;
    case VERSION_BELOW:
        return order < 0;
    case VERSION_UP_TO:
        return order <= 0;
    case VERSION_ABOVE:
        return order > 0;
    case VERSION_FROM:
        return order >= 0;
    }
    return false;
}

bool package_version_fits(const PackageVersion *version, const PackageVersionVec *conditions)
{
    for (VEC_EACH(const PackageVersion, condition, conditions)) {
        if (!fits(version, condition)) {
            return false;
        }
    }
    return true;
}

/* One condition from below against one from above; the others have no say about each other. */
static bool contradict(const PackageVersion *low, const PackageVersion *high)
{
    bool is_low = low->matcher == VERSION_ABOVE || low->matcher == VERSION_FROM;
    bool is_high = high->matcher == VERSION_BELOW || high->matcher == VERSION_UP_TO;
    if (low->matcher == VERSION_EQUAL) {
        return !fits(low, high);
    }
    if (!is_low || !is_high) {
        return false;
    }
    int order = package_version_compare(low, high);
    bool open = low->matcher == VERSION_ABOVE || high->matcher == VERSION_BELOW;
    return order > 0 || (order == 0 && open);
}

bool package_versions_possible(const PackageVersionVec *conditions)
{
    for (VEC_EACH(const PackageVersion, a, conditions)) {
        for (VEC_EACH(const PackageVersion, b, conditions)) {
            if (contradict(a, b)) {
                return false;
            }
        }
    }
    return true;
}

Str package_version_text(Arena *arena, const PackageVersion *version)
{
    bool pre = version->prerelease.len > 0;
    return str_printf(arena, "%s%lld.%lld.%lld%s" STR_FMT, matcher_texts[version->matcher],
                      (long long)version->parts[0], (long long)version->parts[1],
                      (long long)version->parts[2], pre ? "-" : "", STR_ARG(version->prerelease));
}
