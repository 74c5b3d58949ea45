#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "transform/package/version.h"

static PackageVersion version_of(const char *text)
{
    PackageVersion version = {0};
    Error *err = package_version_parse(str_from(text), &version);
    assert_null(err);
    return version;
}

static void versions_are_ordered_by_their_parts(void **state)
{
    (void)state;
    static const char *const ascending[] = {"0.9.9",      "1.0.0-alpha", "1.0.0-alpha.1",
                                            "1.0.0-rc.2", "1.0.0-rc.11", "1.0.0",
                                            "v1.0.1",     "1.2.0",       "1.10.0"};
    for (size_t i = 0; i < ARRAY_LEN(ascending); i++) {
        for (size_t j = 0; j < ARRAY_LEN(ascending); j++) {
            PackageVersion a = version_of(ascending[i]), b = version_of(ascending[j]);
            int order = package_version_compare(&a, &b);
            assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
        }
    }
}

static void what_is_no_version_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",      "1",  "1.2",    "1.2.3.4",
                                        "1.x.0", ">=", "~1.0.0", "-1.0.0"};
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        PackageVersion version;
        Error *err = package_version_parse(str_from(wrong[i]), &version);
        assert_non_null(err);
        assert_int_equal(error_kind(err), ERR_CONFIG);
        error_discard(err, "it was expected");
    }
}

static PackageVersionVec conditions_of(Arena *arena, const char *text)
{
    PackageVersionVec conditions = {0};
    Str piece;
    for (Str rest = str_from(text); str_next_piece(&rest, ',', &piece);) {
        VEC_PUSH(arena, &conditions, version_of(str_to_c(arena, piece)));
    }
    return conditions;
}

static void conditions_say_what_fits_and_what_cannot(void **state)
{
    (void)state;
    static const struct {
        const char *conditions, *version;
        bool fits, possible;
    } rows[] = {
        {">=1.0.0,<2.0.0", "1.0.0", true, true},
        {">=1.0.0,<2.0.0", "2.0.0", false, true},
        {">=1.0.0,<2.0.0", "2.0.0-rc1", true, true},
        {">1.0.0,<=1.0.0", "1.0.0", false, false},
        {">=1.0.0,<=1.0.0", "1.0.0", true, true},
        {"=0.5.0,>=0.2.0,<0.4.0", "0.5.0", false, false},
        {"1.0.0,1.0.1", "1.0.0", false, false},
        {">0.0.0", "1.0.0", true, true},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO_FREE(arena) Arena *arena = arena_new("test");
        PackageVersionVec conditions = conditions_of(arena, rows[i].conditions);
        PackageVersion version = version_of(rows[i].version);
        assert_int_equal(package_version_fits(&version, &conditions), rows[i].fits);
        assert_int_equal(package_versions_possible(&conditions), rows[i].possible);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions_are_ordered_by_their_parts),
        cmocka_unit_test(what_is_no_version_is_refused),
        cmocka_unit_test(conditions_say_what_fits_and_what_cannot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
