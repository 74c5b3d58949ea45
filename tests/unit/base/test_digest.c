#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/digest.h"

typedef struct Case {
    const char *text;
    const char *md5;
    const char *sha1;
    const char *sha256;
} Case;

static const Case cases[] = {
    {"", "d41d8cd98f00b204e9800998ecf8427e", "da39a3ee5e6b4b0d3255bfef95601890afd80709",
     "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "900150983cd24fb0d6963f7d28e17f72", "a9993e364706816aba3e25717850c26c9cd0d89d",
     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
};

static void known_texts_have_known_digests(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_true(str_is(digest_md5(arena, str_from(cases[i].text)), cases[i].md5));
        assert_true(str_is(digest_sha1(arena, str_from(cases[i].text)), cases[i].sha1));
        assert_true(str_is(digest_sha256(arena, str_from(cases[i].text)), cases[i].sha256));
    }
}

/* Lengths around the block boundary; the digests of 55, 56, 63, 64 and 65 times 'a', joined and
 * digested. */
static void texts_around_a_block_are_padded_right(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    static const size_t lengths[] = {55, 56, 63, 64, 65, 119, 120, 128};
    StrBuf md5 = strbuf_init(arena, 10000), sha = strbuf_init(arena, 10000);
    StrBuf sha1 = strbuf_init(arena, 10000);
    for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
        StrBuf text = strbuf_init(arena, 1000);
        strbuf_add_repeat(&text, 'a', lengths[i]);
        strbuf_add(&md5, digest_md5(arena, strbuf_str(&text)));
        strbuf_add(&sha1, digest_sha1(arena, strbuf_str(&text)));
        strbuf_add(&sha, digest_sha256(arena, strbuf_str(&text)));
    }
    assert_true(str_is(digest_md5(arena, strbuf_str(&md5)), "eec1ec997a4cf07b79ab3d8e25c63cc8"));
    assert_true(
        str_is(digest_sha1(arena, strbuf_str(&sha1)), "5124df3531e05013c64640a4414a3b9b62ee255c"));
    assert_true(str_is(digest_sha256(arena, strbuf_str(&sha)),
                       "bb5b3c07ab24655b8a78417d723c166a9f3e2dae460ad57bfd5fdf51eaa287f2"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_texts_have_known_digests),
        cmocka_unit_test(texts_around_a_block_are_padded_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
