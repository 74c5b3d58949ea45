/* base/keccak_permute.h - the permutation Keccak-f[1600] (FIPS 202, 3.2 and 3.3) for states whose
 * lanes are of any integer or vector type: with a vector, as many states as it has elements are
 * permuted at once. Only keccak.c and keccak_many.c include this. */
#ifndef BASE_KECCAK_PERMUTE_H
#define BASE_KECCAK_PERMUTE_H

#include "base/keccak.h"

enum { KECCAK_ROUNDS = 24, KECCAK_SIDE = 5 };

static const uint64_t keccak_round_constants[KECCAK_ROUNDS] = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808A, 0x8000000080008000,
    0x000000000000808B, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
    0x000000000000008A, 0x0000000000000088, 0x0000000080008009, 0x000000008000000A,
    0x000000008000808B, 0x800000000000008B, 0x8000000000008089, 0x8000000000008003,
    0x8000000000008002, 0x8000000000000080, 0x000000000000800A, 0x800000008000000A,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};

/* Rho and pi: every lane but the first is rotated and moves to the place of another. */
static const uint8_t keccak_rotations[KECCAK_LANES - 1] = {
    1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44};
static const uint8_t keccak_places[KECCAK_LANES - 1] = {
    10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1};

#define KECCAK_ROTATE(word, bits) ((word) << (bits) | (word) >> (64 - (bits)))
#define KECCAK_UNROLL _Pragma("GCC unroll 25")

/* Unrolled, for then the lanes stay in registers: twice as fast for one state, and what makes
 * eight at once pay. */
#define KECCAK_DEFINE_PERMUTE(name, Word, attributes) \
    attributes static void name(Word *lanes) \
    { \
        Word a[KECCAK_LANES]; \
        memcpy(a, lanes, sizeof(a)); \
        for (int round = 0; round < KECCAK_ROUNDS; round++) { \
            Word parity[KECCAK_SIDE]; /* theta */ \
            KECCAK_UNROLL for (int x = 0; x < KECCAK_SIDE; x++) \
            { \
                parity[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20]; \
            } \
            KECCAK_UNROLL for (int x = 0; x < KECCAK_SIDE; x++) \
            { \
                Word change = parity[(x + 4) % 5] ^ KECCAK_ROTATE(parity[(x + 1) % 5], 1); \
                KECCAK_UNROLL for (int y = 0; y < KECCAK_LANES; y += KECCAK_SIDE) \
                { \
                    a[x + y] ^= change; \
                } \
            } \
            Word b[KECCAK_LANES]; \
            Word moving = a[1]; \
            b[0] = a[0]; \
            KECCAK_UNROLL for (int i = 0; i < KECCAK_LANES - 1; i++) \
            { \
                b[keccak_places[i]] = KECCAK_ROTATE(moving, keccak_rotations[i]); \
                moving = a[keccak_places[i]]; \
            } \
            KECCAK_UNROLL for (int i = 0; i < KECCAK_LANES; i++) /* chi */ \
            { \
                int row = i / KECCAK_SIDE * KECCAK_SIDE; \
                a[i] = b[i] ^ (~b[row + (i + 1) % 5] & b[row + (i + 2) % 5]); \
            } \
            a[0] ^= keccak_round_constants[round]; \
        } \
        memcpy(lanes, a, sizeof(a)); \
    }

#endif
