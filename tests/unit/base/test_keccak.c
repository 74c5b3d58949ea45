#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/attr.h"
#include "base/keccak.h"

/* Messages of one repeated byte; those of 0xa3 are NIST's 1600-bit examples, the others lie around
 * the block boundary. `last_hex` are the last 32 bytes of the digest. */
typedef struct Case {
    KeccakKind kind;
    int byte;
    size_t count;
    size_t digest_bytes;
    const char *last_hex;
} Case;

static const Case cases[] = {
    {KECCAK_SHA3_256, 0, 0, 32, "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a"},
    {KECCAK_SHA3_256, 0xa3, 200, 32,
     "79f38adec5c20307a98ef76e8324afbfd46cfd81b22e3973c65fa1bd9de31787"},
    {KECCAK_SHA3_256, 'a', 135, 32,
     "8094bb53c44cfb1e67b7c30447f9a1c33696d2463ecc1d9c92538913392843c9"},
    {KECCAK_SHA3_256, 'a', 136, 32,
     "3fc5559f14db8e453a0a3091edbd2bc25e11528d81c66fa570a4efdcc2695ee1"},
    {KECCAK_SHA3_256, 'a', 137, 32,
     "f8d6846cedd2ccfadf15c5879ef95af724d799eed7391fb1c91f95344e738614"},
    {KECCAK_SHAKE_128, 0, 0, 32,
     "7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26"},
    {KECCAK_SHAKE_128, 0xa3, 200, 512,
     "44c9fb359fd56ac0a9a75a743cff6862f17d7259ab075216c0699511643b6439"},
    {KECCAK_SHAKE_128, 'a', 167, 32,
     "4f5c6c53ae8190a8ff8a55b2125d28703052d10278570960c2066a905d916c34"},
    {KECCAK_SHAKE_128, 'a', 168, 32,
     "c22e11586c22b713bde373fce93314d76829de2c21d940a28eb659b8dec953a2"},
};

static void assert_ends_with_hex(const uint8_t *digest, size_t len, const char *hex)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < 32; i++) {
        uint8_t byte = digest[len - 32 + i];
        assert_int_equal(hex[2 * i], digits[byte >> 4]);
        assert_int_equal(hex[2 * i + 1], digits[byte & 15]);
    }
}

static void known_texts_have_known_digests(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char message[200];
        memset(message, cases[i].byte, sizeof(message));
        Keccak hash = keccak_begin(cases[i].kind);
        keccak_add(&hash, (Str){message, cases[i].count});
        uint8_t digest[512];
        keccak_end(&hash, digest, cases[i].digest_bytes);
        assert_ends_with_hex(digest, cases[i].digest_bytes, cases[i].last_hex);
    }
}

static void text_may_come_in_pieces(void **state)
{
    (void)state;
    Keccak hash = keccak_begin(KECCAK_SHA3_256);
    keccak_add(&hash, STR("a"));
    keccak_add(&hash, STR(""));
    keccak_add(&hash, STR("bc"));
    uint8_t digest[KECCAK_SHA3_256_BYTES];
    keccak_end(&hash, digest, sizeof(digest));
    assert_ends_with_hex(digest, sizeof(digest),
                         "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_texts_have_known_digests),
        cmocka_unit_test(text_may_come_in_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
