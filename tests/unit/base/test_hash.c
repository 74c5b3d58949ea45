#include "base_fixture.h"

#include <errno.h>

#include "base/hash.h"
#include "faults.h"

/* SipHash-1-3 under the key 00 01 .. 0f of the texts "", 00, 00 01, ..., made with
 * tests/oracle/base_cases.py, whose SipHash-2-4 gives the vector of the paper. */
static const uint64_t expected[] = {
    0xabac0158050fc4dc, 0xc9f49bf37d57ca93, 0x82cb9b024dc7d44d, 0x8bf80ab8e7ddf7fb,
    0xcf75576088d38328, 0xdef9d52f49533b67, 0xc50d2b50c59f22a7, 0xd3927d989bb11140,
    0x369095118d299a8e, 0x25a48eb36c063de4, 0x79de85ee92ff097f, 0x70c118c1f94dc352,
    0x78a384b157b4d9a2, 0x306f760c1229ffa7, 0x605aa111c0f95d34, 0xd320d86d2a519956,
    0xcc4fdd1a7d908b66, 0x9cf2689063dbd80c, 0x8ffc389cb473e63e, 0xf21f9de58d297d1c,
    0xc0dc2f46a6cce040, 0xb992abfe2b45f844, 0x7ffe7b9ba320872e, 0x525a0e7fdae6c123,
    0xf464aeb267349c8c, 0x45cd5928705b0979, 0x3a3e35e3ca9913a5, 0xa91dc74e4ade3b35,
    0xfb0bed02ef6cd00d, 0x88d93cb44ab1e1f4, 0x540f11d643c5e663, 0x2370dd1f8c21d1bc,
    0x81157b6c16a7b60d,
};

static void compare_with_the_table(void *context)
{
    (void)context;
    fault_set(FAULT_GETRANDOM, 0, 1, 0);
    uint8_t bytes[ARRAY_LEN(expected)];
    for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
        bytes[i] = (uint8_t)i;
        uint64_t hash = hash_bytes(bytes, i);
        if (hash != expected[i]) {
            fprintf(stderr, "%zu bytes: %llx\n", i, (unsigned long long)hash);
            abort();
        }
    }
}

static void the_hash_is_siphash_1_3(void **state)
{
    (void)state;
    assert_passes_in_child(compare_with_the_table, NULL);
}

static void print_a_hash(void *context)
{
    if (*(const bool *)context) {
        fault_set(FAULT_GETRANDOM, 0, 1, EAGAIN);
    }
    fprintf(stderr, "%llx", (unsigned long long)hash_bytes("abc", 3));
    char again[] = "abc";
    if (hash_bytes(again, 3) != hash_bytes("abc", 3) ||
        hash_bytes(again, 3) == hash_bytes("abd", 3)) {
        abort();
    }
}

static void each_process_has_a_seed_of_its_own_even_without_entropy(void **state)
{
    (void)state;
    for (int without = 0; without < 2; without++) {
        bool context = without != 0;
        char first[64], second[64];
        assert_int_equal(run_in_child(print_a_hash, &context, first, sizeof(first)), 0);
        assert_int_equal(run_in_child(print_a_hash, &context, second, sizeof(second)), 0);
        assert_string_not_equal(first, second);
    }
}

static void unaligned_bytes_hash_as_aligned_ones(void **state)
{
    (void)state;
    char text[64] = "0123456789abcdefghijklmnopqrstuvwxyz";
    uint64_t hash = hash_bytes(text, 36);
    for (size_t shift = 1; shift < 16; shift++) {
        memmove(text + shift, text + shift - 1, 37); /* with its NUL */
        assert_true(hash_bytes(text + shift, 36) == hash);
    }
    assert_true(hash_bytes(NULL, 0) == hash_bytes(text, 0));
}

/* With n keys in n slots a good hash leaves about 1/e of them empty. */
static void keys_in_a_row_spread_evenly(void **state)
{
    (void)state;
    enum { SLOTS = 1 << 14 };
    static uint8_t used[SLOTS];
    size_t empty = 0;
    for (uint32_t i = 0; i < SLOTS; i++) {
        used[hash_bytes(&i, sizeof(i)) % SLOTS] = 1;
    }
    for (size_t i = 0; i < SLOTS; i++) {
        empty += used[i] == 0;
    }
    assert_in_range(empty, SLOTS * 34 / 100, SLOTS * 40 / 100);
}

static void the_stable_hash_is_fnv_1a(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t hash; /* the vectors its authors publish */
    } cases[] = {
        {"", 0xcbf29ce484222325U}, {"a", 0xaf63dc4c8601ec8cU}, {"foobar", 0x85944171f73967e8U}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_true(hash_stable(cases[i].text, strlen(cases[i].text)) == cases[i].hash);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        /* first: the seed is made once, so the children must inherit none */
        cmocka_unit_test(the_hash_is_siphash_1_3),
        cmocka_unit_test(each_process_has_a_seed_of_its_own_even_without_entropy),
        cmocka_unit_test(unaligned_bytes_hash_as_aligned_ones),
        cmocka_unit_test(keys_in_a_row_spread_evenly),
        cmocka_unit_test(the_stable_hash_is_fnv_1a),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
