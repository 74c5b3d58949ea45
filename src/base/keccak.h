/* base/keccak.h - SHA3-256 and SHAKE-128 (FIPS 202). dlt names rows, schema versions and shortened
 * identifiers by them, so the bytes must be the same. Our own, because nothing that Debian 12
 * packages fits: nettle 3.8 has no SHAKE-128, and libcrypto would add megabytes and start-up time
 * for these hundred lines. Not for secrets. Thread-safe.
 *
 *     Keccak hash = keccak_begin(KECCAK_SHA3_256);
 *     keccak_add(&hash, text);
 *     uint8_t digest[KECCAK_SHA3_256_BYTES];
 *     keccak_end(&hash, digest, sizeof(digest)); */
#ifndef BASE_KECCAK_H
#define BASE_KECCAK_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum {
    KECCAK_LANES = 25,
    KECCAK_SHA3_256_BYTES = 32,
};

typedef enum KeccakKind {
    KECCAK_SHA3_256,
    KECCAK_SHAKE_128, /* as many bytes as one asks for; fewer are a prefix of more */
} KeccakKind;

typedef struct Keccak {
    uint64_t lanes[KECCAK_LANES];
    size_t rate; /* bytes that go in or out between two permutations */
    size_t at;   /* bytes of the current block */
    uint8_t suffix;
} Keccak;

Keccak keccak_begin(KeccakKind kind);
void keccak_add(Keccak *hash, Str bytes);
/* Ends the input and writes the digest. `hash` must not be used afterwards. */
void keccak_end(Keccak *hash, uint8_t *out, size_t len);

/* The first `len` bytes of SHAKE-128 of each input, one after the other in `digests`. For short
 * inputs (below 168 bytes) several times as fast as one by one. */
void keccak_shake_128_many(const Str *inputs, size_t count, size_t len, uint8_t *digests);

#endif
