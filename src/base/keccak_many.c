/* SHAKE-128 of many short inputs: as many at once as the processor's vectors have words, which it
 * is asked for when the program runs. */
#include "base/keccak.h"

#if defined(__GNUC__) && !defined(__clang__)
#    pragma GCC diagnostic ignored "-Wanalyzer-shift-count-overflow" /* takes lanes for bits */
#endif
#include "base/keccak_permute.h"

enum {
    RATE = 168,            /* bytes of one block */
    LONGEST = RATE - 1,    /* an input that fits one block with its padding */
    RATE_WORDS = RATE / 8, /* lanes that input goes into */
    SUFFIX = 0x1F,
};

static void hash_one(Str input, size_t len, uint8_t *digest)
{
    Keccak hash = keccak_begin(KECCAK_SHAKE_128);
    keccak_add(&hash, input);
    keccak_end(&hash, digest, len);
}

#if defined(__x86_64__)

/* One block: the input, padded. */
static void fill_block(Str input, uint64_t block[RATE_WORDS])
{
    unsigned char *bytes = (unsigned char *)block;
    memset(bytes, 0, RATE);
    if (input.len > 0) {
        memcpy(bytes, input.data, input.len);
    }
    bytes[input.len] = SUFFIX;
    bytes[RATE - 1] |= 0x80;
}

/* Hashes `width` inputs of at most LONGEST bytes at once. */
#    define DEFINE_HASH(name, permute, Word, width, attributes) \
        KECCAK_DEFINE_PERMUTE(permute, Word, attributes) \
        attributes static void name(const Str *inputs, size_t len, uint8_t *digests) \
        { \
            Word lanes[KECCAK_LANES]; \
            memset(lanes, 0, sizeof(lanes)); \
            for (size_t i = 0; i < (width); i++) { \
                uint64_t block[RATE_WORDS]; \
                fill_block(inputs[i], block); \
                for (size_t word = 0; word < RATE_WORDS; word++) { \
                    lanes[word][i] = block[word]; \
                } \
            } \
            permute(lanes); \
            for (size_t i = 0; i < (width); i++) { \
                uint64_t digest[RATE_WORDS] = {0}; \
                for (size_t word = 0; word < (len + 7) / 8; word++) { \
                    digest[word] = lanes[word][i]; \
                } \
                memcpy(digests + i * len, digest, len); \
            } \
        }

typedef uint64_t Four __attribute__((vector_size(32)));
typedef uint64_t Eight __attribute__((vector_size(64)));

DEFINE_HASH(hash_four, permute_four, Four, 4, __attribute__((target("avx2"))))
DEFINE_HASH(hash_eight, permute_eight, Eight, 8, __attribute__((target("avx512f"))))

typedef struct ManyHash {
    size_t width;
    void (*hash)(const Str *inputs, size_t len, uint8_t *digests);
} ManyHash;

static ManyHash many_hash(void)
{
    if (__builtin_cpu_supports("avx512f")) {
        return (ManyHash){8, hash_eight};
    }
    return __builtin_cpu_supports("avx2") ? (ManyHash){4, hash_four} : (ManyHash){1, NULL};
}

static bool are_short(const Str *inputs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (inputs[i].len > LONGEST) {
            return false;
        }
    }
    return true;
}

void keccak_shake_128_many(const Str *inputs, size_t count, size_t len, uint8_t *digests)
{
    ManyHash many = many_hash();
    size_t done = 0;
    for (; many.hash != NULL && len <= RATE && done + many.width <= count; done += many.width) {
        if (are_short(inputs + done, many.width)) {
            many.hash(inputs + done, len, digests + done * len);
        } else {
            for (size_t i = done; i < done + many.width; i++) {
                hash_one(inputs[i], len, digests + i * len);
            }
        }
    }
    for (; done < count; done++) {
        hash_one(inputs[done], len, digests + done * len);
    }
}

#else

void keccak_shake_128_many(const Str *inputs, size_t count, size_t len, uint8_t *digests)
{
    for (size_t i = 0; i < count; i++) {
        hash_one(inputs[i], len, digests + i * len);
    }
}

#endif
