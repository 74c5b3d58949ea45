#include "base/keccak.h"

#include "base/attr.h"

enum { ROUNDS = 24, SIDE = 5 };

static uint64_t rotate_left(uint64_t word, unsigned bits)
{
    return word << bits | word >> (64 - bits);
}

/* Theta: each lane takes in the parities of two neighbouring columns. */
static void mix_columns(uint64_t *lanes)
{
    uint64_t parity[SIDE];
    for (size_t x = 0; x < SIDE; x++) {
        parity[x] = lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20];
    }
    for (size_t x = 0; x < SIDE; x++) {
        uint64_t change = parity[(x + 4) % SIDE] ^ rotate_left(parity[(x + 1) % SIDE], 1);
        for (size_t y = 0; y < KECCAK_LANES; y += SIDE) {
            lanes[y + x] ^= change;
        }
    }
}

/* Rho and pi: every lane but the first is rotated and moves to the place of another. */
static void move_lanes(uint64_t *lanes)
{
    static const uint8_t rotations[KECCAK_LANES - 1] = {
        1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44};
    static const uint8_t places[KECCAK_LANES - 1] = {10, 7,  11, 17, 18, 3, 5,  16, 8,  21, 24, 4,
                                                     15, 23, 19, 13, 12, 2, 20, 14, 22, 9,  6,  1};
    uint64_t moving = lanes[1];
    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        uint64_t replaced = lanes[places[i]];
        lanes[places[i]] = rotate_left(moving, rotations[i]);
        moving = replaced;
    }
}

/* Chi: the only step that is not linear. */
static void mix_rows(uint64_t *lanes)
{
    for (size_t y = 0; y < KECCAK_LANES; y += SIDE) {
        uint64_t row[SIDE];
        memcpy(row, lanes + y, sizeof(row));
        for (size_t x = 0; x < SIDE; x++) {
            lanes[y + x] = row[x] ^ (~row[(x + 1) % SIDE] & row[(x + 2) % SIDE]);
        }
    }
}

static void permute(uint64_t *lanes)
{
    static const uint64_t constants[ROUNDS] = {
        0x0000000000000001, 0x0000000000008082, 0x800000000000808A, 0x8000000080008000,
        0x000000000000808B, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
        0x000000000000008A, 0x0000000000000088, 0x0000000080008009, 0x000000008000000A,
        0x000000008000808B, 0x800000000000008B, 0x8000000000008089, 0x8000000000008003,
        0x8000000000008002, 0x8000000000000080, 0x000000000000800A, 0x800000008000000A,
        0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
    };
    for (size_t round = 0; round < ROUNDS; round++) {
        mix_columns(lanes);
        move_lanes(lanes);
        mix_rows(lanes);
        lanes[0] ^= constants[round];
    }
}

static void add_byte_at(Keccak *hash, size_t at, uint8_t byte)
{
    hash->lanes[at / 8] ^= (uint64_t)byte << (8 * (at % 8));
}

Keccak keccak_begin(KeccakKind kind)
{
    bool is_shake = kind == KECCAK_SHAKE_128;
    return (Keccak){.rate = is_shake ? 168 : 136, .suffix = is_shake ? 0x1F : 0x06};
}

void keccak_add(Keccak *hash, Str bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        add_byte_at(hash, hash->at, (uint8_t)bytes.data[i]);
        if (++hash->at == hash->rate) {
            permute(hash->lanes);
            hash->at = 0;
        }
    }
}

void keccak_end(Keccak *hash, uint8_t *out, size_t len)
{
    add_byte_at(hash, hash->at, hash->suffix);
    add_byte_at(hash, hash->rate - 1, 0x80);
    permute(hash->lanes);
    for (size_t i = 0, at = 0; i < len; i++, at++) {
        if (at == hash->rate) {
            permute(hash->lanes);
            at = 0;
        }
        out[i] = (uint8_t)(hash->lanes[at / 8] >> (8 * (at % 8)));
    }
}
